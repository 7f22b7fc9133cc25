"""The networks of a walk in the browser, each with the inputs and outputs that its graph has there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from experiments.video_diffusion.memory.depth_reader import DepthReader
from experiments.video_diffusion.model.autoencoder import Autoencoder
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.denoiser import Denoiser
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models

FILES = ("autoencoder", "denoiser", "depth")  # of the weights, NAME.safetensors
GRAPHS = ("denoiser", "encoder", "decoder", "depth")
FRAMES = 5  # that a clip adds, and that go through encoder, decoder and depth reader at once
SIZE = 64  # pixels a side


@dataclass(frozen=True)
class Network:
    """`module(**examples)` is what the graph computes; its weights are those of `weights`.safetensors whose names
    follow `prefix` in the module."""

    name: str
    module: nn.Module
    weights: str
    prefix: str
    inputs: dict[str, Tensor]
    output: str


class Widened(nn.Module):
    """A convolution (padding 1) with zeros for the channels that are missing to a multiple of four: the GPU kernels of
    ONNX Runtime Web 1.30 answer wrongly for nine. The weights stay what they are, also by name."""

    def __init__(self, layer: nn.Conv2d):
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, x: Tensor) -> Tensor:
        more = (0, 0, 0, 0, 0, -x.shape[1] % 4)
        return functional.conv2d(functional.pad(x, more), functional.pad(self.weight, more), self.bias, padding=1)


class Told(nn.Module):
    """x̂ of a clip that is told its motion and what memory shows, each to the extent `moving` and `remembering`."""

    def __init__(self, denoiser: Denoiser):
        super().__init__()
        denoiser.views.layers[0] = Widened(denoiser.views.layers[0])
        self.network = denoiser

    def forward(
        self, z: Tensor, t: Tensor, poses: Tensor, views: Tensor, moving: Tensor, remembering: Tensor
    ) -> Tensor:
        return self.network(z, t, known=Conditions(poses, views, moving, remembering))


class Encoding(nn.Module):
    def __init__(self, autoencoder: Autoencoder):
        super().__init__()
        self.network = autoencoder

    def forward(self, images: Tensor) -> Tensor:
        return self.network.encode(images)


class Decoding(nn.Module):
    def __init__(self, autoencoder: Autoencoder):
        super().__init__()
        self.network = autoencoder

    def forward(self, latents: Tensor) -> Tensor:
        return self.network.decode(latents)


class Depth(nn.Module):
    def __init__(self, reader: DepthReader):
        super().__init__()
        self.network = reader

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images)


def networks(folder: Path = FOLDER) -> Iterator[Network]:
    """With random examples of their inputs. Raises InputError for weights that are missing, corrupt, or know neither
    motion nor memory."""
    models = Models(torch.device("cpu"), folder)
    c = models.denoiser.config
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    clip = (1, c.frames, c.channels, c.side, c.side)
    told = {
        "z": noise(*clip),
        "t": torch.rand(1, c.frames, generator=generator),
        "poses": noise(1, c.frames, 3),
        "views": noise(1, c.frames, c.channels + 1, c.side, c.side),
        "moving": torch.ones(1),
        "remembering": torch.ones(1),
    }
    images, latents = noise(FRAMES, 3, SIZE, SIZE).clamp(-1, 1), noise(FRAMES, *clip[2:])
    yield Network("denoiser", Told(models.denoiser), "denoiser", "network.", told, "clip")
    yield Network("encoder", Encoding(models.autoencoder), "autoencoder", "network.", {"images": images}, "latents")
    yield Network("decoder", Decoding(models.autoencoder), "autoencoder", "network.", {"latents": latents}, "images")
    yield Network("depth", Depth(models.depth), "depth", "network.", {"images": images}, "inverse_depth")

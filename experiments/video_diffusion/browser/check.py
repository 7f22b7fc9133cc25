"""Do the graphs compute what torch computes? Ten real clips, at levels from nearly clean to pure noise."""

import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.browser.graph import widened
from experiments.video_diffusion.browser.networks import FRAMES, Network
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models

CLIPS = 10
PROBED = 64  # numbers of an answer that the browser compares
TOLERANCE = 1e-3  # of latents of variance 1, of images in [−1, 1], of 1 / depth in 1 / blocks


def difference(network: Network, graph: bytes, file: Path, clips: list[dict[str, Tensor]]) -> float:
    """The largest difference of any output between graph and torch. Raises InputError where it is not within
    TOLERANCE."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "graph.onnx").write_bytes(graph)
        (Path(folder) / f"{file.stem}.float32").write_bytes(widened(file))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(f"{folder}/graph.onnx", options, providers=["CPUExecutionProvider"])
    largest = 0.0
    for inputs in clips:
        (found,) = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        with torch.no_grad():
            wanted = network.module(**inputs).numpy()
        largest = max(largest, float(np.abs(found - wanted).max()))
    if not largest <= TOLERANCE:
        raise InputError(f"{network.name}: the graph differs from torch by {largest:.2g}, more than {TOLERANCE:g}")
    return largest


def probe(network: Network) -> list[float]:
    """Some numbers of the network's answer to inputs that anybody can make, for the browser to ask its own GPU: input
    number k of each is a wave, sin 1.7 k / 2 + cos .31 k / 2, levels its absolute value."""
    waves = {}
    for name, like in network.inputs.items():
        k = torch.arange(like.numel(), dtype=torch.float64)
        wave = ((1.7 * k).sin() + (0.31 * k).cos()) / 2
        waves[name] = (wave.abs() if name == "t" else wave).float().view_as(like)
    with torch.no_grad():
        answer = network.module(**waves).flatten()
    return [round(value, 3) for value in answer[:: max(1, len(answer) // PROBED)][:PROBED].tolist()]


def real_clips(network: Network, folder: Path = FOLDER) -> list[dict[str, Tensor]]:
    """Inputs of CLIPS clips of walks that no network has seen: frames, latents, poses, and noise on them."""
    models, walks = Models(torch.device("cpu"), folder), MazeWalks("test", 60)
    generator = torch.Generator().manual_seed(1)
    clips = []
    for number in range(CLIPS):
        path = walks.path(number)
        part = np.arange(20, 20 + models.denoiser.config.frames)
        images = to_images(torch.from_numpy(walks.draw(path, part)))
        latents = models.encode_images(images).float()
        clips.append(_inputs(network.name, images, latents, torch.from_numpy(path.poses[part]).float(), generator))
    return clips


def _inputs(name: str, images: Tensor, latents: Tensor, poses: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    if name in ("encoder", "depth"):
        return {"images": images[:FRAMES]}
    if name == "decoder":
        return {"latents": latents[:FRAMES]}
    t = torch.rand(1, len(latents), generator=generator)
    noise = torch.randn(latents.shape, generator=generator)
    level = t[0, :, None, None, None]
    known = (torch.rand(len(latents), 1, *latents.shape[2:], generator=generator) < 0.7).float()
    return {
        "z": ((1 - level) * latents + level * noise)[None],
        "t": t,
        "poses": poses[None],
        "views": torch.cat([latents * known, known], dim=1)[None],
        "moving": torch.ones(1),
        "remembering": (torch.rand(1, generator=generator) < 0.5).float(),
    }

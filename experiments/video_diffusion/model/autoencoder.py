"""Autoencoder: frames 64×64×3 to latents 8×8×8 and back, so that the diffusion model works on 24 times fewer numbers.

Trained with L1 + L2, the worst pixels once more, and a little noise on the latent, which keeps the latent space smooth
enough for a diffusion model to hit (the role the KL term plays in a VAE; Rombach et al. 2022, section 3.1).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.model.equivariance import moved, random_moves


@dataclass(frozen=True)
class AutoencoderConfig:
    widths: tuple[int, int, int] = (48, 96, 128)  # channels at 32×32, 16×16, 8×8
    decoder_blocks: tuple[int, int, int] = (1, 2, 2)  # residual blocks at 32×32, 16×16, 8×8
    latent_channels: int = 8
    latent_noise: float = 0.2  # standard deviation, in units of the latent's own; with .05 small posters drown in noise
    moved: float = 0.0  # share of training images that are shifted and scaled between encoder and decoder
    worst: float = 0.2  # weight of the mean over the worst 2 % of a frame's pixels: posters are few of them


class ResidualBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.GroupNorm(8, width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(F.silu(self.norm(x)))))


class Autoencoder(nn.Module):
    """`encode` and `decode` work on images in [-1, 1] and on latents of mean 0 and variance 1 a channel."""

    def __init__(self, config: AutoencoderConfig = AutoencoderConfig()):
        super().__init__()
        self.config = config
        a, b, c = config.widths
        z = config.latent_channels
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(12, a, 3, padding=1),
            ResidualBlock(a),
            nn.Conv2d(a, b, 4, stride=2, padding=1),
            ResidualBlock(b),
            nn.Conv2d(b, c, 4, stride=2, padding=1),
            ResidualBlock(c),
            nn.GroupNorm(8, c),
            nn.SiLU(),
            nn.Conv2d(c, z, 1),
        )
        self.decoder = decoder(config)
        # Batch statistics of the raw latent, so that what leaves `encode` is normalised.
        self.standard = nn.BatchNorm2d(z, affine=False, momentum=0.01)

    def encode(self, images: Tensor) -> Tensor:
        """Images (N, 3, 64, 64) in [-1, 1] → latents (N, 8, 8, 8)."""
        return self.standard(self.encoder(images.to(memory_format=torch.channels_last)).float())

    def decode(self, latents: Tensor) -> Tensor:
        """Latents (N, 8, 8, 8) → images (N, 3, 64, 64), not clamped."""
        return self.decoder(latents.to(memory_format=torch.channels_last)).float()

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """L1 + L2 of the reconstruction from a noisy latent; a scalar."""
        latents = self.encode(images)
        if n := round(self.config.moved * len(images)):
            moves = random_moves(n, generator)
            latents = torch.cat([moved(latents[:n], moves), latents[n:]])
            images = torch.cat([moved(images[:n], moves), images[n:]])
        noise = torch.randn(latents.shape, generator=generator, device=latents.device)
        error = self.decode(latents + self.config.latent_noise * noise) - images
        return reconstruction_loss(error, self.config.worst)


def decoder(config: AutoencoderConfig) -> nn.Sequential:
    """Latents (N, latent_channels, 8, 8) → images (N, 3, 64, 64)."""
    a, b, c = config.widths
    da, db, dc = config.decoder_blocks
    return nn.Sequential(
        nn.Conv2d(config.latent_channels, c, 3, padding=1),
        *[ResidualBlock(c) for _ in range(dc)],
        nn.Conv2d(c, 4 * b, 1),
        nn.PixelShuffle(2),
        *[ResidualBlock(b) for _ in range(db)],
        nn.Conv2d(b, 4 * a, 1),
        nn.PixelShuffle(2),
        *[ResidualBlock(a) for _ in range(da)],
        nn.GroupNorm(8, a),
        nn.SiLU(),
        nn.Conv2d(a, 12, 3, padding=1),
        nn.PixelShuffle(2),
    )


def reconstruction_loss(error: Tensor, worst: float) -> Tensor:
    """L1 + L2 of errors (N, 3, H, W), with weight `worst` once more those of each frame's worst 2 % of pixels."""
    pixels = (error.abs() + error.square()).mean(1).flatten(1)
    return pixels.mean() + worst * pixels.topk(pixels.shape[1] // 50, dim=1).values.mean()


def to_images(frames: Tensor) -> Tensor:
    """Frames (…, H, W, 3) uint8 → images (…, 3, H, W) in [-1, 1]."""
    return frames.movedim(-1, -3).float() / 127.5 - 1


def to_frames(images: Tensor) -> Tensor:
    """Images (…, 3, H, W) → frames (…, H, W, 3) uint8."""
    return ((images.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).movedim(-3, -1)

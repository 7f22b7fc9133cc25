"""The shipped networks, loaded together, with what every study does with them: encode, denoise, decode."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from experiments.video_diffusion.autoencoder import Autoencoder, AutoencoderConfig, to_frames, to_images
from experiments.video_diffusion.checkpoints import FOLDER, load_weights
from experiments.video_diffusion.history import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.judge import Judge, JudgeConfig
from experiments.video_diffusion.network import Denoiser, DenoiserConfig
from experiments.video_diffusion.training import precision

BATCH = 64  # frames through the autoencoder at once: with more, a CPU's cache overflows, a fifth slower


@dataclass(frozen=True)
class Models:
    """Raises InputError when a checkpoint is first needed and is missing or corrupt; with `check`, at once."""

    device: torch.device
    folder: Path = FOLDER

    def check(self, *names: str) -> "Models":
        """Read these networks now, before minutes of work with the others."""
        for name in names:
            getattr(self, name)
        return self

    @cached_property
    def autoencoder(self) -> Autoencoder:
        return self._load(Autoencoder, AutoencoderConfig, "autoencoder")

    @cached_property
    def denoiser(self) -> Denoiser:
        return self._load(Denoiser, DenoiserConfig, "denoiser")

    @cached_property
    def history(self) -> HistoryEncoder:
        return self._load(HistoryEncoder, HistoryConfig, "history")

    @cached_property
    def judge(self) -> Judge:
        return load_weights(Judge, JudgeConfig, self.folder / "judge.safetensors")

    def _load(self, kind, config, name):
        path = self.folder / f"{name}.safetensors"
        return load_weights(kind, config, path, str(self.device)).requires_grad_(False)

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None) -> Tensor:
        """x̂ of clips z (B, T, C, H, W) at levels t (B, T), in the fast precision of the device."""
        with precision(self.device):
            return self.denoiser(z, t, condition, memory)

    def encode(self, videos: Tensor) -> Tensor:
        """Videos (B, T, 64, 64, 3) uint8 → latents (B, T, C, 8, 8)."""
        with torch.no_grad(), precision(self.device):
            batches = videos.flatten(0, 1).split(BATCH)
            parts = [self.autoencoder.encode(to_images(part.to(self.device))) for part in batches]
        return torch.cat(parts).unflatten(0, videos.shape[:2])

    def decode(self, latents: Tensor) -> Tensor:
        """Latents (B, T, C, 8, 8) → videos (B, T, 64, 64, 3) uint8 on the CPU."""
        with torch.no_grad(), precision(self.device):
            batches = latents.flatten(0, 1).split(BATCH)
            parts = [to_frames(self.autoencoder.decode(part)).cpu() for part in batches]
        return torch.cat(parts).unflatten(0, latents.shape[:2])


def best_device() -> torch.device:
    """The GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")

"""The shipped networks, loaded together, with what every study does with them: encode, denoise, decode."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SIDE
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig, to_frames, to_images
from experiments.video_diffusion.model.conditions import NOTHING, Conditions
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.model.weight_files import load_weights
from experiments.video_diffusion.sampling.methods.autoguidance import Autoguidance
from experiments.video_diffusion.scores.judge import Judge, JudgeConfig

log = logging.getLogger(__name__)
BATCH = 64  # frames through the autoencoder at once: with more, a CPU's cache overflows, a fifth slower


@dataclass(frozen=True)
class Models:
    """On a device, the GPU where there is one without it; from a folder of weights, without it the shipped ones.

    Raises InputError for a device that is not there, and when a checkpoint is first needed and is missing or corrupt;
    with `check`, at once.
    """

    device: torch.device | str | None = None
    folder: Path | str = FOLDER

    def __post_init__(self):
        object.__setattr__(self, "device", best_device() if self.device is None else usable_device(self.device))
        object.__setattr__(self, "folder", Path(self.folder))

    def check(self, *names: str) -> "Models":
        """Read these networks now, before minutes of work with the others."""
        for name in names:
            getattr(self, name)
        return self

    @cached_property
    def autoencoder(self) -> Autoencoder:
        return self._load(Autoencoder, AutoencoderConfig, "autoencoder")

    @cached_property
    def decoder(self) -> VideoDecoder:
        """That of videos; the autoencoder's own, frame by frame, where a folder has none, which is said."""
        if not (self.folder / "decoder.safetensors").exists() and (self.folder / "autoencoder.safetensors").exists():
            log.warning("%s has no decoder of videos: every frame is decoded alone", self.folder)
            return VideoDecoder.of(self.autoencoder).to(self.device).eval()
        return self._load(VideoDecoder, AutoencoderConfig, "decoder")

    @cached_property
    def denoiser(self) -> Denoiser:
        return self._load(Denoiser, DenoiserConfig, "denoiser")

    @cached_property
    def guide(self) -> Denoiser:
        return self._load(Denoiser, DenoiserConfig, "guide")

    @cached_property
    def history(self) -> HistoryEncoder:
        return self._load(HistoryEncoder, HistoryConfig, "history")

    @cached_property
    def judge(self) -> Judge:
        return load_weights(Judge, JudgeConfig, self.folder / "judge.safetensors")

    def _load(self, kind, config, name):
        path = self.folder / f"{name}.safetensors"
        return load_weights(kind, config, path, str(self.device)).requires_grad_(False)

    def noise(self, clips: int, generator: torch.Generator) -> Tensor:
        """What as many clips from nothing start from (clips, T, C, side, side), drawn on the CPU."""
        c = self.denoiser.config
        return torch.randn(clips, c.frames, c.channels, c.side, c.side, generator=generator).to(self.device)

    @cached_property
    def depth(self) -> DepthReader:
        return self._load(DepthReader, DepthReaderConfig, "depth")

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        """x̂ of clips z (B, T, C, H, W) at levels t (B, T), in the fast precision of the device."""
        with precision(self.device):
            return self.denoiser(z, t, condition, memory, known)

    def guide_denoise(self, z: Tensor, t: Tensor) -> Tensor:
        """The same by the guide."""
        with precision(self.device):
            return self.guide(z, t)

    def autoguidance(self) -> Autoguidance:
        """The method for clips from nothing."""
        return Autoguidance(guide=self.guide_denoise)

    def encode(self, videos: Tensor | np.ndarray) -> Tensor:
        """Videos (B, T, 64, 64, 3) uint8, torch or NumPy → latents (B, T, C, 8, 8). Raises InputError for others."""
        videos = as_videos(videos)
        with torch.no_grad(), precision(self.device):
            batches = videos.flatten(0, 1).split(BATCH)
            parts = [self.autoencoder.encode(to_images(part.to(self.device))) for part in batches]
        return torch.cat(parts).unflatten(0, videos.shape[:2])

    def encode_images(self, images: Tensor) -> Tensor:
        """Images (N, 3, 64, 64) in [−1, 1] → latents (N, C, 8, 8)."""
        with torch.no_grad(), precision(self.device):
            return self.autoencoder.encode(images.to(self.device))

    def decode(self, latents: Tensor, alone: bool = False) -> Tensor:
        """Latents (B, T, C, 8, 8) → videos (B, T, 64, 64, 3) uint8 on the CPU. With `alone` the autoencoder's own
        decoder makes each frame, from its latents only. Raises InputError for what are no latents."""
        if latents.ndim != 5 or not latents.shape[1]:
            raise InputError(f"latents of shape {tuple(latents.shape)}; (videos, frames, C, H, W) are needed")
        if not latents.isfinite().all():
            raise InputError(
                "the latents are no numbers: sampling ran away; a smaller weight or more steps may hold it"
            )
        decoder = VideoDecoder.of(self.autoencoder).to(self.device) if alone else self.decoder
        together = max(1, BATCH // latents.shape[1])
        return torch.cat([self._decode(decoder, part) for part in latents.split(together)])

    def _decode(self, decoder: VideoDecoder, latents: Tensor) -> Tensor:
        """A long video in pieces, each with as many frames around it as have a part in it."""
        parts, reach = [], decoder.reach
        for first in range(0, latents.shape[1], BATCH):
            seen = latents[:, max(0, first - reach) : first + BATCH + reach]
            with torch.no_grad(), precision(self.device):
                images = decoder(seen)[:, min(first, reach) :][:, :BATCH]
            parts.append(to_frames(images).cpu())
        return torch.cat(parts, dim=1)


def as_videos(frames: Tensor | np.ndarray) -> Tensor:
    """The same as a tensor (B, T, 64, 64, 3) uint8. Raises InputError for other frames: colours from 0 to 1 would come
    out of the autoencoder as some other picture, and no one would be told."""
    videos = torch.as_tensor(frames)
    if videos.dtype != torch.uint8:
        raise InputError(f"frames of type {videos.dtype}; uint8 from 0 to 255 is needed")
    if videos.ndim != 5 or videos.shape[2:] != (SIDE, SIDE, 3) or not videos.shape[1]:
        needed = f"(videos, frames, {SIDE}, {SIDE}, 3), red, green and blue last,"
        raise InputError(f"frames of shape {tuple(videos.shape)}; {needed} is needed")
    return videos


def best_device() -> torch.device:
    """The GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def usable_device(name: torch.device | str) -> torch.device:
    """The device of that name. Raises InputError for one that this machine does not have."""
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"device {name}: {str(error).splitlines()[0]}") from error
    return torch.device(name)

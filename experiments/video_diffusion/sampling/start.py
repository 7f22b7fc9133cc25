"""What a long video goes on from: a clip of the model's own, a walk, or a recording of a world that is known."""

from dataclasses import dataclass
from shlex import quote

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data import generated, open_source
from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.methods import Past
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import psnr

FPS = 6.0  # where nothing tells the pace
KNOWN_WORLD = 22.0  # dB: mazes of any texture come back better (23 to 38), Doom and test pictures worse (10 to 20)
LOOKED_AT = 40  # frames that this is measured on


@dataclass(frozen=True)
class Start:
    """Frames (n, 64, 64, 3) uint8 as they were given, their latents (1, n, C, 8, 8), and their pace."""

    frames: Tensor
    latents: Tensor
    fps: float = FPS

    @classmethod
    def random(cls, models: Models, scheme: Scheme, generator: torch.Generator) -> "Start":
        """A clip that the model makes from nothing."""
        past = Past.none(models.noise(1, generator))
        latents = sample(models.denoise, models.autoguidance(), past, scheme, generator=generator).clip
        return cls(models.decode(latents)[0], latents)

    @classmethod
    def given(
        cls, models: Models, source: str, number: int = 0, count: int | None = None, needed: int = HISTORY
    ) -> "Start":
        """The first `count` frames of an episode of a source, all of a recording without it, `needed` at least. Raises
        InputError where there are fewer, and where the networks do not know its world."""
        made = generated(source)
        if made and count is None:
            count = needed
        if count is not None and count < needed:
            raise InputError(f"--given {count}: the method looks back {needed} frames")
        data = open_source(source, "test" if made else "all", count or needed, strict=True)
        if number >= len(data):
            raise InputError(f"--episode {number}: {source} has {len(data):,}, counted from 0")
        episode = data.episode(number)
        frames = torch.from_numpy(episode.frames[:count])
        latents, found = encoded(models, frames)
        if found < KNOWN_WORLD:
            raise InputError(unknown(source, found))
        return cls(frames, latents, episode.fps or FPS)

    @classmethod
    def of(cls, models: Models, frames: Tensor | np.ndarray, fps: float = FPS) -> "Start":
        """Frames (n, 64, 64, 3) uint8, torch or NumPy. Raises InputError for others, and for those of a world that the
        networks do not know."""
        frames = torch.as_tensor(frames)
        latents, found = encoded(models, frames)
        if found < KNOWN_WORLD:
            back = f"they come back from the autoencoder at {found:.1f} dB, and {KNOWN_WORLD:g} are needed"
            raise InputError(f"the networks do not know the world of these frames: {back}; train networks on such ones")
        return cls(frames, latents, fps)


def encoded(models: Models, frames: Tensor) -> tuple[Tensor, float]:
    """Latents (1, n, C, 8, 8) of frames (n, 64, 64, 3) uint8, and at how many dB the frames come back from them."""
    latents = models.encode(frames[None])
    return latents, float(psnr(frames[:LOOKED_AT], models.decode(latents[:, :LOOKED_AT])[0]).mean())


def unknown(source: str, found: float) -> str:
    """What to do with a world that comes back from the autoencoder at `found` dB."""
    train = f"train all --preset {'doom' if generated(source) else 'recordings'} --data {quote(source)} --out weights"
    return (
        f"--init {source}: the networks do not know this world: its frames come back from the autoencoder at "
        f"{found:.1f} dB, and {KNOWN_WORLD:g} are needed. Train networks on such videos, "
        f"`python -m experiments.video_diffusion {train}`, and add --weights weights"
    )

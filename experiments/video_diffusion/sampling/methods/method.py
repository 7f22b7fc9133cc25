"""What a method is; on its own, this one leaves clips independent of each other (the floor of every comparison)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.noise import add_noise

# (z (B, T, C, H, W), levels (B, T), condition or None, memory or None) → x̂, as `Denoiser.forward`.
Denoise = Callable[..., Tensor]


@dataclass(frozen=True)
class Told:
    """A denoiser that is told `known` of the clip it denoises; see `of_frames`."""

    denoise: Denoise
    known: Conditions

    def __call__(self, z: Tensor, t: Tensor, condition=None, memory=None) -> Tensor:
        return self.denoise(z, t, condition, memory, self.known)


def of_frames(denoise: Denoise, frames: slice) -> Denoise:
    """What denoises only these frames of the clip."""
    return Told(denoise.denoise, denoise.known.of(frames)) if isinstance(denoise, Told) else denoise


def of_clips(denoise: Denoise, some: Tensor) -> Denoise:
    """What denoises only these clips of the batch."""
    return Told(denoise.denoise, denoise.known.clips(some)) if isinstance(denoise, Told) else denoise


def untold(denoise: Denoise) -> Denoise:
    """What denoises other clips than the one that it is told of."""
    return denoise.denoise if isinstance(denoise, Told) else denoise


@dataclass(frozen=True)
class Past:
    """What the loop knows when it starts a clip. Latents, frames on axis 1."""

    known: Tensor  # (B, overlap, C, H, W): the first frames of the new clip, already generated
    history: Tensor  # (B, ≤ 10, C, H, W): the frames before the new ones
    noise: Tensor  # (B, T, C, H, W): the noise that the clip starts from; later what fresh draws have made of it

    @classmethod
    def none(cls, noise: Tensor) -> "Past":
        """Nothing is known of the clip that starts from `noise`."""
        return cls(noise[:, :0], noise[:, :0], noise)


@dataclass(frozen=True)
class Method:
    """Independent clips: no overlap, no coupling."""

    overlap: int = 0  # frames of a new clip that are known
    diagnostics: dict[str, list[Tensor]] = field(default_factory=dict, compare=False, repr=False)
    looks_back: ClassVar[int] = 0  # frames of a history that it needs

    def look(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> tuple[Tensor, Tensor]:
        """What the step at level t (scalar) starts from: the clip (B, T, C, H, W) as the method wants it, and its x̂."""
        z = self.enter(z, t, past)
        return z, self.estimate(denoise, z, t.expand(z.shape[:2]), past)

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        """The clip (B, T, C, H, W) that goes into the step at level t (scalar); called once more at the end, t = 0."""
        return z

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        """x̂ for the clip z at levels t (B, T)."""
        with torch.no_grad():
            return denoise(z, t)


def hold(z: Tensor, levels: Tensor, past: Past) -> Tensor:
    """The clip z with its known frames put in at `levels` (B, overlap). Their part of the clip's own noise
    keeps them on one path with it."""
    n = past.known.shape[1]
    return torch.cat([add_noise(past.known, past.noise[:, :n], levels), z[:, n:]], dim=1)


def within(t: Tensor, share: float) -> bool:
    """Whether level t (scalar) lies in the first `share` of the way from noise to data, ends included."""
    return float(t) >= 1 - share - 1e-6  # the grid is float32

"""Noise levels, and the preconditioning that turns a network into a denoiser.

The path from data to noise is straight (flow matching, Lipman et al. 2023; rectified flow, Liu et al. 2023):

    z_t = (1 − t) x + t ε,      t ∈ [0, 1],   x and ε of mean 0 and variance 1.

Every frame has a level of its own, t of shape (B, T); a clip at one level is the special case (diffusion forcing,
Chen et al. 2024).
"""

from dataclasses import dataclass

import torch
from torch import Tensor


def per_frame(t: Tensor, like: Tensor) -> Tensor:
    """Levels (B, T) shaped to multiply clips (B, T, C, H, W)."""
    return t.reshape(*t.shape, *[1] * (like.ndim - t.ndim))


def add_noise(x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """z_t of clips x (B, T, C, H, W) at levels t (B, T)."""
    t = per_frame(t, x)
    return (1 - t) * x + t * noise


def preconditioning(t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(c_in, c_skip, c_out) with x̂ = c_skip z + c_out F(c_in z), as in Karras et al. 2022 (table 1), for this path.

    With a = 1 − t and s² = a² + t²: z has variance s², the best linear estimate of x is a z / s², and what is left
    of x then has variance t² / s². So F always sees variance 1 and is asked for variance 1.
    """
    a = 1 - t
    s = (a.square() + t.square()).sqrt()
    return 1 / s, a / s.square(), t / s


def linear_ddpm_level(done: int, steps: int = 1000, first: float = 1e-4, last: float = 0.02) -> float:
    """The level t on this path that is as noisy as a DDPM with linear variances (Ho et al. 2020, section 4) after
    `done` of its `steps` sampling steps: noise and signal stand in the ratio t / (1 − t) = √(1/ᾱ − 1) there."""
    signal = torch.cumprod(1 - torch.linspace(first, last, steps, dtype=torch.float64), 0)
    left = steps - done
    ratio = float((1 / signal[left - 1] - 1).sqrt()) if left else 0.0
    return ratio / (1 + ratio)


def network_target(x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """What F must return: (x − c_skip z) / c_out = (t x − (1 − t) ε) / s, finite also at t = 0."""
    t = per_frame(t, x)
    return (t * x - (1 - t) * noise) / ((1 - t).square() + t.square()).sqrt()


@dataclass(frozen=True)
class LevelDensity:
    """Where training looks: the logit of a clip's level is normal (Esser et al. 2024)."""

    mean: float
    spread: float


# Clips that are real down to t keep their share of turns from t = .9 on and lose it from .96 on (`decisions`): the
# walk is decided between, where most of the error is none of the model's and what is needs many draws to see.
USUAL_LEVELS = LevelDensity(2.2, 1.3)
# While a recipe shows `details`, every other step is on them, where small things take their looks.
DETAIL_LEVELS = LevelDensity(-0.3, 1.2)


# Known frames stand at this level and below it: what has been generated is never quite clean.
KNOWN_LEVEL = 0.15


def training_levels(
    clips: int,
    frames: int,
    independent: float,
    generator: torch.Generator,
    density: LevelDensity = USUAL_LEVELS,
    continuing: float = 0.0,
) -> Tensor:
    """Levels (clips, frames) for training; a share `independent` of the clips gets a level of its own for every frame,
    uniform on [0, 1], the others one level of `density` for the whole clip. Of those a share `continuing` has its first
    half of frames at one level below KNOWN_LEVEL: a clip that goes on from known frames."""
    device = generator.device
    logit = density.spread * torch.randn(clips, 1, generator=generator, device=device) + density.mean
    whole = torch.sigmoid(logit)
    each = torch.rand(clips, frames, generator=generator, device=device)
    alone = torch.rand(clips, 1, generator=generator, device=device) < independent
    levels = whole.expand(clips, frames)
    if continuing:
        known = torch.rand(clips, 1, generator=generator, device=device) < continuing
        levels = with_known_half(levels, known, generator)
    return torch.where(alone, each, levels)


def with_known_half(levels: Tensor, known: Tensor, generator: torch.Generator) -> Tensor:
    """Levels (clips, frames) where the first half of the frames of the clips `known` (clips, 1) stands at one level
    below KNOWN_LEVEL, and not above its own."""
    clips, frames = levels.shape
    low = KNOWN_LEVEL * torch.rand(clips, 1, generator=generator, device=generator.device)
    first = torch.arange(frames, device=generator.device) < frames // 2
    return torch.where(known & first, torch.minimum(low, levels), levels)

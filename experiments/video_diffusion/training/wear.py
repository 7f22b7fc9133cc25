"""What memory holds of frames that a model made itself: stances a little off, and pictures that are not quite right.

In training memory shows real frames from their true stances; a growing video remembers its own, which stand where they
were asked to be, not where they are. A network that has met both knows how far to trust what it is shown.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Wear:
    """`share` of the clips remember worn frames, which half of their frames are: displaced by `place` blocks ahead and
    to the right and turned by `turn` radians (standard deviations: what motion made of four steps is off by),
    decoded from latents with up to `noise` of their standard deviation on top
    (at .7 27 dB from the frame, 35 without)."""

    share: float = 0.0
    place: float = 0.04
    turn: float = math.radians(1.5)
    noise: float = 0.7

    def of(self, seed: int, numbers: Tensor, frames: int, latent: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Of clips `numbers` (B,), each with `frames` remembered ones: how these are displaced (B, frames, 3), as seen
        from where they are, and what lies on their latents (B, frames, *latent). A function of seed and number."""
        rows = [self._clip(np.random.default_rng([seed, number, 1]), frames, latent) for number in numbers.tolist()]
        moved, noise = (torch.from_numpy(np.stack(part)).float() for part in zip(*rows, strict=True))
        return moved.to(numbers.device), noise.to(numbers.device)

    def _clip(self, rng: np.random.Generator, frames: int, latent: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        worn = (rng.random() < self.share) & (rng.random(frames) < 0.5)
        moved = rng.normal(size=(frames, 3)) * (self.place, self.place, self.turn)
        noise = rng.uniform(0, self.noise, frames)[:, None, None, None] * rng.normal(size=(frames, *latent))
        return moved * worn[:, None], noise * worn[:, None, None, None]

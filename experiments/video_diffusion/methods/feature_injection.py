"""Direct feature injection: the known frames, noised to the current level, replace their part of every step's input.

Training-free, as the replacement of Song et al. 2021 (section 5) and RePaint (Lugmayr et al. 2022) on frames; after a
chosen share of the steps the model runs free and may bend the known frames to fit the new ones.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Method, Past
from experiments.video_diffusion.noise import add_noise


@dataclass(frozen=True)
class FeatureInjection(Method):
    """`share` of the steps inject: 0.8 is "the first 800 of 1000 steps"; 1 returns the known frames themselves."""

    overlap: int = 5
    share: float = 0.8

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        # Half a millionth of a step: the grid is float32.
        if float(t) < 1 - self.share - 1e-6:
            return z
        n = past.known.shape[1]
        # The clip's own starting noise keeps the known frames on one straight path from noise to themselves.
        noised = add_noise(past.known, past.noise[:, :n], t.expand(len(z), n))
        return torch.cat([noised, z[:, n:]], dim=1)

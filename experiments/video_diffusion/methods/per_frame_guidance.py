"""History guidance without an encoder (Song et al. 2025): per-frame noise, sharpened by the same network.

    x̃ = (1 + w) x̂(z, history) − w x̂(z, history noised to `forgotten`)

Where history guidance compresses the past into tokens, here the known frames themselves are the condition, and noise
is what makes it null.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Past, hold
from experiments.video_diffusion.methods.per_frame_noise import PerFrameNoise


@dataclass(frozen=True)
class PerFrameGuidance(PerFrameNoise):
    """`weight` is w; 0 is per-frame noise and saves the second network call. `forgotten` = 1 leaves nothing of the
    history in the negative estimate, less leaves its coarse content (fractional history guidance)."""

    weight: float = 1.0
    forgotten: float = 1.0

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        near = super().estimate(denoise, z, t, past)
        if self.weight == 0:
            return near
        levels, n = t.clone(), past.known.shape[1]
        levels[:, :n] = self.forgotten
        with torch.no_grad():
            far = denoise(hold(z, levels[:, :n], past), levels)
        return near + self.weight * (near - far)

"""Autoguidance (Karras et al. 2024, *Guiding a diffusion model with a bad version of itself*): away from what a smaller
and less trained denoiser, the guide, makes of the same clip.

    x̃ = x̂(z) + w (x̂(z) − x̂_guide(z))

Both denoisers err to the same side, towards what is usual, and the guide errs further. Where the walk is decided, near
t = 1, that side is the corridor that goes straight on: without guidance the clips turn too rarely.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class Autoguidance(Method):
    """For clips from nothing; it ties none to a past. `weight` is w, at level `until` and above; below, the guide is
    not asked (Kynkäänniemi et al. 2024, *Applying guidance in a limited interval*)."""

    guide: Denoise | None = None
    weight: float = 2.0
    until: float = 0.9

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        own = super().estimate(denoise, z, t, past)
        if self.weight == 0 or float(t.max()) < self.until:
            return own
        with torch.no_grad():
            return own + self.weight * (own - self.guide(z, t))

"""Per-frame noise (diffusion forcing, Chen et al. 2024): the known frames stand nearly clean in front of the new ones.

The network was trained with a level for every frame, so a clip whose first frames are clean is one it knows, and x̂ of
the others is a true conditional estimate.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past, hold


@dataclass(frozen=True)
class PerFrameNoise(Method):
    """The known frames are held at `level`, which forgives the errors of generated ones, or at the clip's own when that
    is lower."""

    overlap: int = 5
    level: float = 0.1

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        return hold(z, self.held(t).expand(past.known.shape[:2]), past)

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        n = past.known.shape[1]
        with torch.no_grad():
            return denoise(z, torch.cat([self.held(t[:, :n]), t[:, n:]], dim=1))

    def held(self, t: Tensor) -> Tensor:
        return t.clamp(max=self.level)

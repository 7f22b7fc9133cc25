"""Per-frame noise (diffusion forcing, Chen et al. 2024): the known frames stand nearly clean in front of the new ones.

The network was trained with a level for every frame, so a clip whose first frames are clean is one it knows, and x̂ of
the others is a true conditional estimate. History guidance (Song et al. 2025) sharpens it with the same network:

    x̃ = (1 + w) x̂(z, history) − w x̂(z, history noised to `forgotten`)
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Method, Past, hold


@dataclass(frozen=True)
class PerFrameNoise(Method):
    """The known frames are held at `level`, which forgives the errors of generated ones, or at the clip's own when that
    is lower. `weight` is w; 0 saves the second network call. `forgotten` = 1 leaves nothing of the history in the
    negative estimate, less leaves its coarse content (fractional history guidance)."""

    overlap: int = 5
    level: float = 0.02
    weight: float = 0.0
    forgotten: float = 1.0

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        return hold(z, t.clamp(max=self.level).expand(past.known.shape[:2]), past)

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        n = past.known.shape[1]
        levels = t.clone()
        levels[:, :n] = t[:, :n].clamp(max=self.level)
        with torch.no_grad():
            near = denoise(z, levels)
            if self.weight == 0:
                return near
            levels[:, :n] = self.forgotten
            far = denoise(hold(z, levels[:, :n], past), levels)
            return near + self.weight * (near - far)

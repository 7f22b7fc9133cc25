"""History guidance without an encoder (Song et al. 2025): per-frame noise, sharpened by the same network.

    x̃ = (1 + w) x̂(z, history) − w x̂(z, history forgotten)

Where history guidance compresses the past into tokens, here the known frames themselves are the condition; it is null
where they are left out or noised.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.methods.method import Denoise, Past, hold, of_frames
from experiments.video_diffusion.sampling.methods.per_frame_noise import PerFrameNoise


@dataclass(frozen=True)
class PerFrameGuidance(PerFrameNoise):
    """`weight` is w; 0 is per-frame noise and saves the second network call. `forgotten` = 1 leaves nothing of the
    history in the negative estimate, less leaves its coarse content (fractional history guidance)."""

    weight: float = 1.0
    forgotten: float = 1.0

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        near, n = super().estimate(denoise, z, t, past), past.known.shape[1]
        if self.weight == 0:
            return near
        known, new = near.split([n, near.shape[1] - n], dim=1)
        return torch.cat([known, new + self.weight * (new - self.unaware(denoise, z, t, past))], dim=1)

    def unaware(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        """x̂ of the new frames, the history forgotten: at 1 they stand alone, which says the same as behind frames of
        noise and takes half the time."""
        n = past.known.shape[1]
        with torch.no_grad():
            if self.forgotten == 1:
                return of_frames(denoise, slice(n, None))(z[:, n:], t[:, n:])
            levels = torch.cat([torch.full_like(t[:, :n], self.forgotten), t[:, n:]], dim=1)
            return denoise(hold(z, levels[:, :n], past), levels)[:, n:]

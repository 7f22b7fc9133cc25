"""Direct feature injection: the known frames, noised to the current level, replace their part of every step's input.

Training-free, as the replacement of Song et al. 2021 (section 5) and RePaint (Lugmayr et al. 2022) on frames; after a
chosen share of the path the model runs free and may bend the known frames to fit the new ones.
"""

from dataclasses import dataclass

from torch import Tensor

from experiments.video_diffusion.sampling.methods.method import Method, Past, hold, within


@dataclass(frozen=True)
class FeatureInjection(Method):
    """`share` of the path from noise to data is injected; 1 returns the known frames themselves. With the usual steps,
    which lie closer together near the noise, 0.33 is "the first 800 of 1000 steps"."""

    overlap: int = 5
    share: float = 0.33

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        return hold(z, t.expand(past.known.shape[:2]), past) if within(t, self.share) else z

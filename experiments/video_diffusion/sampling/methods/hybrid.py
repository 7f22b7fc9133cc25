"""Injection early, guidance in the middle, free at the end: the two methods one after the other on one path.

Injection gives the clip the layout of the known frames where guidance has no gradient yet, guidance ties the new frames
to them, and the free steps heal the seam. Keep the first phase short: most of a clip's layout is settled in the first
quarter of the path, and under injection the new frames settle theirs hardly looking at the known ones.
"""

from dataclasses import dataclass

from torch import Tensor

from experiments.video_diffusion.sampling.methods.feature_injection import FeatureInjection
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past, within
from experiments.video_diffusion.sampling.methods.reconstruction_guidance import ReconstructionGuidance
from experiments.video_diffusion.sampling.methods.stabilised_guidance import StabilisedGuidance


@dataclass(frozen=True)
class Hybrid(Method):
    """`injected` and then `guided` are shares of the path; what is missing to 1 runs free. `weight` is that of the
    guidance, `stabilised` says which of the two."""

    overlap: int = 5
    injected: float = 0.1
    guided: float = 0.55
    weight: float = 4.0
    stabilised: bool = False

    def look(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> tuple[Tensor, Tensor]:
        return self.in_charge(t).look(denoise, z, t, past)

    def enter(self, z: Tensor, t: Tensor, past: Past) -> Tensor:
        return self.in_charge(t).enter(z, t, past)

    def in_charge(self, t: Tensor) -> Method:
        """The method at level t (scalar)."""
        if self.injected > 0 and within(t, self.injected):
            return FeatureInjection(share=self.injected)
        if within(t, self.injected + self.guided):
            guidance = StabilisedGuidance if self.stabilised else ReconstructionGuidance
            return guidance(weight=self.weight, diagnostics=self.diagnostics)
        return Method()

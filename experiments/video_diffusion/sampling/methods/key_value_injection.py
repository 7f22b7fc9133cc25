"""Key/value injection: in every attention layer the new clip also reads the keys and values of the clean known frames.

Training-free, as the extended attention of Tune-A-Video (Wu et al. 2023) and MasaCtrl (Cao et al. 2023). A softmax over
the clip's own tokens and γ copies of the known ones,

    Σ_own e^{q·k} v + γ Σ_known e^{q·k} v, divided by the same with v = 1,

is the layer itself at γ = 0 and changes smoothly with γ: a bias of log γ on the known logits.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.model.attention import Memory
from experiments.video_diffusion.sampling.methods.features import known_tokens
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class KeyValueInjection(Method):
    """`strength` is γ. The known frames are read at `noise` times the clip's level: 0 is clean, 1 as noisy as it."""

    overlap: int = 5
    strength: float = 5.0
    noise: float = 0.5

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        if self.strength == 0 or not past.known.shape[1]:
            return super().estimate(denoise, z, t, past)
        tokens = known_tokens(denoise, self.noise * t[0, 0], past)
        with torch.no_grad():
            return denoise(z, t, memory=[Memory(layer, self.strength) for layer in tokens])

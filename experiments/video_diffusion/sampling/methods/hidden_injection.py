"""Hidden-feature injection: inside the network, the features of the clean known frames replace those of the overlap.

Training-free, as Plug-and-Play (Tumanyan et al. 2023), where the features of one image's own pass steer another's. In
front of every attention layer the tokens h of the overlap become (1 − γ) h + γ h_known.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.sampling.methods.features import known_tokens
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class HiddenInjection(Method):
    """`strength` is γ. The known frames are read at `noise` times the clip's level: 0 is clean, 1 as noisy as it."""

    overlap: int = 5
    strength: float = 1.0
    noise: float = 0.5

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        if self.strength == 0 or not past.known.shape[1]:
            return super().estimate(denoise, z, t, past)
        tokens = known_tokens(denoise, self.noise * t[0, 0], past)
        with torch.no_grad():
            return denoise(z, t, [partial(self.towards, known) for known in tokens])

    def towards(self, known: Tensor, tokens: Tensor) -> Tensor:
        """What moves the first tokens (B, N, width) towards the known ones (B, M, width)."""
        n = known.shape[1]
        return F.pad(self.strength * (known - tokens[:, :n]), (0, 0, 0, tokens.shape[1] - n))

"""Classifier-free guidance on history frames (Ho and Salimans 2022): an encoder's tokens of the past are the condition.

    x̃ = x̂(z) + w (x̂(z, history) − x̂(z))

w = 1 is plain conditional sampling, w = 0 the model without history, w > 1 extrapolates.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.model.history_encoder import HistoryEncoder
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class HistoryGuidance(Method):
    """The new clip begins right after the history: nothing overlaps."""

    encoder: HistoryEncoder | None = None  # has to be given
    weight: float = 2.0
    overlap: int = 0

    @property
    def looks_back(self) -> int:
        return self.encoder.config.frames

    def __post_init__(self):
        """Raises InputError without an encoder."""
        if self.encoder is None:
            raise InputError("history guidance reads the past by a network: HistoryGuidance(encoder=models.history)")

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        with torch.no_grad():
            free = denoise(z, t) if self.weight != 1 else 0.0
            if self.weight == 0:
                return free
            tied = denoise(z, t, self.encoder(past.history))
            return free + self.weight * (tied - free)

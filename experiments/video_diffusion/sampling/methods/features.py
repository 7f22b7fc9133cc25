"""What the network makes of the known frames on its own: the tokens that its attention layers read there.

They are a short clip of their own. Known frames stand first in the new clip, so that their positions agree. Frames of
pure noise behind them, as in training with a level for every frame, score no better and cost twice the time.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.model.noise import add_noise
from experiments.video_diffusion.sampling.methods.method import Denoise, Past, of_frames


class Listener:
    """A condition that adds nothing and keeps the tokens in front of every attention layer."""

    def __init__(self) -> None:
        self.heard: list[Tensor] = []

    def __getitem__(self, layer: int) -> "Listener":
        return self

    def __call__(self, tokens: Tensor) -> float:
        self.heard.append(tokens)
        return 0.0


def known_tokens(denoise: Denoise, level: Tensor, past: Past) -> list[Tensor]:
    """Tokens (B, overlap·places, width) of the known frames, noised to `level` (scalar), in front of each attention
    layer. One network call on these frames."""
    n = past.known.shape[1]
    levels, listener = level.expand(past.known.shape[:2]), Listener()
    with torch.no_grad():
        of_frames(denoise, slice(n))(add_noise(past.known, past.noise[:, :n], levels), levels, listener)
    return listener.heard

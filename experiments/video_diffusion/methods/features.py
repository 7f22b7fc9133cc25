"""What the network makes of the known frames on its own: the tokens that its attention layers read there.

The known frames stand first in a clip, where the new clip has them too, so that their positions agree; the frames
behind them are pure noise and known to be (level 1), as in training with a level for every frame.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Past, hold


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
    layer. One network call."""
    levels = torch.ones(past.noise.shape[:2], device=past.noise.device)
    levels[:, : past.known.shape[1]] = level
    listener = Listener()
    with torch.no_grad():
        denoise(hold(past.noise, levels[:, : past.known.shape[1]], past), levels, listener)
    share = past.known.shape[1] / past.noise.shape[1]
    return [tokens[:, : round(share * tokens.shape[1])] for tokens in listener.heard]

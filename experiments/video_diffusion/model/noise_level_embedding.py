"""What the denoiser makes of a noise level: features for its blocks, and the error to expect there."""

import torch
from torch import Tensor, nn


def waves(t: Tensor, frequencies: int = 8) -> Tensor:
    """Levels (...) → (..., 2 · frequencies): sines and cosines of multiples of the angle atan(t / (1 − t))."""
    angle = torch.atan2(t, 1 - t)[..., None] * 2.0 ** torch.arange(frequencies, device=t.device)
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


class LevelEmbedding(nn.Module):
    """Noise levels (N,) → features (N, width)."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())

    def forward(self, t: Tensor) -> Tensor:
        return self.layers(waves(t))


class ExpectedError(nn.Module):
    """Logarithm of the squared error that is usual for frames at levels t (B, T), by the level and the clip's mean."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(32, 1)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)

    def forward(self, t: Tensor) -> Tensor:
        clip = t.mean(1, keepdim=True).expand_as(t)
        return self.layer(torch.cat([waves(t), waves(clip)], dim=-1))[..., 0]

"""A linear convolution over three frames: what a layer sees of the frame before and the frame after."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.model.group_norm import GroupNorm


def over_time(x: Tensor, frames: int, weight: Tensor, bias: Tensor) -> Tensor:
    """Of x (B·T, C, H, W), channels last in memory, with T = `frames` and weight (C', 3C): (B·T, C', H, W).

    Beyond the ends of a clip are zeros. One matrix instead of a slow 3-D convolution.
    """
    clip = x.movedim(1, -1).unflatten(0, (-1, frames))  # (B, T, H, W, C), as it lies in memory
    before, after = F.pad(clip[:, :-1], (0, 0) * 3 + (1, 0)), F.pad(clip[:, 1:], (0, 0) * 3 + (0, 1))
    found = F.linear(torch.cat([before, clip, after], dim=-1), weight, bias)
    return found.flatten(0, 1).movedim(-1, 1)


class TemporalConvolution(nn.Module):
    """Residual, and nothing at the start of training."""

    def __init__(self, width: int):
        super().__init__()
        self.norm = GroupNorm(8, width)
        self.weights = nn.Linear(3 * width, width)
        nn.init.zeros_(self.weights.weight)
        nn.init.zeros_(self.weights.bias)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        return x + over_time(F.silu(self.norm(x)), frames, self.weights.weight, self.weights.bias)

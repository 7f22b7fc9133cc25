"""Reads the motion between two frames: how far ahead and to the right the second was seen from, and turned how far."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

SCALE = (0.2, 0.1, math.radians(10))  # blocks, blocks, radians: what the network's outputs are in units of


@dataclass(frozen=True)
class MotionReaderConfig:
    widths: tuple[int, int, int, int] = (32, 48, 64, 64)
    inner: int = 96


class MotionReader(nn.Module):
    """Images of two frames, each (N, 3, 64, 64) in [−1, 1] → the second's pose seen from the first's (N, 3): blocks
    ahead, blocks to the right, radians of turn, right turns positive."""

    def __init__(self, config: MotionReaderConfig = MotionReaderConfig()):
        super().__init__()
        self.config = config
        layers, width = [], 6
        for k, wider in enumerate(config.widths):
            size = 5 if k == 0 else 3
            layers += [nn.Conv2d(width, wider, size, stride=2, padding=size // 2), nn.GroupNorm(8, wider), nn.SiLU()]
            width = wider
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * width, config.inner), nn.SiLU())
        self.out = nn.Linear(config.inner, 3)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        pair = torch.cat([(first + second) / 2, second - first], 1)
        found = self.out(self.body(pair.to(memory_format=torch.channels_last))).float()
        return found * found.new_tensor(SCALE)

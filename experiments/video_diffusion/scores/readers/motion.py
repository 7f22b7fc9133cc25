"""Reads the motion between two frames: how far ahead and to the right the second was seen from, and turned how far.

What moves is found by matching: rows of one frame are held against the same rows of the other at every sideways shift,
as in FlowNet (Dosovitskiy et al. 2015), whose correlation layer this is along one axis: turns and steps move what is
seen sideways, but for what lies straight ahead. A plain stack of convolutions on the two frames, `reach` 0, has to
learn that by heart.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SCALE = (0.2, 0.1, math.radians(10))  # blocks, blocks, radians: what the network's outputs are in units of
PLACES = (16, 32)  # rows and columns that are matched


@dataclass(frozen=True)
class MotionReaderConfig:
    widths: tuple[int, ...] = (32, 48, 64, 64)
    inner: int = 96
    reach: int = 0  # columns of 32 that a shift goes to either side; 0: nothing is matched


class Matching(nn.Module):
    """Images of two frames, each (N, 3, 64, 64) → (N, `channels`, *PLACES): how like each place of the first is to the
    places of the second up to `reach` columns away in its row (cosines), and the features of both."""

    def __init__(self, reach: int, width: int = 32):
        super().__init__()
        self.reach, self.channels = reach, 2 * reach + 1 + 2 * width
        self.eye = nn.Sequential(
            nn.Conv2d(3, 24, 5, stride=2, padding=2),
            nn.GroupNorm(8, 24),
            nn.SiLU(),
            nn.Conv2d(24, width, (4, 3), (2, 1), (1, 1)),
            nn.GroupNorm(8, width),
        )
        self.sharpness = nn.Parameter(torch.tensor(4.0))
        shifted = torch.arange(PLACES[1])[:, None] + torch.arange(2 * reach + 1)
        self.register_buffer("shifted", shifted, persistent=False)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        seen = self.eye(torch.cat([first, second]).to(memory_format=torch.channels_last))
        one, other = F.normalize(seen.float(), dim=1).to(seen.dtype).chunk(2)
        like = torch.einsum("ncyx,ncyz->nyxz", one, F.pad(other, (self.reach, self.reach)))
        near = like.gather(3, self.shifted.expand(*like.shape[:2], -1, -1)).permute(0, 3, 1, 2)
        return torch.cat([self.sharpness * near, *F.silu(seen).chunk(2)], dim=1)


def mean_and_change(first: Tensor, second: Tensor) -> Tensor:
    """Images of two frames, each (N, 3, H, W) → (N, 6, H, W)."""
    return torch.cat([(first + second) / 2, second - first], 1)


class MotionReader(nn.Module):
    """Images of two frames, each (N, 3, 64, 64) in [−1, 1] → the second's pose seen from the first's (N, 3): blocks
    ahead, blocks to the right, radians of turn, right turns positive."""

    def __init__(self, config: MotionReaderConfig = MotionReaderConfig()):
        super().__init__()
        self.config = config
        self.match = Matching(config.reach) if config.reach else None
        layers, width, places = [], 6, 64 * 64
        if self.match is not None:
            width, places = self.match.channels, math.prod(PLACES)
        for wider in config.widths:
            size = 5 if width == 6 else 3
            layers += [nn.Conv2d(width, wider, size, stride=2, padding=size // 2), nn.GroupNorm(8, wider), nn.SiLU()]
            width, places = wider, places // 4
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(places * width, config.inner), nn.SiLU())
        self.out = nn.Linear(config.inner, 3)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        pair = (self.match or mean_and_change)(first, second)
        found = self.out(self.body(pair.to(memory_format=torch.channels_last))).float()
        return found * found.new_tensor(SCALE)

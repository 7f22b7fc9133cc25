"""Reads a single frame: walls, posters and floor tiles in every direction, and where in its block the viewer stands.

Walls stand on a grid of unit blocks, so that one frame tells the heading up to quarter turns and the stance up to whole
blocks (its phase): what keeps a path that is integrated from frame to frame from drifting off its map.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.data.scenes import COLUMNS, TILES

QUARTER = math.pi / 2


@dataclass(frozen=True)
class SceneReaderConfig:
    widths: tuple[int, int, int] = (24, 32, 48)
    inner: int = 96


@dataclass(frozen=True)
class Reading:
    """Of N frames: 1 / depth (N, COLUMNS) of the walls, `poster` logits (N, 7, COLUMNS), logits that the floor is
    orange (N, len(TILES), COLUMNS), and `phase` (N, 10), see `phase_of`."""

    inverse_depth: Tensor
    poster: Tensor
    orange: Tensor
    phase: Tensor


class SceneReader(nn.Module):
    """Images (N, 3, 64, 64) in [−1, 1] → `Reading`."""

    def __init__(self, config: SceneReaderConfig = SceneReaderConfig()):
        super().__init__()
        self.config = config
        a, b, c = config.widths
        inner = config.inner
        # Every layer halves the height; the first also the width: 32 columns stay.
        self.columns = nn.Sequential(
            nn.Conv2d(3, a, (4, 5), (2, 2), (1, 2)),
            nn.GroupNorm(8, a),
            nn.SiLU(),
            nn.Conv2d(a, b, (4, 5), (2, 1), (1, 2)),
            nn.GroupNorm(8, b),
            nn.SiLU(),
            nn.Conv2d(b, c, (4, 3), (2, 1), (1, 1)),
            nn.GroupNorm(8, c),
            nn.SiLU(),
        )
        self.down = nn.Conv1d(8 * c, inner, 1)
        self.along = nn.ModuleList(nn.Conv1d(inner, inner, 5, padding=2 * k, dilation=k) for k in (1, 3))
        self.heads = nn.Conv1d(inner, 1 + 7 + len(TILES), 1)
        self.gather = nn.Conv1d(inner, 24, 4, stride=4)
        self.phase = nn.Sequential(nn.SiLU(), nn.Linear(24 * COLUMNS // 4, 96), nn.SiLU(), nn.Linear(96, 10))

    def forward(self, images: Tensor) -> Reading:
        x = self.down(self.columns(images.to(memory_format=torch.channels_last)).flatten(1, 2))
        for layer in self.along:
            x = x + layer(F.silu(x))
        found = self.heads(F.silu(x)).float()
        phase = self.phase(self.gather(F.silu(x)).flatten(1)).float()
        return Reading(F.softplus(found[:, 0]), found[:, 1:8], found[:, 8:], phase)


def phase_of(poses: Tensor) -> Tensor:
    """Poses (N, 3) → (N, 10): cos and sin of four times the heading, then the stance as cos and sin of 2π times how far
    ahead and to the right it lies in its block: once with "ahead" the axis of the grid nearest to the heading, once
    with it the axis next to the left of the heading. Each is smooth where the other jumps."""
    heading = poses[:, 2]
    nearest = torch.round(heading / QUARTER) * QUARTER
    left = torch.floor(heading / QUARTER) * QUARTER
    parts = [torch.stack([(4 * heading).cos(), (4 * heading).sin()], 1)]
    parts += [_in_block(poses, axis) for axis in (nearest, left)]
    return torch.cat(parts, 1)


def _in_block(poses: Tensor, axis: Tensor) -> Tensor:
    x, y, cos, sin = poses[:, 0], poses[:, 1], axis.cos(), axis.sin()
    at = 2 * math.pi * torch.stack([cos * x + sin * y, cos * y - sin * x], 1)
    return torch.cat([at.cos(), at.sin()], 1)


def from_nearest(heading: Tensor) -> Tensor:
    """How near (N,) the heading is to an axis of the grid, from 1 on an axis to 0 half-way between two: what the first
    description of the stance is worth; the second is worth the rest."""
    off = (heading / QUARTER - torch.round(heading / QUARTER)).abs()
    return 1 - 2 * off

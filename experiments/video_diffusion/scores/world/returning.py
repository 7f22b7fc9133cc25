"""The return test: where the walk sees a place again that the given frames showed, is what stood there there again?

Read off by the scene reader in the made frame and in the true one: how far the walls are in every direction, the
colours of the floor, the posters. Of all that, what the given frames have shown counts: a poster on the far side of a
block cannot be known. A frame passes when nearly all of it agrees.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.data.scenes import TILES, directions
from experiments.video_diffusion.memory.retrieval import sees
from experiments.video_diffusion.scores.readers.scene import Reading

WALLS, FLOOR, POSTERS = 0.8, 0.8, 0.5  # shares that must agree
DEPTH = 0.25  # how far a depth may be off, as a share of it
FAR = 4.0  # blocks: beyond, far is far
SURE = 2.0  # logit of a tile that the truth is sure of
BEFORE = 0.05  # blocks in front of a wall, where the point lies that its side is seen by


@dataclass(frozen=True)
class Shown:
    """What earlier frames have shown of later ones: of the `walls` (N, COLUMNS) and the `floor` (N, len(TILES),
    COLUMNS), bool."""

    walls: Tensor
    floor: Tensor

    @classmethod
    def by(cls, poses: Tensor, inverse_depth: Tensor, given: int, first: int) -> "Shown":
        """By the first `given` frames of those from frame `first` on: poses (T, 3), and 1 / depth (T, COLUMNS) of the
        walls as they are read in the truth. Floor behind a wall is not seen again, so that it is not shown either."""
        poses = poses.float()
        after = poses[first:]
        wall = 1 / inverse_depth[first:, None].clamp(min=1e-3) - BEFORE  # (N, 1, COLUMNS)
        tiles = torch.tensor(TILES)[None, :, None].expand(len(after), -1, inverse_depth.shape[1])
        far = torch.cat([wall, tiles], dim=1)
        across = torch.from_numpy(directions()).float() * far
        cos, sin = after[:, 2].cos()[:, None, None], after[:, 2].sin()[:, None, None]
        x = after[:, 0, None, None] + far * cos - across * sin
        y = after[:, 1, None, None] + far * sin + across * cos
        known = sees(poses[:given], inverse_depth[:given], torch.stack([x, y], -1).flatten(0, 2)).any(0)
        walls, floor = known.view(far.shape).split([1, len(TILES)], dim=1)
        return cls(walls[:, 0], floor & (tiles < wall))


def returned(made: Reading, true: Reading, shown: Shown) -> Tensor:
    """Which frames (N,) show what is really there, of what was shown."""
    one, other = (1 / read.inverse_depth.clamp(min=1 / FAR) for read in (made, true))
    near = ((one / other).log().abs() < DEPTH) & shown.walls
    walls = near.sum(1) >= WALLS * shown.walls.sum(1)
    sure = (true.orange.abs() > SURE) & shown.floor
    same = ((made.orange > 0) == (true.orange > 0)) & sure
    floor = same.sum((1, 2)) >= FLOOR * sure.sum((1, 2))
    chances = true.poster.softmax(1)
    hung = (true.poster.argmax(1) > 0) & (chances.amax(1) > 0.6) & (true.inverse_depth > 0.5) & shown.walls
    alike = (made.poster.argmax(1) == true.poster.argmax(1)) & hung
    posters = alike.sum(1) >= POSTERS * hung.sum(1)
    return walls & floor & posters

"""Frames made along the true path against what is really seen there: places shown in the given frames and new ones
apart.

As TECO (Yan et al. 2022) scores continuations, but split by what the model could know. A frame is of a seen place when
the given frames show most of what lies ahead of it, of a new one when they show next to none of it; what only made
frames have shown is neither. Of the seen ones is told, too, from where: from about the same stance, or from elsewhere.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.memory.angles import wrapped
from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.memory.retrieval import points_ahead, sees

SEEN, NEW = 0.7, 0.2  # share of what lies ahead that the given frames show
SOME = 0.3  # share of it that one frame shows, to have shown it
FIRST = 10  # made frames that are left out: the last given frames decide them, not memory
HERE = (0.4, math.radians(25))  # blocks, radians: as near to a given stance is "the same"


@dataclass(frozen=True)
class Places:
    """Of made frames (N,) bool: `seen` and `new` as above, `here` seen from about the same stance; the given frame
    `nearest` to each by pose, how many blocks `away` from it that stands, and its `age`: frames since a given one last
    showed what it shows (inf where none did)."""

    seen: Tensor
    new: Tensor
    here: Tensor
    nearest: Tensor
    away: Tensor
    age: Tensor


def places(poses: Tensor, inverse_depth: Tensor, given: int) -> Places:
    """By the true poses (T, 3) and the walls (T, columns) that are really seen from them."""
    before, after = poses[:given].float(), poses[given + FIRST :].float()
    shown, age = torch.zeros(len(after)), torch.full((len(after),), torch.inf)
    if given:
        points, weight = points_ahead(after)
        count = len(points) // len(after)
        # Walls hide what is behind them from the later frame too.
        owner = torch.arange(len(after)).repeat_interleave(count)
        visible = torch.cat(
            [
                sees(after[k : k + 1], inverse_depth[given + FIRST + k][None], points[owner == k])[0]
                for k in range(len(after))
            ]
        )
        known = sees(before, inverse_depth[:given], points)
        weight = weight * visible
        total = weight.unflatten(0, (-1, count)).sum(1).clamp(min=1e-6)
        shown = (weight * known.any(0)).unflatten(0, (-1, count)).sum(1) / total
        by_frame = (weight * known).unflatten(1, (-1, count)).sum(2) / total  # (given, N)
        last = torch.where(by_frame >= SOME, torch.arange(given)[:, None], -torch.inf).amax(0)
        age = given + FIRST + torch.arange(len(after)) - last
    apart = relative(before[None], after[:, None]) if given else torch.full((len(after), 1, 3), torch.inf)
    far, turned = apart[..., :2].norm(dim=-1), wrapped(apart[..., 2]).abs()
    nearest = (far / HERE[0] + turned / HERE[1]).argmin(1)
    near = ((far < HERE[0]) & (turned < HERE[1])).any(1)
    away = far.gather(1, nearest[:, None])[:, 0]
    return Places(shown >= SEEN, shown <= NEW, near & (shown >= SEEN), nearest, away, age)

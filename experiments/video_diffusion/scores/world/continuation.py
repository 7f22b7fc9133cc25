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
FIRST = 10  # made frames that are left out: the last given frames decide them, not memory
HERE = (0.4, math.radians(25))  # blocks, radians: as near to a given stance is "the same"


@dataclass(frozen=True)
class Places:
    """Of made frames (N,) bool: `seen` and `new` as above, `here` seen from about the same stance; and the given frame
    `nearest` (N,) to each by pose."""

    seen: Tensor
    new: Tensor
    here: Tensor
    nearest: Tensor


def places(poses: Tensor, inverse_depth: Tensor, given: int) -> Places:
    """By the true poses (T, 3) and the walls (T, columns) that are really seen from them."""
    before, after = poses[:given].float(), poses[given + FIRST :].float()
    shown = torch.zeros(len(after))
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
        known = sees(before, inverse_depth[:given], points).any(0)
        weight = weight * visible
        total = weight.unflatten(0, (-1, count)).sum(1)
        shown = (weight * known).unflatten(0, (-1, count)).sum(1) / total.clamp(min=1e-6)
    apart = relative(before[None], after[:, None]) if given else torch.full((len(after), 1, 3), torch.inf)
    far, turned = apart[..., :2].norm(dim=-1), wrapped(apart[..., 2]).abs()
    nearest = (far / HERE[0] + turned / HERE[1]).argmin(1)
    near = ((far < HERE[0]) & (turned < HERE[1])).any(1)
    return Places(shown >= SEEN, shown <= NEW, near & (shown >= SEEN), nearest)

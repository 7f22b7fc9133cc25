"""Which earlier frames are worth remembering: those whose views overlap the most with the views to come.

Overlap of fields of view decides in WorldMem (Xiao et al. 2025) and in Context as Memory (Yu et al. 2025) too. Here it
is counted on points on the floor in front of every new stance, and walls hide what lies behind them.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.memory.poses import relative

DEPTHS = (0.4, 0.8, 1.3, 2.0, 3.0, 4.5)  # blocks ahead at which points are laid
COLUMNS = 9  # points at each of them, over the field of view of 90°
ASIDE = 1e-3  # columns: points straight ahead of a view lie between two of its columns, and all fall to the right one
WHOLE = 20  # a point counts WHOLE times its weight, rounded: such numbers and their quarters add up without error


def points_ahead(poses: Tensor) -> tuple[Tensor, Tensor]:
    """Points (N, 2) in front of poses (T, 3), and what each weighs (N,): near ones fill more of a picture."""
    depth = torch.tensor(DEPTHS, device=poses.device).repeat_interleave(COLUMNS)
    side = torch.linspace(-0.95, 0.95, COLUMNS, device=poses.device).repeat(len(DEPTHS)) * depth
    cos, sin = poses[:, 2:].cos(), poses[:, 2:].sin()
    x = poses[:, :1] + cos * depth - sin * side
    y = poses[:, 1:2] + sin * depth + cos * side
    return torch.stack([x, y], -1).flatten(0, 1), (1 / depth).repeat(len(poses))


def sees(poses: Tensor, inverse_depth: Tensor, points: Tensor) -> Tensor:
    """Whether views at `poses` (M, 3) whose walls are at `inverse_depth` (M, columns) see the points (N, 2): (M, N)."""
    flat = torch.cat([points, points.new_zeros(len(points), 1)], dim=1)
    ahead, right, _ = relative(poses[:, None], flat[None]).unbind(-1)
    across = right / ahead.clamp(min=1e-6)
    columns = inverse_depth.shape[1]
    column = ((across + 1) / 2 * columns + ASIDE).long().clamp(0, columns - 1)
    wall = 1 / inverse_depth.gather(1, column).clamp(min=1e-3)
    return (ahead > 0.05) & (across.abs() < 1) & (ahead < wall + 0.1)


def most_overlapping(poses: Tensor, inverse_depth: Tensor, wanted: Tensor, count: int) -> Tensor:
    """Indices (≤ count,) of the views at `poses` (M, 3) that together see most of what lies ahead of `wanted` (T, 3).

    Greedy: each one is the view that adds most to those before it; ties go to the later frame. Fewer than `count` come
    back when no other view adds anything.
    """
    if not len(poses):
        return torch.zeros(0, dtype=torch.long)
    chosen, adds = ranked(poses, inverse_depth, wanted, count)
    return chosen[adds]


def ranked(
    poses: Tensor, inverse_depth: Tensor, wanted: Tensor, count: int, there: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The same as `count` indices (count,) and which of them add anything (count,). `there` (M,) tells which views are
    to choose from; all, without it. No step depends on a value, so that `torch.vmap` takes it."""
    points, weight = points_ahead(wanted)
    weight = (WHOLE * weight).round()  # so that views that show as much are equals in any precision
    seen, numbers = sees(poses, inverse_depth, points), torch.arange(len(poses), device=poses.device)
    if there is not None:
        seen = seen & there[:, None]
    chosen, adds = [], []
    for _ in range(count):
        gain = (seen * weight).sum(1)
        best = len(poses) - 1 - gain.flip(0).argmax()
        chosen.append(best)
        adds.append(gain.amax() > 0)
        taken = (numbers == best)[:, None]
        # A point seen once counts less, not nothing: a second view of it is nearer or sharper.
        weight = torch.where((seen & taken).any(0), 0.25 * weight, weight)
        seen = seen & ~taken
    return torch.stack(chosen), torch.stack(adds)

"""A cheap look for modes that the pool does not meet: descents, by values alone.

A narrow mode is a small target, but V rises around it over many of its widths: its basin is met by pool points that its
bottom is not met by, and no particle falls to the bottom by chance. Such a point is lower than all its nearest
neighbours (the starts of topographical optimisation: Törn, Viitanen 1992); a descent from it takes some tens of calls.
A mode outside the reference is looked for in the same way, from a few points far out.
"""

import torch
from torch import Tensor

from .walks import Energy

STARTS = 24
NEIGHBOURS = 12
ROWS = 1024  # points whose distances to all others are held at once
FIRST = 0.3  # first step at most, in units of the reference
OUTWARD = 8  # starts outside the reference
LOOKS = 8  # at widths, each up to ten times smaller or larger than the last
NEAR, FAR = 4.0, 16.0  # their coordinates' size, in units of the reference
UP, DOWN = 1.5, 1.5**-0.25  # of the step after a success and a failure: it settles where one in five succeeds


def steps(dim: int) -> int:
    """A step gains about 0.2/dim in the logarithm of the distance: enough for a tenth of it, and to find the step."""
    return 20 + 10 * dim


def low_points(y: Tensor, v: Tensor, first: int = 0) -> tuple[Tensor, Tensor]:
    """Indices of at most STARTS of the points y (m, d), values v (m,), from the `first` on that lie below their
    NEIGHBOURS nearest: those that lie deepest below the lowest of them. And how far the nearest is: a descent that
    strides further leaves a basin that it stands at the rim of.
    """
    near, finite = y.float(), torch.isfinite(v).nonzero()[:, 0]
    finite = finite[finite >= first]
    squares = near.square().sum(dim=1)
    drops, gaps = [], []
    for rows in finite.split(ROWS):
        away = torch.addmm(squares[None], near[rows], near.T, alpha=-2.0)
        away[torch.arange(len(rows)), rows] = torch.inf
        least, found = away.topk(min(NEIGHBOURS, len(y) - 1), largest=False)
        drops.append(v[found].amin(dim=1) - v[rows])
        gaps.append((least[:, 0] + squares[rows]).clamp(min=1e-12).sqrt().to(y))
    # Behind walls all neighbours may be infinite: such a point is low, but by how much is not known.
    drop = torch.cat(drops).clamp(max=1e300)
    deepest = drop.topk(min(STARTS, int((drop > 0).sum()))).indices
    return finite[deepest], torch.cat(gaps)[deepest]


def far_points(dim: int, generator: torch.Generator) -> Tensor:
    """OUTWARD points in opposite pairs of directions, at sizes spread evenly in logarithm: (OUTWARD, dim) float64."""
    half = torch.randn(OUTWARD // 2, dim, generator=generator, dtype=torch.float64, device=generator.device)
    direction = half * (dim**0.5 / half.norm(dim=1, keepdim=True))
    sizes = torch.linspace(0, 1, OUTWARD // 2, dtype=torch.float64, device=half.device)
    away = (NEAR * (FAR / NEAR) ** sizes)[:, None] * direction
    return torch.cat([away, -away])


def descend(
    energy: Energy, y: Tensor, e: Tensor, first: float | Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Where descents from y (k, d) with energies (k,) end, first steps of size `first`; k · steps(d) calls.

    The (1 + 1) evolution strategy with the one-fifth rule (Rechenberg 1973).
    """
    size = first + torch.zeros_like(e)
    for _ in range(steps(y.shape[1])):
        to = y + size[:, None] * torch.randn(y.shape, generator=generator, dtype=y.dtype, device=y.device)
        e_to = energy(to)
        better = e_to < e
        y, e = torch.where(better[:, None], to, y), torch.where(better, e_to, e)
        size = size * torch.where(better, UP, DOWN)
    return y, e


def local_widths(energy: Energy, y: Tensor, e: float) -> Tensor | None:
    """(d,) standard deviations of the Gaussian that V is near y (d,), along the axes; at most 2 d · LOOKS calls.

    None where V is no bowl there, or jumps at every distance.
    """
    width, axes = torch.full_like(y, FIRST), torch.eye(len(y)).to(y)
    for _ in range(LOOKS):
        away = width[:, None] * axes
        rise = energy(torch.cat([y + away, y - away])).view(2, -1).mean(dim=0) - e
        if bool(((rise > 0.05) & (rise < 5.0)).all()):
            return width / (2 * rise).sqrt()
        # A parabola tells where V has risen by one half; further than a tenth of the way nothing is known.
        width = width * (2 * rise).clamp(min=1e-2, max=1e2).rsqrt()
    return None

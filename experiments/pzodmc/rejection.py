"""Streaming rejection sampling of p(z | x_t): bounded memory, early stop, counts that restart when the floor falls.

z ~ N(e^t x, (e^{2t} − 1) I) is accepted when log u ≤ V* − V(z). That is exact only if V* ≤ V everywhere. V* is the
lowest value seen so far, so when a lower one turns up, everything accepted against the old floor is thrown away.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .diffusion import posterior_sd
from .oracle import Oracle
from .tiles import CHUNK, TILE, normals, spans

FIRST_ROUND = 16  # proposals a particle in the first round; each later round doubles
LARGEST_ROUND = 1024
POOL, SEARCH_STEPS, SEARCH_WIDTH, PARENTS = 1024, 24, 64, 12
# A floor too high by δ distorts the density by at most a factor e^δ: smaller drops do not restart the counts.
TOLERANCE = 1e-3


@dataclass
class Floor:
    """V*, the lowest value of V met so far in a run."""

    value: float = math.inf


@dataclass(frozen=True)
class Accepted:
    """Of n particles: how many draws were accepted (n,), their mean (n, d), one of them (n, d); NaN where none was."""

    count: Tensor
    mean: Tensor
    one: Tensor
    proposed: int


def find_floor(
    oracle: Oracle, floor: Floor, scale: float, generator: torch.Generator, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Lower `floor` by a zeroth-order search: the best of POOL wide points, then an evolution strategy around it.

    Each step's centre is the mean of the PARENTS best; steps shrink, faster where nothing improved. A deeper well
    elsewhere is missed at times, which `reject` mends when it meets it.
    Returns the wide points, z (POOL, dim) from N(0, scale² I), and their V, for another use at no further cost.
    """
    dim = oracle.potential.dim
    pool, _ = normals(POOL, dim, generator, dtype)
    pool *= scale
    values = oracle(pool)
    centre, step = pool[values.argmin()], 0.5 * scale / dim**0.25
    floor.value = min(floor.value, float(values.min()))
    for _ in range(SEARCH_STEPS):
        z, _ = normals(SEARCH_WIDTH, dim, generator, dtype)
        z = centre + step * z
        v = oracle(z)
        centre = z[v.argsort()[:PARENTS]].mean(dim=0)
        step *= 0.99 if float(v.min()) < floor.value else 0.72
        floor.value = min(floor.value, float(v.min()))
    return pool, values


def reject(
    oracle: Oracle,
    floor: Floor,
    x: Tensor,
    t: float,
    proposals: int,
    enough: int | None,
    generator: torch.Generator,
    chunk: int = CHUNK,
) -> Accepted:
    """At most `proposals` a particle at x (n, d), in rounds; a particle stops once `enough` were accepted.

    How many proposals a draw took says nothing about where it fell, so stopping on the count adds no bias.
    """
    n, d = x.shape
    sd, centre = posterior_sd(t), math.exp(t) * x
    count = torch.zeros(n, dtype=torch.long, device=x.device)
    total, one = torch.zeros_like(x), torch.full_like(x, torch.nan)
    used, size, proposed, basis = 0, FIRST_ROUND, 0, floor.value
    active = torch.arange(n, device=x.device)
    while used < proposals and len(active):
        size = min(size, proposals - used)
        lowest = math.inf
        group = max(1, TILE // size)  # particles whose randomness is drawn together
        for start, stop in spans(len(active), group, max(1, chunk // size)):
            whom = active[start:stop]
            rows = len(whom) * size
            z, u = normals(rows, d, generator, x.dtype, group * size, uniforms_every=1)
            z = z.mul_(sd).view(len(whom), size, d).add_(centre[whom, None]).view(rows, d)
            v = oracle(z)
            lowest = min(lowest, float(v.min()))
            kept = (u.log_() <= floor.value - v).nonzero()[:, 0]
            whose = whom[kept // size]
            total.index_add_(0, whose, z[kept])
            count.index_add_(0, whose, torch.ones_like(whose))
            # `whose` is sorted; take each particle's last, as assigning duplicates has no order on a GPU.
            last = torch.ones_like(whose, dtype=torch.bool)
            last[:-1] = whose[1:] != whose[:-1]
            one[whose[last]] = z[kept[last]]
        proposed += len(active) * size
        used += size
        size = min(2 * size, LARGEST_ROUND)
        floor.value = min(floor.value, lowest)
        if floor.value < basis - TOLERANCE:
            basis = floor.value
            count.zero_(), total.zero_(), one.fill_(torch.nan)
            active = torch.arange(n, device=x.device)
        elif enough is not None:
            active = (count < enough).nonzero()[:, 0]
    mean = total / count[:, None]
    return Accepted(count, mean, one, proposed)

"""What a tempered population may spend, and what is known of it when it has settled."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .descent import OUTWARD, low_points, steps
from .reference import as_good_as

if TYPE_CHECKING:
    from .adaptive import AdaptivePartialZODMC

Report = Callable[[str, float], None]  # (stage, β)
SHARE = 0.1  # of the calls that checks of the blocks may take
LEAST_POOL = 1024  # points of the reference, where the calls allow them
SPARSE_FROM = 3  # coordinates; on fewer a pool meets the narrow modes by itself
LIGHT, USUAL = (1, 2), (2, 4)  # candidates and walks of a stage, where the mixture renews the particles and elsewhere


class Spent(Exception):
    """The calls that a block may make do not allow what was to be done next."""


@dataclass(frozen=True)
class Plan:
    """What a run may spend: points of the pool (about half of them, where that is worth the population; on a line a
    quarter), particles, candidates and walks of a round (half of the candidates and no walks, where the mixture renews
    the particles by itself), the rounds at β = 1, batches of the importance sampling that is tried first (0: none), and
    calls in all (None: no limit). outside: whether the target can go on outside the reference.
    """

    pool: int = 8192
    population: int = 1000
    candidates: int = 4
    walks: int = 6
    least_rounds: int = 2
    most_rounds: int = 64
    components: int = 8
    turns: int = 6
    calls: int | None = None
    outside: bool = True


@dataclass(frozen=True)
class Settled:
    """A population y (N, d) with V (N,), its estimates, and what was seen on the way.

    log_z ± log_z_error (one standard error). k_hat of the pooled weights behind log_z, k_largest of the worst round.
    trace: (stage, β, effective size, calls) in turn. memory: correlation with the start; drift: the largest change in
    the last rounds, in standard errors; apart: the halves' largest disagreement, in standard errors. pool and
    ladder: points and values of the reference and of each stage, for checks on V.
    """

    y: Tensor
    v: Tensor
    log_z: float
    log_z_error: float
    k_hat: float
    k_largest: float
    trace: tuple[tuple[str, float, float, int], ...]
    memory: float
    drift: float
    apart: float
    moved: float
    never_moved: int
    pool: tuple[Tensor, Tensor]
    ladder: tuple[tuple[Tensor, Tensor], ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def staged(self) -> bool:
        """Whether there were tempered stages."""
        return any(beta < 1 for _, beta, _, _ in self.trace)


def planned(sampler: "AdaptivePartialZODMC", n: int, dim: int, outside: bool) -> Plan:
    """What a block of dim coordinates is sampled with where calls have no limit."""
    population = 2 * (max(n, sampler.population) // 2)
    # On a line half the pool meets all that the whole one does.
    pool = sampler.pool if dim > 1 else max(sampler.pool // 2, 32)
    return Plan(pool, population, sampler.candidates, components=sampler.components, outside=outside)


def limited(plan: Plan, dim: int, pool: tuple[Tensor, Tensor] | None, left: int, later: int, blocks: int) -> Plan:
    """The plan of the next of `blocks` blocks, with `left` calls for all of them and `later` the least that the others
    take without a limit. pool: its points so far, and V there.

    As long as the run can be one that needs no more than there is, it goes on as without a limit. Once that is
    excluded the blocks share what is left.
    """
    if left - later >= least(plan, dim, pool):
        return replace(plan, calls=left - later)
    asked = 0 if pool is None else len(pool[0])
    calls = left // blocks - (pool is None)
    size = asked + max(calls // 2, min(first_points(plan, dim) - asked, calls - plan.population))
    return replace(plan, pool=max(min(plan.pool, size), 2), calls=max(calls, 0))


def first_points(plan: Plan, dim: int) -> int:
    """Of the pool: on a line a quarter of it, elsewhere half, or what is as good as that."""
    share = 0.25 if dim == 1 else as_good_as(plan.pool, dim) / plan.pool / 2
    return max(int(share * plan.pool), min(plan.pool, LEAST_POOL))


def least(plan: Plan, dim: int, pool: tuple[Tensor, Tensor] | None = None) -> int:
    """Calls that a block takes in any case where calls have no limit. pool: its first points (m, dim) and V there."""
    far = OUTWARD * (1 + steps(dim)) if plan.outside else 0
    if pool is None:
        # And one at the anchor.
        return 1 + first_points(plan, dim) + far + batches(plan, dim, math.inf)
    missing = first_points(plan, dim) - len(pool[0])
    if missing > 0:
        return missing + far + batches(plan, dim, math.inf)
    log_weight = 0.5 * pool[0].square().sum(dim=1) - pool[1]
    low = len(low_points(*pool)[0]) * steps(dim)
    return far + low + batches(plan, dim, float(1 / torch.softmax(log_weight, dim=0).square().sum()))


def batches(plan: Plan, dim: int, worth: float) -> int:
    """Calls that importance sampling takes in any case from a pool that is worth so many draws: its smallest
    batches.
    """
    n = plan.population
    return sum((worth < n or dim >= SPARSE_FROM, worth < 0.6 * n, worth < n / 4)) * (n // 4)

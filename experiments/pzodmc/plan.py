"""What a tempered population may spend, and what is known of it when it has settled."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torch import Tensor

from .errors import InputError

if TYPE_CHECKING:
    from .adaptive import AdaptivePartialZODMC

Report = Callable[[str, float], None]  # (stage, β)
SHARE = 0.1  # of the calls that checks of the blocks may take
LEAST_BLOCK = 320  # calls with which a block can be sampled at all
LIGHT, USUAL = (1, 2), (2, 4)  # candidates and walks of a stage, where the mixture renews the particles and elsewhere


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


def planned(
    sampler: "AdaptivePartialZODMC",
    n: int,
    left: int | None,
    dim: int,
    blocks: int,
    left_blocks: int,
    checked: bool = False,
) -> Plan:
    """What one of `left_blocks` blocks, of dim coordinates, may spend of the calls that are left; None: no limit.

    checked: InputError where that is too little.
    """
    population = 2 * (max(n, sampler.population) // 2)
    # On a line half the pool meets all that the whole one does.
    pool = sampler.pool if dim > 1 else max(sampler.pool // 2, 32)
    plan = Plan(pool, population, sampler.candidates, components=sampler.components)
    if left is None:
        return plan
    each = int((left - min(n, population) * (blocks > 1)) * (1 - SHARE * (blocks > 1))) // left_blocks - 2
    if checked and each < LEAST_BLOCK:
        raise InputError(
            f"AdaptivePartialZODMC: {max(left, 0)} oracle calls are left after discovery, too few for "
            f"{left_blocks} blocks; "
            f"give at least {LEAST_BLOCK * left_blocks * 5 // 4 + 4 * left_blocks + n - left} more"
        )
    # A pool and some six rounds of moves must fit in; with a few hundred calls, one.
    population = min(population, max(32, 2 * (each // (2 * 60))))
    return replace(plan, pool=min(pool, each // 3), population=population, calls=each)

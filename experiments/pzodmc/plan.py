"""What a tempered population may spend, and what is known of it when it has settled."""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor

Report = Callable[[str, float], None]  # (stage, β)


@dataclass(frozen=True)
class Plan:
    """What a run may spend: points of the pool (half of them, where that is worth the population; on a line a
    quarter), particles, candidates and walks of a round (half of the candidates and no walks, where the mixture renews
    the particles by itself), the rounds at β = 1, batches of the importance sampling that is tried first (0: none), and
    calls in all (None: no limit).
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

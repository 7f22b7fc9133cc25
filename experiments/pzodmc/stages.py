"""From the reference N(0, I) to exp(−V) in tempered stages (sequential Monte Carlo: Del Moral, Doucet, Jasra 2006).

The two halves are weighted and resampled by themselves; they know of each other by the proposals alone. So their
disagreement shows what one run of half the size would have got wrong.
"""

import math

import torch
from torch import Tensor

from .annealing import next_beta
from .errors import InputError
from .moves import ALONE, GOOD, SPARSE_FROM, Population
from .places import look_again, look_around
from .plan import LIGHT, USUAL, Settled
from .pool import resample
from .recycling import LEAST_WORTH, recycle
from .reference import as_good_as, even_normals
from .settling import effective

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 80
LOOKS = 2  # stages after which descents are sent from what was proposed
LEAST_POOL = 1024  # points, where the calls allow them
FEWEST = 24  # points of half a pool that must have a density
STEPS = 16  # in which a pool grows to its full size
MOST_GROWN = 32  # times its size that a pool grows to for that
GROWTH = 2.0  # of β from stage to stage, at most


def start(run: Population) -> None:
    """Particles at β = 1 from the pool, with the halves' estimates of log Z; a pool that is worth enough is there at
    once.
    """
    plan, dim = run.plan, run.oracle.potential.dim
    points, v = run.pool
    m = len(points) // 2
    points, v = points[: 2 * m], v[: 2 * m]
    y, values, beta = list(points.split(m)), list(v.split(m)), 0.0
    for stage in range(1, MOST_STAGES + 1):
        logs = [_log_weight(a, b) for a, b in zip(y, values, strict=True)]
        last = stage == MOST_STAGES or not run.affords(3 * run.cost(2, 2))
        to = 1.0 if last else _next(torch.cat(logs), beta, plan.population, dim)
        worth = _weighted(run, y, values, logs, to - beta, plan.population // 2)
        run.note("start", to, worth)
        run.y, run.v, beta = torch.cat(y), torch.cat(values), to
        if stage == 1:
            # The reference's own; that of a mixture is larger.
            run.reach = max(worth / len(points), GOOD)
        if last and worth < 0.1 * plan.population:
            run.warnings.append(
                f"the calls ended the tempered stages early: the last weights are worth {worth:.0f} draws for "
                f"{plan.population}; allow more calls"
            )
        if beta >= 1:
            return
        run.round(beta, *(LIGHT if run.reach >= ALONE and not run.bent else USUAL))
        if stage <= LOOKS and dim >= SPARSE_FROM:
            # Now is when a narrow mode has a few particles and proposals in its basin, and soon none.
            look_again(run, *run.lately())
        run.ladder.append((run.y, run.v))
        y, values = (list(part.split(plan.population // 2)) for part in (run.y, run.v))


def _log_weight(y: Tensor, v: Tensor) -> Tensor:
    """log exp(−V)/q of the reference q: (m,)."""
    return 0.5 * y.shape[1] * math.log(2 * math.pi) + 0.5 * y.square().sum(1) - v


def _next(log_weight: Tensor, beta: float, population: int, dim: int) -> float:
    """The next β: at once 1 if the pool is worth half the particles; else in steps that no mode is lost in.

    A Gaussian core at β is (β/β')^{d/2} times as large as at β'. Where that is little, the particles that are in a
    narrow mode at β lie outside its core at β', and whether one does not is luck that no effective size shows.
    """
    finite = int(torch.isfinite(log_weight).sum())

    def kept(share: float, size: int) -> float:
        # Behind walls no weights are worth more than the points that have a density at all.
        return next_beta(log_weight, beta, share * min(size, finite))

    if beta == 0:
        whole = kept(KEPT, min(population, len(log_weight)))
        return whole if whole >= 1 or dim < SPARSE_FROM else min(whole, kept(KEPT, len(log_weight)))
    return min(kept(KEPT, len(log_weight)), GROWTH * beta if dim >= SPARSE_FROM else 1.0, 1.0)


def _weighted(
    run: Population, y: list[Tensor], values: list[Tensor], logs: list[Tensor], by: float, half: int
) -> float:
    """Each half weighted by exp(by · log weight) and resampled to `half`, in place; what the weights were worth."""
    worth = 0.0
    for k in range(2):
        step = torch.where(torch.isfinite(logs[k]), by * logs[k], -torch.inf)
        run.log_zs[k] += float(torch.logsumexp(step, 0)) - math.log(len(step))
        weight = torch.softmax(step, dim=0)
        size = float(1 / weight.square().sum())
        run.variances[k] += max(1 / size - 1 / len(step), 0.0)
        pick = resample(weight, half, run.generator)
        y[k], values[k], worth = y[k][pick], values[k][pick], worth + size
    return worth


def prepare(run: Population) -> Settled | None:
    """The pool, what descents find from it, and a first try without stages: its population, where it succeeds.

    The pool finds narrow modes, and only on a line is a quarter of it as good at that as all. Elsewhere it grows from
    half of it, or from what is as good as that, until it is worth the population.
    """
    plan, dim = run.plan, run.oracle.potential.dim
    first, wanted = (0.25, LEAST_WORTH) if dim == 1 else (as_good_as(plan.pool, dim) / plan.pool / 2, plan.population)
    size = max(int(first * plan.pool), min(plan.pool, LEAST_POOL))
    grow_pool(run, size)
    while (worth := float(effective(_log_weight(*run.pool)))) < wanted and size < plan.pool:
        size = min(size + max(plan.pool // STEPS, 1), plan.pool)
        grow_pool(run, size)
    look_around(run)
    found = recycle(run) if worth >= LEAST_WORTH and plan.turns else None
    if found is None and len(run.pool[0]) < plan.pool:
        grow_pool(run, plan.pool)
        look_around(run)
    return found


def grow_pool(run: Population, size: int) -> None:
    """Points of N(0, I) and their V, `size` of them in all or more where walls leave few with a density."""
    points, v = run.pool
    while True:
        half = len(points) // 2
        finite = [int(torch.isfinite(part).sum()) for part in (v[:half], v[half:])]
        more = size - len(points) if len(points) < size else len(points)
        met = len(points) >= size and min(finite) >= FEWEST
        if met or len(points) >= MOST_GROWN * size or (len(points) and not run.affords(more)):
            break
        fresh = even_normals(more, points.shape[1], run.generator)
        points, v = torch.cat([points, fresh]), torch.cat([v, run.ask(fresh)])
    if min(finite) < 2:
        raise InputError(
            f"V is infinite at all but {sum(finite)} of {len(points)} points of the reference: give bounds=… near the "
            "support, or a scale and loc that meet it"
        )
    run.pool = points, v

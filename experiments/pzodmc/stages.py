"""From the reference N(0, I) to exp(−V) in tempered stages (sequential Monte Carlo: Del Moral, Doucet, Jasra 2006).

The two halves are weighted and resampled by themselves; they know of each other by the proposals alone. So their
disagreement shows what one run of half the size would have got wrong.
"""

import math

import torch
from torch import Tensor

from .annealing import next_beta
from .errors import InputError
from .moves import ALONE, GOOD, LIGHT, SPARSE_FROM, USUAL, Population
from .pool import resample
from .settling import effective

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 80
FEWEST = 24  # points of half a pool that must have a density
GROWTH = 2.0  # of β from stage to stage, at most


def start(run: Population) -> None:
    """Particles at β = 1, with the halves' estimates of log Z; a pool that is worth enough is there at once."""
    plan, dim = run.plan, run.oracle.potential.dim
    points, v = draw_pool(run, 2 * max(plan.pool // 2, 8), dim)
    m = len(points) // 2
    run.pool = (points, v)
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
            run.look_around()
        if last and worth < 0.1 * plan.population:
            run.warnings.append(
                f"the calls ended the tempered stages early: the last weights are worth {worth:.0f} draws for "
                f"{plan.population}; allow more calls"
            )
        if beta >= 1:
            return
        run.round(beta, *(LIGHT if run.reach >= ALONE and not run.bent else USUAL))
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


def draw_pool(run: Population, size: int, dim: int) -> tuple[Tensor, Tensor]:
    """Points of N(0, I) and their V: half of `size` where that is worth the population, more than `size` where walls
    leave few with a density.
    """
    points = torch.empty(0, dim, dtype=torch.float64, device=run.generator.device)
    v = points[:, 0]
    for turn in range(7):
        more = size // 2 if turn < 2 else len(points)
        fresh = torch.randn(more, dim, generator=run.generator, dtype=torch.float64, device=points.device)
        # In turns, so that both halves of the pool have old and new points.
        points, v = torch.cat([points, fresh]), torch.cat([v, run.ask(fresh)])
        half = len(points) // 2
        finite = [int(torch.isfinite(part).sum()) for part in (v[:half], v[half:])]
        rich = float(effective(_log_weight(points, v))) >= run.plan.population if min(finite) else False
        if rich or (turn and min(finite) >= FEWEST) or not run.affords(len(points)):
            break
    if min(finite) < 2:
        raise InputError(
            f"V is infinite at all but {sum(finite)} of {len(points)} points of the reference: give bounds=… near the "
            "support, or a scale and loc that meet it"
        )
    return points, v

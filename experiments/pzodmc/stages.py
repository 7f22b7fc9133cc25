"""From the reference N(0, I) to exp(−V) in tempered stages (sequential Monte Carlo: Del Moral, Doucet, Jasra 2006).

The two halves are weighted and resampled by themselves; they know of each other by the proposals alone. So their
disagreement shows what one run of half the size would have got wrong.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from .annealing import next_beta
from .descent import OUTWARD, steps
from .errors import InputError
from .moves import ALONE, GOOD, Population
from .places import look_again, look_around
from .plan import LIGHT, SPARSE_FROM, USUAL, Spent, batches, first_points
from .pool import resample
from .recycling import LEAST_WORTH, Tried, recycle
from .reference import even_normals
from .settling import effective

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 80
LOOKS = 2  # stages after which descents are sent from what was proposed
FEWEST = 24  # points of half a pool that must have a density
STEPS = 16  # in which a pool grows to its full size
MOST_GROWN = 32  # times its size that a pool grows to for that
GROWTH = 2.0  # of β from stage to stage, at most
ROUNDS = 4  # at β = 1 that a population is cut for
FEW = 32, 8  # particles, and particles a coordinate, below which no population is worth its stages
KEEN = 4  # times as many batches where no stages follow


def start(run: Population, tried: Tried | None) -> Tried | None:
    """Particles at β = 1 from the pool, with the halves' estimates of log Z; a pool that is worth enough is there at
    once.

    The population is cut where the calls exclude that all of it gets there, and given up where fewer particles would
    be left than the draws that importance sampling has brought, or now brings, are worth. That is then returned.
    """
    plan, dim, whole = run.plan, run.oracle.potential.dim, run.plan.population
    points, v = run.pool
    m = len(points) // 2
    points, v = points[: 2 * m], v[: 2 * m]
    y, values, beta, ended = list(points.split(m)), list(v.split(m)), 0.0, False
    for stage in range(1, MOST_STAGES + 1):
        logs = [_log_weight(a, b) for a, b in zip(y, values, strict=True)]
        last, log_weight = ended or stage == MOST_STAGES, torch.cat(logs)
        to = 1.0 if last else _next(log_weight, beta, plan.population, dim)
        short = ended or not run.affords(least_to_settle(run, to))
        if short and tried is None:
            tried = recycle(run, KEEN * plan.turns)
        if short and (tried.enough or tried.heavy):
            return tried
        if short and not ended:
            size = 2 * int(min(run.left / _each(run, to), plan.population) / 2)
            ended = size < max(FEW[0], FEW[1] * dim, tried.worth)
            if not ended:
                run.plan = plan = replace(plan, population=size)
            to = 1.0 if ended else _next(log_weight, beta, size, dim)
        if ended and (stage == 1 or float(effective((to - beta) * log_weight)) < max(tried.worth, FEW[1] * dim)):
            return tried
        worth = _weighted(run, y, values, logs, to - beta, plan.population // 2)
        run.note("start", to, worth)
        run.y, run.v, beta = torch.cat(y), torch.cat(values), to
        if stage == 1:
            # The reference's own; that of a mixture is larger.
            run.reach = max(worth / len(points), GOOD)
        if ended or (last and worth < 0.1 * plan.population):
            run.warn(
                f"{'the calls' if ended else f'{MOST_STAGES} steps'} ended the tempered stages early: the last weights "
                f"are worth {worth:.0f} draws for {plan.population}; allow more calls"
            )
        if beta >= 1:
            return None
        try:
            run.round(beta, *(LIGHT if run.reach >= ALONE and not run.bent else USUAL))
        except Spent:
            ended = True
        if stage <= LOOKS and dim >= SPARSE_FROM:
            # Now is when a narrow mode has a few particles and proposals in its basin, and soon none.
            cut = run.plan.population < whole
            look_again(run, *run.lately(), spare=plan.population * (_each(run, beta) if cut else 2))
        run.ladder.append((run.y, run.v))
        y, values = (list(part.split(plan.population // 2)) for part in (run.y, run.v))
    return None


def least_to_settle(run: Population, to: float) -> int:
    """Calls that all particles take in any case from temperature `to` on."""
    n, dim = run.plan.population, run.oracle.potential.dim
    stages = 0 if to >= 1 else math.ceil(-math.log(to, GROWTH)) if dim >= SPARSE_FROM else 1
    # How the next round begins is decided by the last.
    next_one = run.least_cost(to, *USUAL) if stages and 0 < run.reach < ALONE else sum(LIGHT) * n
    return next_one * min(stages, 1) + n * (sum(LIGHT) * max(stages - 1, 0) + (2 if dim < 4 else 4))


def _each(run: Population, to: float) -> int:
    """Calls with which a particle can be expected to get from temperature `to` to β = 1 and some rounds on."""
    # Block by block the particles are moved where the mixture does not do: in about half of the rounds.
    plan, sweep = run.plan, len(run.blocks) * run.plan.candidates // 2
    stages = max(math.ceil(-math.log(max(to, 1e-300), GROWTH)), 0)
    return (sum(USUAL) + sweep) * stages + (plan.candidates + plan.walks + sweep) * ROUNDS


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


def prepare(run: Population) -> Tried | None:
    """The pool, what descents find from it, and a first try without stages: how far it came.

    The pool finds narrow modes, and only on a line is a quarter of it as good at that as all. Elsewhere it grows from
    half of it, or from what is as good as that, until it is worth the population, or calls are left for no more than
    the descents and the batches that follow in any case.
    """
    plan, dim = run.plan, run.oracle.potential.dim
    wanted, far = LEAST_WORTH if dim == 1 else plan.population, OUTWARD * (1 + steps(dim)) * plan.outside
    size, more = first_points(plan, dim), max(plan.pool // STEPS, 1)
    grow_pool(run, size)
    while (worth := float(effective(_log_weight(*run.pool)))) < wanted and size < plan.pool:
        if not run.affords(more + far + batches(plan, dim, worth)):
            break
        size = min(size + more, plan.pool)
        grow_pool(run, size)
    look_around(run, batches(plan, dim, worth))
    if run.deepest is None:
        best = int(run.pool[1].argmin())
        run.deepest = run.pool[0][best].clone(), float(run.pool[1][best])
    tried = recycle(run, plan.turns) if worth >= LEAST_WORTH and plan.turns else None
    to = _next(_log_weight(*run.pool), 0.0, plan.population, dim)
    if tried is None and plan.turns and not run.affords(least_to_settle(run, to)):
        # What is left brings no whole population to the target; what else it brings is seen first.
        tried = recycle(run, KEEN * plan.turns)
    if tried is None or not (tried.enough or tried.heavy):
        rest = least_to_settle(run, 1.0)
        if len(run.pool[0]) < plan.pool and run.affords(plan.pool - len(run.pool[0]) + rest):
            grow_pool(run, plan.pool)
            look_around(run, rest)
    return tried


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
    if run.plan.calls is not None:
        # Where too few are left for stages the points are weighted, in other halves.
        finite += [int(torch.isfinite(part).sum()) for part in (v[::2], v[1::2])]
    if min(finite) < 2:
        raise InputError(
            f"V is infinite at all but {sum(finite[:2])} of {len(points)} points of the reference: give bounds=… near "
            "the support, or a scale and loc that meet it"
        )
    run.pool = points, v

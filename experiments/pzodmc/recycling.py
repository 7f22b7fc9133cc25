"""Importance sampling whose proposal learns and that throws no call away: what is tried before tempered stages.

Batches are drawn from mixtures that are each fitted to what was asked before. All points, those of the reference too,
are weighted by the mixture of all laws that they came from, in proportion to their numbers (the balance heuristic:
Veach, Guibas 1995; adaptive multiple importance sampling: Cornuet, Marin, Mira, Robert 2012). So a mode that a single
point has met, and that a fit has lost, still shows as a heavy weight. THEORY.md, section 8.2.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .evidence import UNMET
from .moves import Population
from .pareto import TRUSTED, pareto_k
from .places import PASSED, look_again, with_places
from .plan import SPARSE_FROM, Settled
from .pool import resample
from .population import fit_mixture
from .settling import APART, Scale, effective
from .weighting import Batch, Recycled

LEAST_WORTH = 32.0  # draws that a pool must be worth for a fit to it to say anything
TWICE = 0.05  # share of the population by which draws may stand for more than themselves
FAIR = 0.9  # of the population: draws that the points must be worth for every mean that is followed
HONEST = 0.5  # k̂ at most: weights of finite variance, so that the error of log Ẑ is one
RENEWED = 0.3  # effective share of the last batch by its own law alone
LEAST_TOLD = 10.0  # draws that the points must be worth for k̂ to be one
FEWEST = 16  # points of half a batch that the last calls are spent on


@dataclass(frozen=True)
class Tried:
    """How far importance sampling has come: two halves, points drawn by their weights after each batch, what is told
    of each, the halves' disagreement, the effective share of the last proposals, and whether that is enough, or would
    be with weights less heavy: then `warm_start` has particles of them.
    """

    halves: tuple[Recycled, Recycled]
    path: tuple[tuple[Tensor, Tensor], ...]
    told: tuple[tuple[str, float, float, int], ...]
    apart: float
    share: float
    enough: bool
    heavy: bool = False

    @property
    def worth(self) -> float:
        """Draws."""
        return float(effective(torch.cat([half.log_weight() for half in self.halves])))


def recycle(run: Population, turns: int) -> Tried:
    """Up to so many batches after the pool, until they bring it to as many different draws as there are particles;
    where they do not, stages are needed.

    Each half's points are drawn from, and weighted by, laws that are fitted to the other half: a law fitted to a point
    itself is too high there, and would bias its weight down.
    """
    plan, n, (y, v), apart = run.plan, run.plan.population, run.pool, math.inf
    halves, path, told, share = (Recycled(y[::2], v[::2]), Recycled(y[1::2], v[1::2])), [], [], 1.0
    looked = 1  # batches that descents have been sent from
    around, passed = 0, False  # points drawn while places were passed by; whether the last ones were
    for turn in range(turns + 1):
        log_w = torch.cat([half.log_weight() for half in halves])
        worth = float(effective(log_w))
        told.append((f"batch {turn}" if turn else "start", 1.0, worth, run.oracle.calls - run.begun))
        if turn:
            alone = torch.cat([half.last_alone() for half in halves])
            share = float(effective(alone)) / len(alone)
            run.report(f"batch {turn}", 1.0)
        parts = [half.particles(n, run.generator) for half in halves]
        path.append(tuple(torch.cat([a[: n // 2], b[: n // 2]]) for a, b in zip(*parts, strict=True)))
        weight = torch.softmax(log_w, dim=0)
        twice, scale = float((n * weight - 1).clamp(min=0).sum()) / n, Scale(*path[-1])
        least = scale.least_worth(*(torch.cat([getattr(half, name) for half in halves]) for name in ("y", "v")), log_w)
        k_hat = pareto_k(log_w)
        good = worth >= n and twice <= TWICE and share >= RENEWED and least >= FAIR * n
        if good and (k_hat <= HONEST or k_hat > TRUSTED or turn == turns):
            apart = _apart(halves, scale)
            # Behind a wall near a place few proposals around it have a density: some must have had the chance.
            early = (turn == 0 and y.shape[1] >= SPARSE_FROM) or (passed and around < 2 * n)
            if apart <= APART and not early and not _leads_on(run, halves, weight, looked):
                share = share if turn else worth / len(log_w)
                heavy = k_hat > HONEST
                return Tried(halves, tuple(path), tuple(told), apart, share, not heavy, heavy)
            looked = turn + 1
        # At first little is known of what a fit will be worth.
        lacking = 1.1 * n - min(worth, least / FAIR)
        size = int(min(max(lacking / max(share, 0.25), n / 4), n if turn else n / 2)) // 2
        # After two batches a proposal that is still poor, or weights that are still heavy, will not become good ones;
        # a single heavy weight among those of a good proposal goes under.
        hopeless = turn > 1 and (share < RENEWED / 3 or (k_hat > TRUSTED and share < 0.5))
        if turn == turns or hopeless:
            break
        fits = [fit_mixture(z, plan.components, run.generator) for z, _ in parts]
        laws = [with_places(run, None, q, *part, particles=False) for q, part in zip(fits, parts, strict=True)]
        passed = any(len(law.weights) > len(q.weights) for law, q in zip(laws, fits, strict=True))
        if passed:
            size = n // 2
            around += 2 * size
        if not run.affords(2 * size):
            size = int(run.left) // 2
            if size < FEWEST:
                break
        for half, law in zip(halves, laws[::-1], strict=True):
            fresh = law.draw(size, run.generator)
            half.add(Batch(fresh, run.ask(fresh), law))
    return Tried(halves, tuple(path), tuple(told), apart, share, False)


def _leads_on(run: Population, halves: tuple[Recycled, Recycled], weight: Tensor, looked: int) -> bool:
    """Whether places that descents have met, the batches' own among them, are such that the laws send nothing there."""
    parts = [one for half in halves for one in half.batches[:looked]]
    fresh = [one for half in halves for one in half.batches[looked:]]
    y, v = (torch.cat([getattr(one, name) for one in parts + fresh]) for name in ("y", "v"))
    if fresh:
        look_again(run, y, v, sum(len(one.y) for one in parts))
    if run.places is None:
        return False
    found, v = run.places
    psi = halves[0].log_psi(torch.stack([one.log_density(found) for one in halves[0].batches]))
    log_w = torch.cat([half.log_weight() for half in halves])
    order = log_w.argsort()
    usual = log_w[order[int((weight[order].cumsum(0) < 0.5).sum())]]
    return bool((-v - psi - usual > math.log(PASSED * run.plan.population)).any())


def _apart(halves: tuple[Recycled, Recycled], scale: Scale) -> float:
    """The largest difference of the halves' means and log Ẑ, in standard errors."""
    log_z = [float(torch.logsumexp(half.log_weight(), 0)) - math.log(len(half.y)) for half in halves]
    errors = [half.variance(z) ** 0.5 / len(half.y) for half, z in zip(halves, log_z, strict=True)]
    means = scale.weighted_apart(*((half.y, half.v, half.log_weight()) for half in halves))
    return max(means, abs(log_z[0] - log_z[1]) / max(math.hypot(*errors), 1e-9))


def drawn(run: Population, tried: Tried) -> Settled:
    """A population by the weights of the points that were tried; a warning where these are too few."""
    halves, n = tried.halves, run.plan.population
    log_w = torch.cat([half.log_weight() for half in halves])
    weight = torch.softmax(log_w, dim=0)
    if not tried.enough:
        few = f", so that draws repeat: they are worth {tried.worth:.0f} for {n}" if tried.worth < n else ""
        run.warn(
            f"the calls ended the run after importance sampling that had not passed its checks{few}; allow more calls"
        )
    log_z = float(torch.logsumexp(log_w, 0)) - math.log(len(log_w))
    spread = math.sqrt(sum(half.variance(log_z) for half in halves)) / len(log_w)
    pick = resample(weight, n, run.generator)
    y, v = (torch.cat([getattr(half, name) for half in halves])[pick] for name in ("y", "v"))
    # A set that no draw met shows in no weight: 95 % sure it weighs less than 3/n.
    error = math.hypot(spread, UNMET / n)
    # The few points that bear weight have no tail to be fitted.
    k_hat = pareto_k(log_w) if tried.worth >= LEAST_TOLD else math.inf
    if k_hat > TRUSTED and not tried.enough:
        run.warn(f"Pareto k̂ of the weights is {k_hat:.2f} > {TRUSTED}: few points carry the weight")
    own = (pareto_k(-one.v - one.log_density(one.y)) for half in halves for one in half.batches[1:])
    return Settled(
        y, v, log_z, error, k_hat, max(own, default=k_hat), (*run.trace, *tried.told), 0.0, 0.0, tried.apart,
        tried.share, 0, run.pool, tried.path, tuple(run.warnings),
    )  # fmt: skip

"""The tempered population: the one engine behind Partial ZOD-MC's blocks, whatever their size.

Where importance sampling from a few fitted mixtures gives as many different draws as there are particles
(`recycling`), that is all. Else a population is carried from the reference N(0, I) to exp(−V) by tempered stages
q^{1−β} exp(−βV) (`stages`), and is then moved at β = 1 (`moves`) until it has
forgotten where the start had put it and no longer drifts.
"""

import math

import torch
from torch import Tensor

from .evidence import evidence
from .moves import Population
from .oracle import Oracle
from .pareto import TRUSTED, pareto_k
from .places import PASSED, look_again, with_places
from .plan import Plan, Report, Settled, Spent
from .recycling import drawn
from .settling import APART, Scale, effective, remembered
from .stages import least_to_settle, prepare, start
from .warm_start import start_from

FORGOTTEN = 0.2  # correlation with the start at which it is forgotten
DRIFT = 0.1  # chance that a settled population is taken for a drifting one
BENT = 48  # rounds at least where a driver changes widths much: necks fill slowly
EASY = {2: 0.6, 4: 0.65}  # rounds after which a run may end already, and the k̂ that it needs for that


def settle(
    oracle: Oracle,
    blocks: tuple,
    plan: Plan,
    generator: torch.Generator,
    report: Report = lambda stage, share: None,
    known: tuple[Tensor, Tensor] | None = None,
    starts: Tensor | None = None,
) -> Settled:
    """The population of exp(−V) for the oracle's V in normal coordinates; at most plan.calls calls.

    known: points (m, d) of the reference N(0, I) and their V, with which the pool begins. starts: points (k, d) that
    descents begin from besides those of the pool.
    """
    run = Population(oracle, blocks, plan, generator, report, starts)
    if known is not None:
        run.pool = known
    tried = prepare(run)
    if tried is None or not (tried.enough or tried.heavy):
        tried = start(run, tried)
    if tried is not None and tried.heavy and run.affords(least_to_settle(run, 1.0)):
        start_from(run, tried)
        tried = None
    if tried is not None:
        run.plan = plan
        return drawn(run, tried)
    first, scale = run.y, Scale(run.y, run.v)
    weights, moved, share, memory, drift = _moved_until_settled(run, first, scale)
    # The neck of a funnel is passed by always, and has a proposal of its own.
    if weights and not run.bent and _leads_on(run):
        first = run.y
        weights, moved, share, memory, drift = _moved_until_settled(run, first, scale)
    limit = _limit(first.shape[1])
    if not weights:
        run.warnings.append("no calls were left to move the population at its final temperature; allow more calls")
    elif memory > FORGOTTEN or drift > 1.5 * limit:
        run.warnings.append(_unsettled(memory, drift))
    halves = run.y.split(len(run.y) // 2)[:2]
    apart = scale.apart(*halves, run.v)
    if apart > APART:
        run.warnings.append(
            f"the two halves of the population disagree by {apart:.1f} standard errors: it has not settled; use a "
            "larger population or allow more calls"
        )
    log_z, error, k_hat, largest = evidence(run, weights)
    order = torch.randperm(len(run.y), generator=generator, device=run.y.device)
    return Settled(
        run.y[order], run.v[order], log_z, error, k_hat, largest, tuple(run.trace), memory, drift, apart, share,
        int((~moved).sum()), run.pool, tuple(run.ladder), tuple(run.warnings),
    )  # fmt: skip


def _leads_on(run: Population) -> bool:
    """Whether descents from what was proposed last lead where the mixture sends nothing."""
    driver, q = run.proposal(run.y)
    q = with_places(run, driver, q, run.y, run.v)

    def log_q(y: Tensor) -> Tensor:
        if driver is None:
            return q.log_density(y)
        u = driver.to_u(y)
        return q.log_density(u) - driver.log_slope(u)

    found, ratios = look_again(run, *run.lately()), -run.v - log_q(run.y)
    # Where particles are that the mixture passes by as well, as in a neck, the place is no news.
    news = max(float(ratios.median()) + math.log(PASSED * len(run.y)), float(ratios.max()))
    return found is not None and bool((-found[1] - log_q(found[0]) > news).any())


def _limit(dim: int) -> float:
    """Standard errors by which the largest of 4d + 1 means may have changed."""
    return -float(torch.special.ndtri(torch.tensor(0.5 * DRIFT / (4 * dim + 1), dtype=torch.float64)))


def _moved_until_settled(
    run: Population, first: Tensor, scale: Scale
) -> tuple[list[Tensor], Tensor, float, float, float]:
    """Rounds at β = 1: their log weights, which particles ever moved, share that the last one moved, memory, drift."""
    plan, weights, means, rounds = run.plan, [], [], 0
    limit, dim = _limit(first.shape[1]), first.shape[1]
    moved = torch.zeros(len(first), dtype=torch.bool, device=first.device)
    memory, drift, share, check = 1.0, math.inf, 0.0, plan.least_rounds
    while True:
        full = rounds >= 4 and rounds % 4 == 0 and memory > FORGOTTEN
        if rounds >= plan.most_rounds or not run.affords(run.least_cost(1.0, plan.candidates, plan.walks)):
            break
        before = run.y
        try:
            weights.append(torch.cat(run.round(1.0, plan.candidates, plan.walks, full)))
        except Spent:
            break
        rounds += 1
        changed = (run.y != before).any(dim=1)
        moved, share = moved | changed, float(changed.double().mean())
        means.append(scale.features(run.y, run.v))
        run.note(f"round {rounds}", 1.0, float(effective(weights[-1])))
        if rounds == check:
            memory, drift = remembered(first, run.y), scale.drift(means, share)
            k_hat = pareto_k(torch.cat(weights[rounds // 2 :]))
            settled = memory <= FORGOTTEN and drift <= limit and (rounds >= 4 or dim < 4)
            if settled and k_hat <= EASY.get(rounds, TRUSTED) and (not run.bent or rounds >= BENT):
                return weights, moved, share, memory, drift
            check += 2 if check < 8 else 4
    if rounds and rounds < check:
        memory, drift = remembered(first, run.y), scale.drift(means, share)
    return weights, moved, share, memory, drift


def _unsettled(memory: float, drift: float) -> str:
    if memory > FORGOTTEN:
        return (
            f"the population still remembers its start (correlation {memory:.2f} > {FORGOTTEN}): modes may have the "
            "shares of the tempered stages, not their own"
        )
    return f"the population still drifts ({drift:.1f} standard errors in a round): it has not settled"

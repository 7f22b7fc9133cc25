"""The tempered population: the one engine behind Partial ZOD-MC's blocks, whatever their size.

A population is carried from the reference N(0, I) to exp(−V) by tempered stages q^{1−β} exp(−βV), each β as large as
keeps the weights' effective size (sequential Monte Carlo: Del Moral, Doucet, Jasra 2006), and is then moved at β = 1
until it has forgotten where the start had put it and no longer drifts. Moves: block-Gibbs i-SIR, an independence move
from a Gaussian mixture of the other half, differences, local steps and stretches. All widths are the population's own.

Two halves are weighted and resampled by themselves; they know of each other by the proposals alone. So their
disagreement shows what one run of half the size would have got wrong.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from .annealing import next_beta
from .axes import axis_move
from .oracle import Oracle
from .pareto import TRUSTED, pareto_k
from .pool import resample
from .population import Mixture, fit_mixture, independence
from .walks import stretch, sweep, walk

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 80
SHARES = (1.0, 0.5, 0.15)  # widths of the block steps in turn, in standard deviations
FORGOTTEN = 0.2  # correlation with the start at which it is forgotten
DRIFT = 4.0  # standard errors
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Plan:
    """What a run may spend: points of the pool, particles, the rounds at β = 1, and calls in all (None: no limit)."""

    pool: int = 8192
    population: int = 1000
    candidates: int = 4
    walks: int = 6
    least_rounds: int = 2
    most_rounds: int = 30
    components: int = 8
    calls: int | None = None


@dataclass(frozen=True)
class Settled:
    """A population y (N, d) with V (N,), its estimates, and what was seen on the way.

    log_z ± log_z_error (one standard error). k_hat of the pooled weights behind log_z, k_largest of the worst round.
    trace: (stage, β, effective size, calls) in turn. memory: correlation with the start; drift: the largest change in
    the last round, in standard errors; apart: the halves' largest disagreement, in standard errors.
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
    warnings: tuple[str, ...] = field(default=())


class _Population:
    """The state of a run: two halves that rest in turn."""

    def __init__(self, oracle: Oracle, blocks: tuple, plan: Plan, generator: torch.Generator, report: Report):
        self.oracle, self.blocks, self.plan, self.generator, self.report = oracle, blocks, plan, generator, report
        self.trace: list[tuple[str, float, float, int]] = []
        self.warnings: list[str] = []
        self.turn = 0
        self.fits: list[Mixture | None] = [None, None]
        self.begun = oracle.calls

    # ---- the start

    def start(self) -> None:
        plan, dim = self.plan, self.oracle.potential.dim
        m = max(plan.pool // 2, 8)
        half = plan.population // 2
        normal = [
            torch.randn(m, dim, generator=self.generator, dtype=torch.float64, device=self.generator.device)
            for _ in range(2)
        ]
        points = torch.cat(normal)
        v = self.oracle(points)
        y, values = list(points.split(m)), list(v.split(m))
        norm = 0.5 * dim * math.log(2 * math.pi)
        beta, self.log_zs, self.variances = 0.0, [0.0, 0.0], [0.0, 0.0]
        for stage in range(1, MOST_STAGES + 1):
            logs = [norm + 0.5 * a.square().sum(1) - b for a, b in zip(y, values, strict=True)]
            last = stage == MOST_STAGES or not self._affords(3 * self._round_cost(2, 2))
            to = 1.0 if last else next_beta(torch.cat(logs), beta, KEPT * 2 * min(half, len(logs[0]) / 2 if stage == 1 else half))
            sizes = []
            for k in range(2):
                step = torch.where(torch.isfinite(logs[k]), (to - beta) * logs[k], -torch.inf)
                self.log_zs[k] += float(torch.logsumexp(step, 0)) - math.log(len(step))
                weight = torch.softmax(step, dim=0)
                size = float(1 / weight.square().sum())
                self.variances[k] += max(1 / size - 1 / len(step), 0.0)
                pick = resample(weight, half, self.generator)
                y[k], values[k] = y[k][pick], values[k][pick]
                sizes.append(size)
            self._note("start", to, sum(sizes))
            self.y, self.v, beta = torch.cat(y), torch.cat(values), to
            if last and sum(sizes) < 0.1 * plan.population:
                self.warnings.append(
                    f"the calls ended the tempered stages early: the last weights are worth {sum(sizes):.0f} draws for "
                    f"{plan.population}; allow more calls"
                )
            if beta >= 1:
                return
            self._round(beta, 2, 4)
            y, values = list(self.y.split(half)), list(self.v.split(half))

    # ---- the moves

    def _energy(self, beta: float) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
        def prior(y: Tensor) -> Tensor:
            return (1 - beta) * 0.5 * y.square().sum(1)

        return (lambda y: beta * self.oracle(y) + prior(y)), prior

    def _round(self, beta: float, candidates: int, walks: int, full: bool = False) -> list[Tensor]:
        """All moves once at temperature β; the independence move's log weights."""
        energy, prior = self._energy(beta)
        y, e, weights = self.y, beta * self.v + prior(self.y), []
        half = len(y) // 2
        halves = torch.arange(len(y), device=y.device).split(half)[:2]
        share = SHARES[self.turn % len(SHARES)]
        self.turn += 1
        for k, (movers, rest) in enumerate((halves, halves[::-1])):
            others = y[rest]
            q = fit_mixture(others, self.plan.components, self.generator)
            widths = others.std(dim=0).clamp(min=1e-12 * (1 + others.abs().amax(dim=0)))
            z, ez = y[movers], e[movers]
            z, ez, log_w = independence(energy, q, z, ez, candidates, self.generator)
            weights.append(log_w)
            z, ez = sweep(energy, z, ez, self.blocks, widths, share, self.plan.candidates, self.generator)
            for j in range(walks):
                kind = j % 3
                if kind == 2 and z.shape[1] > 1:
                    z, ez = stretch(energy, z, ez, others, self.generator)
                else:
                    z, ez = walk(energy, z, ez, others, q if kind == 1 else None, self.generator)
            y, e = y.clone(), e.clone()
            y[movers], e[movers] = z, ez
        if full and y.shape[1] > 1:
            y, e = axis_move(energy, y, e, min(8, y.shape[1]), self.plan.candidates, self.generator)
        self.y, self.v = y, (e - prior(y)) / beta
        return weights

    def _round_cost(self, candidates: int, walks: int) -> int:
        return self.plan.population * (candidates + walks + len(self.blocks) * self.plan.candidates)

    def _affords(self, cost: int) -> bool:
        return self.plan.calls is None or self.oracle.calls - self.begun + cost <= self.plan.calls

    def _note(self, stage: str, beta: float, size: float) -> None:
        self.trace.append((stage, beta, size, self.oracle.calls - self.begun))
        self.report(stage if stage != "start" else f"β = {beta:.2g}", beta)

    # ---- at β = 1

    def settle(self) -> Settled:
        plan, start, weights, rounds = self.plan, self.y, [], 0
        apart_at_start = disagreement(*self.y.split(len(self.y) // 2)[:2], self.v)
        moved = torch.zeros(len(self.y), dtype=torch.bool, device=self.y.device)
        memory, drift, share = 1.0, 0.0, 0.0
        while rounds < plan.most_rounds:
            slow = rounds >= 4
            if not self._affords(self._round_cost(plan.candidates, plan.walks * (2 if slow else 1)) + (len(self.y) * 8 * plan.candidates if slow else 0)):
                if rounds == 0:
                    self.warnings.append("no calls were left to move the population at its final temperature; allow more calls")
                elif memory > FORGOTTEN or drift > DRIFT:
                    self.warnings.append(self._unsettled(memory, drift) + "; allow more calls")
                break
            before, v_before = self.y, self.v
            log_w = self._round(1.0, plan.candidates, plan.walks * (2 if slow else 1), full=slow)
            rounds += 1
            weights.append(torch.cat(log_w))
            changed = (self.y != before).any(dim=1)
            moved |= changed
            share = float(changed.double().mean())
            drift = drifted(before, v_before, self.y, self.v)
            memory = remembered(start, self.y)
            self._note(f"round {rounds}", 1.0, float(effective(weights[-1])))
            if rounds >= plan.least_rounds and memory <= FORGOTTEN and drift <= DRIFT:
                break
        else:
            if memory > FORGOTTEN or drift > DRIFT:
                self.warnings.append(self._unsettled(memory, drift))
        apart = disagreement(*self.y.split(len(self.y) // 2)[:2], self.v)
        if apart > 5:
            self.warnings.append(
                f"the two halves of the population disagree by {apart:.1f} standard errors: it has not settled; use a "
                "larger population"
            )
        log_z, error, k_hat, largest = self._evidence(weights)
        return Settled(
            self.y, self.v, log_z, error, k_hat, largest, tuple(self.trace), memory, drift, max(apart, 0 * apart_at_start),
            share, int((~moved).sum()), tuple(self.warnings),
        )

    @staticmethod
    def _unsettled(memory: float, drift: float) -> str:
        if memory > FORGOTTEN:
            return (
                f"the population still remembers its start (correlation {memory:.2f} > {FORGOTTEN}): modes may have the "
                "shares of the tempered stages, not their own"
            )
        return f"the population still drifts ({drift:.1f} standard errors in a round): it has not settled"

    def _evidence(self, weights: list[Tensor]) -> tuple[float, float, float, float]:
        """log Ẑ, its standard error, k̂ pooled and largest."""
        mean, apart = sum(self.log_zs) / 2, abs(self.log_zs[0] - self.log_zs[1])
        tempered = math.log(sum(math.exp(z - mean) for z in self.log_zs) / 2) + mean
        # Resampled particles are no fresh ones: the formula of independent stages is a lower bound, the halves tell more.
        error = math.sqrt(sum(self.variances) / 2) + apart / 2
        if not weights:
            return tempered, error, math.inf, math.inf
        pooled = torch.cat(weights)
        k_hat, largest = pareto_k(pooled), max(map(pareto_k, weights))
        if k_hat > TRUSTED:
            self.warnings.append(
                f"Pareto k̂ of the population's Gaussian mixture is {k_hat:.2f} > {TRUSTED}: it fits the target poorly; "
                "log Ẑ is that of the tempered start"
            )
            return tempered, error, k_hat, largest
        top = pooled.max()
        w = (pooled - top).exp()
        mean_w = float(w.mean())
        return (
            math.log(mean_w) + float(top),
            float(w.std()) / math.sqrt(len(w)) / mean_w,
            k_hat,
            largest,
        )


def settle(
    oracle: Oracle, blocks: tuple, plan: Plan, generator: torch.Generator, report: Report = lambda stage, share: None
) -> Settled:
    """The population of exp(−V) for the oracle's V in normal coordinates; at most plan.calls calls."""
    population = _Population(oracle, blocks, plan, generator, report)
    population.start()
    return population.settle()


def effective(log_weight: Tensor) -> Tensor:
    return 1 / torch.softmax(log_weight, dim=0).square().sum()


def features(y: Tensor, v: Tensor, centre: Tensor, width: Tensor) -> Tensor:
    """(m, 2d + 1) bounded functions of the particles, whose means are compared: place, spread, depth."""
    unit = (y - centre) / width
    return torch.cat([unit.tanh(), (unit.abs() - 0.7).tanh(), (v - v.median()).div(len(centre) ** 0.5).tanh()[:, None]], dim=1)


def drifted(before: Tensor, v_before: Tensor, after: Tensor, v_after: Tensor) -> float:
    """The largest change of a mean, in standard errors of the paired differences."""
    centre, width = after.mean(dim=0), after.std(dim=0).clamp(min=1e-300)
    middle = v_after.median()
    change = features(after, v_after - middle, centre, width) - features(before, v_before - middle, centre, width)
    error = change.std(dim=0) / math.sqrt(len(change))
    score = change.mean(dim=0).abs() / error.clamp(min=1e-12)
    return float(torch.where(error > 1e-9, score, 0.0).max())


def remembered(start: Tensor, now: Tensor) -> float:
    """The largest correlation of a coordinate with where it was at the start."""
    a, b = (torch.argsort(torch.argsort(part, dim=0), dim=0).double() for part in (start, now))
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    return float(((a * b).sum(dim=0) / (a.norm(dim=0) * b.norm(dim=0)).clamp(min=1e-300)).max())


def disagreement(first: Tensor, second: Tensor, v: Tensor) -> float:
    """The largest difference between the halves' means of the features, in standard errors."""
    both = torch.cat([first, second])
    f = features(both, v[: len(both)], both.mean(dim=0), both.std(dim=0).clamp(min=1e-300))
    a, b = f[: len(first)], f[len(first) :]
    error = ((a.var(dim=0) / len(a)) + (b.var(dim=0) / len(b))).sqrt()
    return float(((a.mean(dim=0) - b.mean(dim=0)).abs() / error.clamp(min=1e-12)).max())

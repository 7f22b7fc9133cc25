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
from .driver import Driver, find_driver
from .errors import InputError
from .oracle import Oracle
from .pareto import TRUSTED, pareto_k
from .pool import resample
from .population import Mixture, fit_mixture, independence, with_long_axis
from .settling import Scale, effective, remembered
from .walks import stretch, sweep, walk

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 80
SHARES = (1.0, 0.5, 0.15)  # widths of the block steps in turn, in standard deviations
FEWEST = 24  # points of half a pool that must have a density
GOOD = 0.1  # of the proposals' number: an effective size at which the mixture renews the particles by itself
FORGOTTEN = 0.2  # correlation with the start at which it is forgotten
DRIFT = 0.1  # chance that a settled population is taken for a drifting one
BENT, STEEP = 48, 0.3  # rounds at least where a driver changes widths so much a standard deviation: necks fill slowly
UNMET = 3.0  # −log 0.05: so many draws in expectation are all missed in one run of twenty
EASY = {2: 0.6, 4: 0.65}  # rounds after which a run may end already, and the k̂ that it needs for that
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Plan:
    """What a run may spend: points of the pool, particles, the rounds at β = 1, and calls in all (None: no limit)."""

    pool: int = 8192
    population: int = 1000
    candidates: int = 4
    walks: int = 6
    least_rounds: int = 2
    most_rounds: int = 64
    components: int = 8
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


class _Population:
    """The state of a run: two halves that rest in turn."""

    def __init__(self, oracle: Oracle, blocks: tuple, plan: Plan, generator: torch.Generator, report: Report):
        self.oracle, self.blocks, self.plan, self.generator, self.report = oracle, blocks, plan, generator, report
        self.trace: list[tuple[str, float, float, int]] = []
        self.warnings: list[str] = []
        self.turn = 0
        self.drivers: tuple[int, ...] = ()
        self.bent = False  # whether a driver was used in the last round
        self.ladder: list[tuple[Tensor, Tensor]] = []
        self.begun = oracle.calls

    # ---- the start

    def start(self) -> None:
        plan, dim = self.plan, self.oracle.potential.dim
        m = max(plan.pool // 2, 8)
        half = plan.population // 2
        points, v = self._pool(2 * m, dim)
        m = len(points) // 2
        self.pool = (points, v)
        y, values = list(points.split(m)), list(v.split(m))
        norm = 0.5 * dim * math.log(2 * math.pi)
        beta, self.log_zs, self.variances = 0.0, [0.0, 0.0], [0.0, 0.0]
        for stage in range(1, MOST_STAGES + 1):
            logs = [norm + 0.5 * a.square().sum(1) - b for a, b in zip(y, values, strict=True)]
            last = stage == MOST_STAGES or not self._affords(3 * self._round_cost(2, 2))
            wanted = 2 * min(half, len(logs[0]) / 2 if stage == 1 else half)
            # Behind walls no weights are worth more than the points that have a density at all.
            wanted = min(wanted, int(torch.isfinite(torch.cat(logs)).sum()))
            to = 1.0 if last else next_beta(torch.cat(logs), beta, KEPT * wanted)
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
            self.ladder.append((self.y, self.v))
            y, values = list(self.y.split(half)), list(self.v.split(half))

    def _pool(self, size: int, dim: int) -> tuple[Tensor, Tensor]:
        """Points of N(0, I) and their V: more of them where walls leave few with a density."""
        points = torch.empty(0, dim, dtype=torch.float64, device=self.generator.device)
        v = points[:, 0]
        for _ in range(6):
            fresh = torch.randn(
                max(size, len(points)), dim, generator=self.generator, dtype=torch.float64, device=points.device
            )
            # In turns, so that both halves of the pool have old and new points.
            points, v = torch.cat([points, fresh]), torch.cat([v, self.oracle(fresh)])
            half = len(points) // 2
            finite = [int(torch.isfinite(part).sum()) for part in (v[:half], v[half:])]
            if min(finite) >= FEWEST or not self._affords(len(points)):
                break
        if min(finite) < 2:
            raise InputError(
                f"V is infinite at all but {sum(finite)} of {len(points)} points of the reference: give bounds=… "
                f"near the "
                "support, or a scale and loc that meet it"
            )
        return points, v

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
        self.bent = False
        for movers, rest in (halves, halves[::-1]):
            others = y[rest]
            widths = others.std(dim=0).clamp(min=1e-12 * (1 + others.abs().amax(dim=0)))
            driver, q = self._proposal(others)
            self.bent |= driver is not None and float(driver.slopes.abs().max()) > STEEP
            z, ez, log_w = self._moved(energy, driver, q, y[movers], e[movers], others, candidates, walks)
            weights.append(log_w)
            if float(effective(log_w)) < GOOD * len(log_w):
                # The mixture alone does not renew the particles: block by block goes everywhere, at a higher price.
                z, ez = sweep(energy, z, ez, self.blocks, widths, share, self.plan.candidates, self.generator)
            y, e = y.clone(), e.clone()
            y[movers], e[movers] = z, ez
        if full and y.shape[1] > 1:
            y, e = axis_move(energy, y, e, min(8, y.shape[1]), self.plan.candidates, self.generator)
        self.y, self.v = y, (e - prior(y)) / beta
        return weights

    def _proposal(self, others: Tensor) -> tuple[Driver | None, Mixture]:
        """The Gaussian mixture that describes the resting half best, in its own coordinates or in a driver's."""
        plain = fit_mixture(others, self.plan.components, self.generator)
        # Which coordinate drives is looked for now and then; how it drives is fitted every time.
        driver = find_driver(others, self.drivers if self.turn % 8 > 1 else None)
        self.drivers = self.drivers if self.turn % 8 > 1 else () if driver is None else (driver.which,)
        if driver is None:
            return None, plain
        u = driver.to_u(others)
        bent = fit_mixture(u, self.plan.components, self.generator)
        better = float((bent.log_density(u) - driver.log_slope(u)).mean()) > float(plain.log_density(others).mean())
        # Further along the driver than any particle is, and no wider than they are in the rest.
        return (driver, with_long_axis(bent, u, 0)) if better else (None, plain)

    def _moved(
        self,
        energy,
        driver: Driver | None,
        q: Mixture,
        z: Tensor,
        e: Tensor,
        others: Tensor,
        candidates: int,
        walks: int,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The independence move and the walks, in the driver's coordinates where there is one."""
        inner = energy
        if driver is not None:

            def inner(u: Tensor) -> Tensor:
                return energy(driver.to_y(u)) - driver.log_slope(u)

            z, others = driver.to_u(z), driver.to_u(others)
            e = e - driver.log_slope(z)
        z, e, log_w = independence(inner, q, z, e, candidates, self.generator)
        for j in range(walks):
            kind = j % 3
            if kind == 2 and z.shape[1] > 1:
                z, e = stretch(inner, z, e, others, self.generator)
            else:
                z, e = walk(inner, z, e, others, q if kind == 1 else None, self.generator)
        if driver is not None:
            e, z = e + driver.log_slope(z), driver.to_y(z)
        return z, e, log_w

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
        scale = Scale(self.y, self.v)
        limit = -float(torch.special.ndtri(torch.tensor(0.5 * DRIFT / (4 * start.shape[1] + 1), dtype=torch.float64)))
        means, moved = [], torch.zeros(len(self.y), dtype=torch.bool, device=self.y.device)
        memory, drift, share, check = 1.0, math.inf, 0.0, plan.least_rounds
        while True:
            full = rounds >= 4 and rounds % 4 == 0 and memory > FORGOTTEN
            cost = self._round_cost(plan.candidates, plan.walks) + full * len(self.y) * 8 * plan.candidates
            if rounds >= plan.most_rounds or not self._affords(cost):
                break
            before = self.y
            weights.append(torch.cat(self._round(1.0, plan.candidates, plan.walks, full)))
            rounds += 1
            changed = (self.y != before).any(dim=1)
            moved, share = moved | changed, float(changed.double().mean())
            means.append(scale.features(self.y, self.v))
            self._note(f"round {rounds}", 1.0, float(effective(weights[-1])))
            if rounds == check:
                memory, drift = remembered(start, self.y), scale.drift(means, share)
                k_hat = pareto_k(torch.cat(weights[rounds // 2 :]))
                settled = memory <= FORGOTTEN and drift <= limit and (rounds >= 4 or start.shape[1] < 4)
                if settled and k_hat <= EASY.get(rounds, TRUSTED) and (not self.bent or rounds >= BENT):
                    break
                check = min(2 * check, check + 16)
        if rounds and rounds < check:
            memory, drift = remembered(start, self.y), scale.drift(means, share)
        if rounds == 0:
            self.warnings.append("no calls were left to move the population at its final temperature; allow more calls")
        elif memory > FORGOTTEN or drift > 1.5 * limit:
            self.warnings.append(self._unsettled(memory, drift))
        halves = self.y.split(len(self.y) // 2)[:2]
        apart = scale.apart(*halves, self.v)
        if apart > 5:
            self.warnings.append(
                f"the two halves of the population disagree by {apart:.1f} standard errors: it has not settled; use a "
                "larger population or allow more calls"
            )
        log_z, error, k_hat, largest = self._evidence(weights)
        order = torch.randperm(len(self.y), generator=self.generator, device=self.y.device)
        return Settled(
            self.y[order], self.v[order], log_z, error, k_hat, largest, tuple(self.trace), memory, drift, apart, share,
            int((~moved).sum()), self.pool, tuple(self.ladder), tuple(self.warnings),
        )  # fmt: skip

    @staticmethod
    def _unsettled(memory: float, drift: float) -> str:
        if memory > FORGOTTEN:
            return (
                f"the population still remembers its start (correlation {memory:.2f} > {FORGOTTEN}): modes may have "
                f"the "
                "shares of the tempered stages, not their own"
            )
        return f"the population still drifts ({drift:.1f} standard errors in a round): it has not settled"

    def _evidence(self, weights: list[Tensor]) -> tuple[float, float, float, float]:
        """log Ẑ, its standard error, k̂ pooled and largest."""
        mean, apart = sum(self.log_zs) / 2, abs(self.log_zs[0] - self.log_zs[1])
        tempered = math.log(sum(math.exp(z - mean) for z in self.log_zs) / 2) + mean
        # Resampled particles are no fresh ones: the formula of independent stages is a lower bound, the halves tell
        # more.
        error = 2 * math.sqrt(sum(self.variances) / 2) + apart / 2
        if not weights:
            return tempered, error, math.inf, math.inf
        # The first half of the rounds is there to settle; none of the others is left out for its weights.
        pooled = torch.cat(weights[len(weights) // 2 :])
        k_hat, largest = pareto_k(pooled), max(map(pareto_k, weights[len(weights) // 2 :]))
        if k_hat > TRUSTED:
            self.warnings.append(
                f"Pareto k̂ of the population's Gaussian mixture is {k_hat:.2f} > {TRUSTED}: it fits the target poorly; "
                "log Ẑ is that of the tempered start"
            )
            return tempered, error, k_hat, largest
        top = pooled.max()
        w = (pooled - top).exp()
        mean_w = float(w.mean())
        # A set that no particle met is in no mixture and shows in no weight: 95 % sure it weighs less than 3/N.
        unmet = UNMET / len(self.y)
        return (
            math.log(mean_w) + float(top),
            math.hypot(float(w.std()) / math.sqrt(len(w)) / mean_w, unmet),
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

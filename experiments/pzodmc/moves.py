"""A population of particles in two halves that rest in turn, and all its moves at one temperature.

Block-Gibbs i-SIR, an independence move from a mixture fitted to the other half, differences, local steps and stretches.
All widths are the resting half's own, so that each move leaves the density invariant given that half.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .axes import axis_move
from .driver import Driver, find_driver
from .oracle import Oracle
from .places import with_places
from .plan import Plan, Report, Spent
from .population import Mixture, fit_mixture, independence, with_long_axis
from .settling import effective
from .walks import stretch, sweep, walk

SHARES = (1.0, 0.5, 0.15)  # widths of the block steps in turn, in standard deviations
GOOD = 0.1  # of the proposals' number: an effective size below which the particles are moved block by block too
ALONE = 0.3  # the same: from which the mixture renews the particles by itself, with half the candidates and no walks
EASILY = 0.6  # the same: from which a quarter of the candidates will do
MOST_FITTED = 1000  # particles that a driver is fitted to
RECENT = 4096  # points last asked that are kept
STEEP = 0.3  # change of widths a standard deviation of a driver, from which the population counts as bent


class Population:
    """The state of a run: particles y (N, d), two halves one behind the other, with their V (N,)."""

    y: Tensor
    v: Tensor
    pool: tuple[Tensor, Tensor]

    def __init__(
        self,
        oracle: Oracle,
        blocks: tuple,
        plan: Plan,
        generator: torch.Generator,
        report: Report,
        starts: Tensor | None = None,
    ):
        self.oracle, self.blocks, self.plan, self.generator, self.report = oracle, blocks, plan, generator, report
        self.trace: list[tuple[str, float, float, int]] = []
        self.warnings: list[str] = []
        self.turn = 0
        self.drivers: tuple[int, ...] = ()
        self.bent = False  # whether a driver was used in the last round
        self.reach = 0.0  # effective share of the last proposals from a mixture
        self.ladder: list[tuple[Tensor, Tensor]] = []
        self.log_zs, self.variances = [0.0, 0.0], [0.0, 0.0]
        self.deepest: tuple[Tensor, float] | None = None  # the point (d,) of lowest V that the run has met
        self.places: tuple[Tensor, Tensor] | None = None  # (k, d) and V (k,): where descents have ended
        self.widths: dict[tuple[float, ...], Tensor | None] = {}  # of V at the places that proposals are drawn around
        self.recent: list[tuple[Tensor, Tensor]] = []  # what was asked last, RECENT points at most but for one batch
        self.begun = oracle.calls
        empty = torch.empty(0, oracle.potential.dim, dtype=torch.float64, device=generator.device)
        self.pool = empty, empty.sum(dim=1)
        self.starts = empty if starts is None else starts  # (k, d): where a descent is known to be worth its calls

    def ask(self, y: Tensor) -> Tensor:
        """V at y (m, d), and the deepest point kept: a mode that was met once is not lost.

        Raises Spent, before any call, where the plan does not allow them.
        """
        if not self.affords(len(y)):
            raise Spent
        v = self.oracle(y)
        best = int(v.argmin())
        if self.deepest is None or float(v[best]) < self.deepest[1]:
            self.deepest = y[best].clone(), float(v[best])
        self.recent.append((y, v))
        while sum(len(kept) for kept, _ in self.recent[1:]) > RECENT:
            self.recent.pop(0)
        return v

    def lately(self) -> tuple[Tensor, Tensor]:
        """The points (m, d) asked last, and V there (m,)."""
        y, v = (torch.cat(parts) for parts in zip(*self.recent, strict=True))
        return y, v

    def least_cost(self, beta: float, candidates: int, walks: int) -> int:
        """Calls of the next round, at least: what its first half takes, and a candidate a particle in the other."""
        first = candidates + walks + (self.reach < GOOD) * len(self.blocks) * self.plan.candidates
        if beta == 1.0 and self.reach >= ALONE:
            first = 1
        return len(self.y) // 2 * (first + (1 if beta == 1.0 else candidates + walks))

    @property
    def left(self) -> float:
        """Calls that may still be made; without a limit ∞."""
        return math.inf if self.plan.calls is None else self.plan.calls - (self.oracle.calls - self.begun)

    def affords(self, cost: float) -> bool:
        return cost <= self.left

    def warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)

    def note(self, stage: str, beta: float, size: float) -> None:
        self.trace.append((stage, beta, size, self.oracle.calls - self.begun))
        self.report(stage if stage != "start" else f"β = {beta:.2g}", beta)

    def energy(self, beta: float) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
        def prior(y: Tensor) -> Tensor:
            return (1 - beta) * 0.5 * y.square().sum(1)

        return (lambda y: beta * self.ask(y) + prior(y)), prior

    def round(self, beta: float, candidates: int, walks: int, full: bool = False) -> list[Tensor]:
        """All moves once at temperature β; the independence move's log weights."""
        energy, prior = self.energy(beta)
        y, e, weights = self.y, beta * self.v + prior(self.y), []
        half = len(y) // 2
        halves = torch.arange(len(y), device=y.device).split(half)[:2]
        share = SHARES[self.turn % len(SHARES)]
        self.turn += 1
        self.bent = False
        for movers, rest in (halves, halves[::-1]):
            others = y[rest]
            widths = others.std(dim=0).clamp(min=1e-12 * (1 + others.abs().amax(dim=0)))
            driver, q = self.proposal(others)
            q = with_places(self, driver, q, others, e[rest], beta)
            self.bent |= driver is not None and float(driver.slopes.abs().max()) > STEEP
            # What is done is decided by the proposals before, not by those that the particles move to.
            poor, alone = self.reach < GOOD, self.reach >= ALONE and beta == 1.0 and driver is None
            fewer = 4 if self.reach >= EASILY else 2
            many = (max(candidates // fewer, 1), 0) if alone else (candidates, walks)
            z, ez, log_w = self._moved(energy, driver, q, y[movers], e[movers], others, *many)
            weights.append(log_w)
            self.reach = float(effective(log_w)) / len(log_w)
            if poor:
                # The mixture alone does not renew the particles: block by block goes everywhere, at a higher price.
                z, ez = sweep(energy, z, ez, self.blocks, widths, share, self.plan.candidates, self.generator)
            y, e = y.clone(), e.clone()
            y[movers], e[movers] = z, ez
        if full and y.shape[1] > 1:
            y, e = axis_move(energy, y, e, min(8, y.shape[1]), self.plan.candidates, self.generator)
        self.y, self.v = y, (e - prior(y)) / beta
        return weights

    def proposal(self, others: Tensor) -> tuple[Driver | None, Mixture]:
        """The Gaussian mixture that describes the resting half best, in its own coordinates or in a driver's."""
        plain = fit_mixture(others, self.plan.components, self.generator)
        # Which coordinate drives is looked for now and then; how it drives is fitted every time.
        driver = find_driver(others[:MOST_FITTED], self.drivers if self.turn % 8 > 1 else None)
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

"""Tempered sequential Monte Carlo: from a wide Gaussian to exp(−V) by temperatures that the population itself picks.

At β the law is ∝ q^{1−β} exp(−βV) with q = N(0, scale² I) (Del Moral, Doucet, Jasra 2006; adaptive temperatures by
Jasra, Stephens, Doucet, Tsagaris 2011).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..baselines.walk import PREPARATION, edge_warnings, metropolis
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..pool import LEAST, draw_pool, resample
from ..tiles import CHUNK

ACCEPTANCE = 0.25  # that the random walk is steered to; 0.234 is the optimum in high dimensions (Roberts et al. 1997)
PLANNED = 10  # temperatures for which a budget's population is sized


@dataclass(frozen=True)
class TemperedSMC:
    """At each temperature `particles` (or n, if more) are weighted, resampled and moved by `moves` random-walk steps.

    share: the next β leaves an effective size of this share of the particles, by bisection. The walk's covariance is
    the population's, times a factor steered by the acceptance. `Draws` has acceptance and ess of each temperature.
    """

    potential: Potential
    scale: float = 4.0
    particles: int = 4096
    share: float = 0.5
    moves: int = 10
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    def __post_init__(self):
        if self.particles < LEAST or self.moves < 0 or not 0 < self.share < 1 or not self.scale > 0:
            raise InputError(
                f"TemperedSMC: need particles ≥ {LEAST}, moves ≥ 0, 0 < share < 1 and scale > 0, got "
                f"{self.particles}, {self.moves}, {self.share}, {self.scale}"
            )

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws. A budget shrinks the population; where it ends the tempering early, a warning says at which β."""
        check_request(n, generator, max_oracle_calls)
        size, budget = self._affordable(n, max_oracle_calls)
        oracle, warnings = Oracle(self.potential), ()
        oracle.check_normalisable(self.scale, generator, self.dtype)
        pool = draw_pool(oracle, size, self.scale, generator, self.dtype, self.chunk)
        z, v, beta, log_z, factor = pool.z, pool.v, 0.0, 0.0, 1.0
        path, acceptance, effective = [z], [], []
        while beta < 1:
            log_ratio = -v.double() - self._log_q(z)
            step = largest_step(log_ratio, 1 - beta, self.share)
            count, moves = (n if beta + step >= 1 else size), self.moves
            if oracle.calls + moves * count > budget:
                warnings += (f"the budget ended the tempering at β = {beta:.3g}; the rest is one reweighting",)
                step, count, moves = 1 - beta, n, 0
            weight = torch.softmax(step * log_ratio, dim=0)
            log_z += float(torch.logsumexp(step * log_ratio, dim=0)) - math.log(len(z))
            beta += step
            effective.append(float(1 / weight.square().sum()))
            root = self._root(z, weight)
            pick = resample(weight, count, generator)
            z, v, moved = z[pick], v[pick], []
            for _ in range(moves):
                z, v, rate = self._move(oracle, z, v, beta, factor * root, generator)
                # The factor is carried on: neighbouring temperatures want similar steps.
                factor *= math.exp(rate - ACCEPTANCE)
                moved.append(rate)
            acceptance += [sum(moved) / len(moved)] if moved else []
            path.append(z)
        if effective[-1] < n / 10:
            warnings += (f"the last weights are worth only {effective[-1]:.0f} draws for {n} wanted",)
        order = torch.arange(n, device=z.device)
        return Draws(
            x=z,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            acceptance=tuple(acceptance),
            ess=tuple(effective),
            invalid=oracle.invalid,
            log_z=log_z,
            warnings=warnings + edge_warnings(z, self.scale),
            path=torch.stack([part[order % len(part)] for part in path]) if keep_path else None,
        )

    def _affordable(self, n: int, budget: int | None) -> tuple[int, float]:
        """The population's size, and the calls that all may cost."""
        size = max(self.particles, n)
        if budget is None:
            return size, math.inf
        size = min(size, (budget - PREPARATION) // (1 + PLANNED * self.moves))
        if size < LEAST:
            least = PREPARATION + LEAST * (1 + PLANNED * self.moves)
            raise InputError(f"TemperedSMC: {budget} oracle calls are too few; give at least {least}")
        return size, budget

    def _log_q(self, z: Tensor) -> Tensor:
        constant = z.shape[1] * math.log(self.scale * math.sqrt(2 * math.pi))
        return -0.5 * (z.double() / self.scale).square().sum(1) - constant

    def _root(self, z: Tensor, weight: Tensor) -> Tensor:
        """The walk's first guess of a step (d, d): 2.38/√d times a root of the weighted population's covariance."""
        away = z.double() - weight @ z.double()
        covariance = (weight[:, None] * away).T @ away
        # A population of few distinct points spans less than the space.
        covariance.diagonal().add_((1e-4 * self.scale) ** 2)
        return 2.38 / z.shape[1] ** 0.5 * torch.linalg.cholesky(covariance).to(z.dtype)

    def _move(self, oracle: Oracle, z: Tensor, v: Tensor, beta: float, root: Tensor, generator: torch.Generator):
        def log_density(points: Tensor, energy: Tensor) -> Tensor:
            return -beta * energy.double() + (1 - beta) * self._log_q(points)

        z, v, moved = metropolis(oracle, z, v, lambda noise: noise @ root.T, log_density, generator, self.chunk)
        return z, v, float(moved.double().mean())


def largest_step(log_ratio: Tensor, most: float, share: float) -> float:
    """The largest δ ≤ `most` at which the weights exp(δ log_ratio) keep an effective size of `share` · len."""

    def kept(step: float) -> bool:
        weight = torch.softmax(step * log_ratio, dim=0)
        return float(1 / weight.square().sum()) >= share * len(log_ratio)

    if kept(most):
        return most
    low, high = 0.0, most
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if kept(middle) else (low, middle)
    # Where zero density alone costs more than the share allows, no δ > 0 keeps it: drop those points in a small step.
    return low if low > 1e-9 * most else 1e-3 * most

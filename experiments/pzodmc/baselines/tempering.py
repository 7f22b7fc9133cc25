"""Parallel tempering: chains at several temperatures, which swap states by the Metropolis rule (Geyer 1991).

Level k has the law ∝ exp(−V/T_k). A swap of neighbours is taken with probability min(1, exp((β_k − β_{k+1})(V_k −
V_{k+1}))), β = 1/T: it is refused in proportion, or the coldest level would not keep exp(−V).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..baselines.walk import PREPARATION, edge_warnings, metropolis, values
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..tiles import CHUNK

ACCEPTANCE = 0.25
RARE = 0.05  # swaps taken less often than this do not connect the levels


@dataclass(frozen=True)
class Levels:
    """All chains: z (levels, replicas, d) and V (levels, replicas), coldest level first; β and step width (levels,)."""

    z: Tensor
    v: Tensor
    beta: Tensor
    step: Tensor


@dataclass(frozen=True)
class ParallelTempering:
    """`replicas` independent ladders of `levels` temperatures, geometric from 1 to `hottest`, from N(0, scale² I).

    One sweep: a random-walk step of every chain, then swaps of every second pair of neighbours. After `burn_in`
    sweeps, which steer each level's step width (step · √T at first) to an acceptance of 1/4, the coldest states of
    every `thin`-th sweep are the draws. `Draws.acceptance` is the share of swaps taken, for each pair of neighbours.
    """

    potential: Potential
    scale: float = 4.0
    levels: int = 8
    hottest: float = 30.0
    replicas: int = 250
    burn_in: int = 400
    thin: int = 20
    step: float = 0.5
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    def __post_init__(self):
        if min(self.levels, self.replicas, self.thin) < 1 or self.burn_in < 0:
            raise InputError("ParallelTempering: need levels, replicas and thin ≥ 1 and burn_in ≥ 0")
        if not (self.hottest >= 1 and self.step > 0 and self.scale > 0):
            raise InputError(
                f"ParallelTempering: need hottest ≥ 1, step > 0 and scale > 0, got {self.hottest}, {self.step}, "
                f"{self.scale}"
            )

    @property
    def temperatures(self) -> Tensor:
        return torch.logspace(0, 1, self.levels, base=self.hottest, dtype=torch.float64)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget shortens the burn-in and the thinning in proportion."""
        check_request(n, generator, max_oracle_calls)
        replicas = min(self.replicas, n)
        rounds = -(-n // replicas)
        burn_in, thin = self._affordable(replicas, rounds, max_oracle_calls)
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        chains = self.start(oracle, replicas, generator)
        for sweep in range(burn_in):
            chains, rates, _ = self.sweep(oracle, chains, sweep, generator)
            steered = chains.step * torch.exp((rates - ACCEPTANCE) / (1 + sweep / 50))
            chains = Levels(chains.z, chains.v, chains.beta, steered)
        kept, swaps = [], torch.zeros(2, self.levels - 1, dtype=torch.float64, device=generator.device)
        for sweep in range(rounds * thin):
            chains, _, taken = self.sweep(oracle, chains, sweep, generator)
            swaps[0, sweep % 2 :: 2] += taken
            swaps[1, sweep % 2 :: 2] += 1
            if sweep % thin == thin - 1:
                kept.append(chains.z[0])
        x = torch.cat(kept)[:n]
        acceptance = (swaps[0] / swaps[1].clamp(min=1)).tolist()
        warnings = edge_warnings(x, self.scale)
        if acceptance and min(acceptance) < RARE:
            warnings += (f"only {min(acceptance):.1%} of the swaps of two neighbours were taken; use more levels",)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            acceptance=tuple(acceptance),
            invalid=oracle.invalid,
            warnings=warnings,
            path=x[None] if keep_path else None,
        )

    def _affordable(self, replicas: int, rounds: int, budget: int | None) -> tuple[int, int]:
        """(burn_in, thin), scaled down to the budget."""
        sweep, sweeps = replicas * self.levels, self.burn_in + rounds * self.thin
        if budget is None or budget >= PREPARATION + sweep * (1 + sweeps):
            return self.burn_in, self.thin
        share = ((budget - PREPARATION) / sweep - 1) / sweeps
        if int(self.thin * share) < 1:
            least = PREPARATION + sweep * (2 + -(-sweeps // self.thin))
            raise InputError(f"ParallelTempering: {budget} oracle calls are too few; give at least {least}")
        return int(self.burn_in * share), int(self.thin * share)

    def start(self, oracle: Oracle, replicas: int, generator: torch.Generator) -> Levels:
        shape = (self.levels, replicas, self.potential.dim)
        z = self.scale * torch.randn(shape, generator=generator, dtype=self.dtype, device=generator.device)
        v = values(oracle, z.flatten(0, 1), self.chunk).view(shape[:2])
        temperatures = self.temperatures.to(z.device)
        return Levels(z, v, 1 / temperatures, self.step * temperatures.sqrt())

    def sweep(
        self, oracle: Oracle, chains: Levels, parity: int, generator: torch.Generator
    ) -> tuple[Levels, Tensor, Tensor]:
        """The chains one sweep later; acceptance of the walk (levels,); share of swaps taken by pair of this parity."""
        levels, replicas, dim = chains.z.shape
        width = chains.step.repeat_interleave(replicas)[:, None].to(chains.z)
        beta = chains.beta.repeat_interleave(replicas)
        z, v, moved = metropolis(
            oracle,
            chains.z.flatten(0, 1),
            chains.v.flatten(),
            lambda noise: width * noise,
            lambda points, energy: -beta * energy.double(),
            generator,
            self.chunk,
        )
        z, v = z.view(levels, replicas, dim), v.view(levels, replicas)
        rates = moved.view(levels, replicas).double().mean(1)
        z, v, taken = swap(z, v, chains.beta, parity % 2, generator)
        return Levels(z, v, chains.beta, chains.step), rates, taken


def swap(z: Tensor, v: Tensor, beta: Tensor, first: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Swap levels (first, first + 1), (first + 2, first + 3), …: z, V and the share taken a pair."""
    cold = torch.arange(first, len(z) - 1, 2, device=z.device)
    hot = cold + 1
    u = torch.rand(len(cold), z.shape[1], generator=generator, dtype=torch.float64, device=z.device)
    taken = u.log() <= (beta[cold] - beta[hot])[:, None] * (v[cold] - v[hot]).double()
    z, v, below, above = z.clone(), v.clone(), z[cold], z[hot]
    z[cold] = torch.where(taken[..., None], above, below)
    z[hot] = torch.where(taken[..., None], below, above)
    v[cold], v[hot] = torch.where(taken, v[hot], v[cold]), torch.where(taken, v[cold], v[hot])
    return z, v, taken.double().mean(1)

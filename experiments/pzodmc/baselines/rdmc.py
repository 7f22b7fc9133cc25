"""Reverse diffusion Monte Carlo: the diffusion of ZOD-MC, its score from Langevin chains on the posterior.

E[x_0 | x_t] under p(z | x_t) ∝ exp(−V(z)) N(z; e^t x_t, (e^{2t} − 1) I) is the mean of a few chains a particle
(Huang, Dong, Hao, Ma, Zhang 2024, arXiv 2307.02037), begun by importance sampling. The chains here are Metropolis-
adjusted and go on from one time to the next, so the score is exact as they grow longer.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..baselines.gradients import value_and_gradient
from ..baselines.walk import PREPARATION
from ..diffusion import paper_grid, posterior_sd, reverse_step, score
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..isir import isir
from ..oracle import Oracle, Potential
from ..tiles import TILE, normals

ACCEPTANCE = 0.574  # of a Langevin step at its optimum in high dimensions (Roberts, Rosenthal 1998)


@dataclass(frozen=True)
class RDMC:
    """`chains` a particle: at each time one i-SIR step of `candidates`, `inner` Langevin steps, half of them counting.

    The other half steers the step length, which is at most the Gaussian's variance, to an acceptance of 0.574. Each
    gradient counts as one oracle call. `Draws.acceptance` is the chains'.
    """

    potential: Potential
    chains: int = 8
    candidates: int = 8
    inner: int = 8
    steps: int = 24
    horizon: float = 2.0
    end: float = 5e-3
    scale: float = 4.0  # where V must grow, see Oracle.check_normalisable
    dtype: torch.dtype = torch.float32

    def __post_init__(self):
        if min(self.chains, self.candidates) < 1 or self.inner < 2 or not self.scale > 0:
            raise InputError(
                f"RDMC: need chains and candidates ≥ 1, inner ≥ 2 and scale > 0, got {self.chains}, {self.candidates}, "
                f"{self.inner}, {self.scale}"
            )
        paper_grid(self.steps, self.horizon, self.end)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget lowers the number of chains."""
        check_request(n, generator, max_oracle_calls)
        chains = self._affordable(n, max_oracle_calls)
        oracle, times = Oracle(self.potential), paper_grid(self.steps, self.horizon, self.end)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        x, _ = normals(n, self.potential.dim, generator, self.dtype)
        path, acceptance, state, step = [x], [], None, math.inf
        for t, to in zip(times, times[1:], strict=False):
            mean, state, rate, step = self.posterior_mean(oracle, x, t, chains, state, step, generator)
            noise, _ = normals(n, self.potential.dim, generator, self.dtype)
            x = reverse_step(x, score(x, mean, t), t, to, noise)
            acceptance.append(rate)
            if keep_path:
                path.append(x)
        warnings = ()
        if min(acceptance) < 0.1:
            warnings = (f"at some time the chains accepted only {min(acceptance):.1%} of their steps; raise `inner`",)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            acceptance=tuple(acceptance),
            invalid=oracle.invalid,
            warnings=warnings,
            path=torch.stack(path) if keep_path else None,
        )

    def _affordable(self, n: int, budget: int | None) -> int:
        if budget is None:
            return self.chains
        each = n * self.steps * (self.candidates + 1 + self.inner)
        chains = (budget - PREPARATION) // each
        if chains < 1:
            raise InputError(f"RDMC: {budget} oracle calls are too few; give at least {PREPARATION + each}")
        return min(self.chains, chains)

    def posterior_mean(
        self,
        oracle: Oracle,
        x: Tensor,
        t: float,
        chains: int,
        state: tuple[Tensor, Tensor] | None,
        step: float,
        generator: torch.Generator,
    ) -> tuple[Tensor, tuple[Tensor, Tensor], float, float]:
        """Estimate of E[x_0 | x_t = x], (n, d); where the chains end (n · chains, d) with V; acceptance; step length.

        `state` and `step` are those of the time before; None and inf begin.
        """
        # Particles whose chains run together, so that memory is bounded.
        group = max(1, TILE // chains) * chains
        owner = x.repeat_interleave(chains, dim=0)
        ends, accepted = [], 0.0
        for start in range(0, len(owner), group):
            part = slice(start, start + group)
            current = None if state is None else (state[0][part], state[1][part])
            *end, rate, step = self._chains(oracle, owner[part], t, current, step, generator)
            ends.append(end)
            accepted += rate * len(end[0])
        mean, z, v = (torch.cat(parts) for parts in zip(*ends, strict=True))
        return mean.view(len(x), chains, -1).mean(1), (z, v), accepted / len(owner), step

    def _chains(
        self,
        oracle: Oracle,
        x: Tensor,
        t: float,
        current: tuple[Tensor, Tensor] | None,
        step: float,
        generator: torch.Generator,
    ) -> tuple[Tensor, Tensor, Tensor, float, float]:
        """Each chain's mean (m, d), end (m, d) and V there (m,), for x (m, d); acceptance and step length."""
        variance, centre = posterior_sd(t) ** 2, math.exp(t) * x

        def look(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            v, gradient = value_and_gradient(oracle, z, TILE)
            away = z - centre
            return v, v + away.square().sum(1) / (2 * variance), gradient + away / variance

        def drift(slope: Tensor) -> Tensor:
            # No longer than the noise is: a chain in a steep tail would otherwise overshoot, and be refused, for ever.
            length = step * slope.norm(dim=1, keepdim=True)
            return step * slope * (math.sqrt(2 * step * x.shape[1]) / length.clamp(min=1e-30)).clamp(max=1)

        z = isir(lambda points, owner: oracle(points), x, t, current, self.candidates, generator).z
        v, u, slope = look(z)
        step, total, moved = min(step, variance), torch.zeros_like(z), []
        for k in range(self.inner):
            noise, uniform = normals(len(z), x.shape[1], generator, x.dtype, uniforms_every=1)
            proposal = z - drift(slope) + math.sqrt(2 * step) * noise
            fresh_v, fresh_u, fresh_slope = look(proposal)
            there = noise.square().sum(1) / 2
            back = (z - proposal + drift(fresh_slope)).square().sum(1) / (4 * step)
            go = uniform.log() <= u - fresh_u + there - back
            z, slope = (torch.where(go[:, None], a, b) for a, b in ((proposal, z), (fresh_slope, slope)))
            v, u = (torch.where(go, a, b) for a, b in ((fresh_v, v), (fresh_u, u)))
            if k < self.inner // 2:
                step *= math.exp(2 * (float(go.double().mean()) - ACCEPTANCE))
            else:
                total += z
                moved.append(float(go.double().mean()))
        return total / len(moved), z, v, sum(moved) / len(moved), step

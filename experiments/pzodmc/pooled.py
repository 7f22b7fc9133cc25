"""Pooled ZOD-MC: one shared pool starts all particles, exact bridges and i-SIR steps bring them down.

At a large t a posterior draw is almost a draw from the target, so the first draws come from one wide pool (SIR). From
then on each move is exact: given z ~ p(x_0 | x_t) the bridge has no discretisation error, the same z stays a valid
draw at the earlier time, and i-SIR leaves the posterior invariant. Returned is z itself: denoised.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.pzodmc.diffusion import bridge, log_grid, noising
from experiments.pzodmc.draws import Calls, Draws, check_request
from experiments.pzodmc.isir import isir
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.tiles import CHUNK, TILE, normals, spans

COVERED = 2.5  # a pool covers while almost no weight lies further out than this many of its standard deviations


@dataclass(frozen=True)
class PooledZODMC:
    """`pool` points from N(0, scale² I), then `steps` i-SIR steps of `candidates` each at falling times.

    A pool that misses weight at its edge is noticed; a mode that no pool point comes near cannot be, by any sampler.
    """

    potential: Potential
    scale: float = 4.0
    pool: int = 16_384
    candidates: int = 32
    steps: int = 3
    horizon: float = 0.5
    end: float = 0.02
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    PREPARATION = 128  # Oracle.check_normalisable

    def __post_init__(self):
        if self.pool < 16 or self.candidates < 1 or self.steps < 1:
            raise InputError(
                f"PooledZODMC: need pool ≥ 16, candidates ≥ 1, steps ≥ 1, got {self.pool}, {self.candidates}, "
                f"{self.steps}"
            )
        if not self.scale > 0:
            raise InputError(f"PooledZODMC: scale must be positive, got {self.scale}")
        log_grid(self.steps, self.horizon, self.end)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget shrinks the pool and the candidates in proportion."""
        check_request(n, generator, max_oracle_calls)
        pool, candidates = self._affordable(n, max_oracle_calls)
        oracle, warnings = Oracle(self.potential), []
        oracle.check_normalisable(self.scale, generator, self.dtype)
        z, v, pool_ess, log_z = self.start(oracle, n, pool, generator, warnings)
        times = log_grid(self.steps, self.horizon, self.end)

        def gauss() -> Tensor:
            return torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)

        s, sigma = noising(times[0])
        x, effective, path = s * z + sigma * gauss(), [], []
        for k, t in enumerate(times):
            if k:
                x = bridge(x, z, times[k - 1], t, gauss())
            path.append(x)
            chosen = isir(lambda points, owner: oracle(points), x, t, (z, v), candidates, generator, self.chunk)
            z, v = chosen.z, chosen.v
            effective.append(float(chosen.ess.mean()))
        return Draws(
            x=z,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            ess=(pool_ess, *effective),
            invalid=oracle.invalid,
            log_z=log_z,
            warnings=tuple(warnings),
            path=torch.stack([*path, z]) if keep_path else None,
        )

    def _affordable(self, n: int, budget: int | None) -> tuple[int, int]:
        whole = self.pool + n * self.candidates * self.steps
        if budget is None or budget >= whole + self.PREPARATION:
            return self.pool, self.candidates
        share = (budget - self.PREPARATION) / whole
        pool, candidates = int(self.pool * share), int(self.candidates * share)
        if pool < 16 or candidates < 1:
            least = self.PREPARATION + math.ceil(whole * max(16 / self.pool, 1 / self.candidates)) + 1
            raise InputError(f"PooledZODMC: {budget} oracle calls are too few for {n} draws; give at least {least}")
        return pool, candidates

    def start(
        self, oracle: Oracle, n: int, pool: int, generator: torch.Generator, warnings: list[str]
    ) -> tuple[Tensor, Tensor, float, float]:
        """n draws by SIR from the pool: z (n, d), V(z), the pool's effective size, log Ẑ."""
        dim, points, values = self.potential.dim, [], []
        for start, stop in spans(pool, TILE, self.chunk):
            z, _ = normals(stop - start, dim, generator, self.dtype)
            points.append(z * self.scale)
            values.append(oracle(points[-1]))
        z, v = torch.cat(points), torch.cat(values)
        # In float64: the sum runs over many weights of very different size.
        log_weight = 0.5 * (z / self.scale).double().square().sum(1) - v.double()
        total = torch.logsumexp(log_weight, 0)
        if not torch.isfinite(total):
            raise InputError(f"V is infinite on the whole pool; move the target or change scale={self.scale:g}")
        weight = torch.exp(log_weight - total)
        self._check_cover(z, weight, warnings)
        ess = float(1 / weight.square().sum())
        if ess < n / 10:
            warnings.append(
                f"the pool of {pool} is worth only {ess:.0f} draws for {n} wanted; enlarge it, or use blocks"
            )
        # Systematic resampling: one uniform, evenly spaced; then shuffled so that the order carries no information.
        u = torch.rand(1, generator=generator, dtype=torch.float64, device=z.device)
        ladder = (torch.arange(n, dtype=torch.float64, device=z.device) + u) / n
        pick = torch.searchsorted(weight.cumsum(0), ladder).clamp(max=pool - 1)
        pick = pick[torch.randperm(n, generator=generator, device=z.device)]
        log_z = float(total) - math.log(pool) + dim * math.log(self.scale * math.sqrt(2 * math.pi))
        return z[pick], v[pick], ess, log_z

    def _check_cover(self, z: Tensor, weight: Tensor, warnings: list[str]) -> None:
        outside = (z.abs() > COVERED * self.scale).any(dim=1)
        share = float(weight[outside].sum())
        if share > 0.2:
            raise InputError(
                f"scale={self.scale:g} does not cover the target: {share:.0%} of the weight lies further out than "
                f"{COVERED * self.scale:.3g}; use scale={2 * self.scale:g} or more"
            )
        if share > 0.01 * z.shape[1] ** 0.5 + 0.01:
            warnings.append(f"{share:.1%} of the weight lies at the pool's edge; a larger scale may be needed")

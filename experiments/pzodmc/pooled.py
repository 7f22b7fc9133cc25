"""Pooled ZOD-MC: one shared pool starts all particles, exact bridges and i-SIR steps bring them down.

At a large t a posterior draw is almost a draw from the target, so the first draws come from one wide pool (SIR). From
then on each move is exact: given z ~ p(x_0 | x_t) the bridge has no discretisation error, the same z stays a valid
draw at the earlier time, and i-SIR leaves the posterior invariant. Returned is z itself: denoised.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .diffusion import bridge, log_grid, noising
from .draws import Calls, Draws, check_request
from .errors import InputError
from .isir import isir
from .oracle import Oracle, Potential
from .pool import LEAST, USUAL, draw_pool
from .tiles import CHUNK


@dataclass(frozen=True)
class PooledZODMC:
    """`pool` points from N(0, scale² I), then `steps` i-SIR steps of `candidates` each at falling times.

    The times are those of z/(scale/4), so that a target in other units is sampled by the same steps. dtype: None is
    what V computes in. A pool that misses weight at its edge is noticed; a mode that no pool point comes near cannot
    be, by any sampler.
    """

    potential: Potential
    scale: float = 4.0
    pool: int = 16_384
    candidates: int = 32
    steps: int = 3
    horizon: float = 0.5
    end: float = 0.02
    dtype: torch.dtype | None = None
    chunk: int = CHUNK

    PREPARATION = 128  # Oracle.check_normalisable

    def __post_init__(self):
        if self.pool < LEAST or self.candidates < 1 or self.steps < 1:
            raise InputError(
                f"PooledZODMC: need pool ≥ {LEAST}, candidates ≥ 1, steps ≥ 1, got {self.pool}, {self.candidates}, "
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
        oracle = Oracle(self.potential)
        dtype = oracle.check_normalisable(self.scale, generator, self.dtype)
        start = draw_pool(oracle, pool, self.scale, generator, dtype, self.chunk)
        warnings = start.check_cover() + start.check_size(n)
        z, v = start.resample(n, generator)
        unit = self.scale / USUAL
        z = z / unit
        times = log_grid(self.steps, self.horizon, self.end)

        def gauss() -> Tensor:
            return torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)

        s, sigma = noising(times[0])
        x, effective, accepted, path = s * z + sigma * gauss(), [], [], []
        moved = torch.zeros(n, dtype=torch.bool, device=z.device)
        for k, t in enumerate(times):
            if k:
                x = bridge(x, z, times[k - 1], t, gauss())
            path.append(unit * x)
            chosen = isir(lambda points, owner: oracle(unit * points), x, t, (z, v), candidates, generator, self.chunk)
            fresh = (chosen.z != z).any(dim=1)
            z, v, moved = chosen.z, chosen.v, moved | fresh
            accepted.append(float(fresh.double().mean()))
            effective.append(float(chosen.ess.mean()))
        z = unit * z
        return Draws(
            x=z,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            acceptance=tuple(accepted),
            ess=(start.ess, *effective),
            failures=int((~moved).sum()),
            attempts=n,
            invalid=oracle.invalid,
            log_z=start.log_z,
            pareto_k=start.pareto_k,
            warnings=warnings,
            path=torch.stack([*path, z]) if keep_path else None,
        )

    def _affordable(self, n: int, budget: int | None) -> tuple[int, int]:
        whole = self.pool + n * self.candidates * self.steps
        if budget is None or budget >= whole + self.PREPARATION:
            return self.pool, self.candidates
        share = (budget - self.PREPARATION) / whole
        pool, candidates = int(self.pool * share), int(self.candidates * share)
        if pool < LEAST or candidates < 1:
            least = self.PREPARATION + math.ceil(whole * max(LEAST / self.pool, 1 / self.candidates)) + 1
            raise InputError(f"PooledZODMC: {budget} oracle calls are too few for {n} draws; give at least {least}")
        return pool, candidates

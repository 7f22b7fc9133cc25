"""Sampling importance resampling: one wide Gaussian pool, weighted by exp(−V), resampled. The honest low-d baseline."""

from dataclasses import dataclass

import torch

from ..baselines.walk import PREPARATION
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..pool import LEAST, draw_pool
from ..tiles import CHUNK


@dataclass(frozen=True)
class SIR:
    """`pool` points from N(0, scale² I), n of them by systematic resampling (Rubin 1988; Kitagawa 1996).

    Exact as the pool grows; with n near the pool's effective size draws repeat. Raises InputError where the pool
    misses the target.
    """

    potential: Potential
    scale: float = 4.0
    pool: int = 65_536
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    def __post_init__(self):
        if self.pool < LEAST or not self.scale > 0:
            raise InputError(f"SIR: need pool ≥ {LEAST} and scale > 0, got {self.pool} and {self.scale}")

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget shrinks the pool."""
        check_request(n, generator, max_oracle_calls)
        size = self.pool if max_oracle_calls is None else min(self.pool, max_oracle_calls - PREPARATION)
        if size < LEAST:
            raise InputError(f"SIR: {max_oracle_calls} oracle calls are too few; give at least {PREPARATION + LEAST}")
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        pool = draw_pool(oracle, size, self.scale, generator, self.dtype, self.chunk)
        warnings = pool.check_cover() + pool.check_size(n)
        x, _ = pool.resample(n, generator)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            ess=(pool.ess,),
            invalid=oracle.invalid,
            log_z=pool.log_z,
            pareto_k=pool.pareto_k,
            warnings=warnings,
            path=x[None] if keep_path else None,
        )

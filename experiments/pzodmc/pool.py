"""The start: one pool of points from a wide Gaussian, weighted by the target (sampling importance resampling).

At a large t a posterior draw is almost a draw from the target, so the pool serves all particles at once. What it says
about itself goes with it: effective size, Pareto k̂, log Ẑ, and whether weight lies at its edge.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .errors import InputError
from .oracle import Oracle
from .pareto import TRUSTED, pareto_k
from .tiles import CHUNK, TILE, normals, spans

COVERED = 2.5  # a pool covers while almost no weight lies further out than this many of its standard deviations
COARSE = 0.02  # nats by which rounding may blur V
USUAL = 4.0  # the scale at which a sampler's times are those of z itself; at another they are those of z/(scale/4)
LEAST = 16  # points; fewer say nothing


@dataclass(frozen=True)
class Pool:
    """z (m, d) from N(0, scale² I), V(z) (m,), log_weight (m,) float64: log exp(−V)/q, not normalised."""

    z: Tensor
    v: Tensor
    log_weight: Tensor
    scale: float

    @cached_property
    def weight(self) -> Tensor:
        """(m,) float64, summing to 1."""
        return torch.softmax(self.log_weight, dim=0)

    @property
    def log_z(self) -> float:
        """log Ẑ of ∫ exp(−V)."""
        return float(torch.logsumexp(self.log_weight, dim=0)) - math.log(len(self.z))

    @cached_property
    def ess(self) -> float:
        """Effective number of draws, 1/Σ w²."""
        return float(1 / self.weight.square().sum())

    @cached_property
    def pareto_k(self) -> float:
        return pareto_k(self.log_weight)

    def resample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """n draws z (n, d) with V (n,) by systematic resampling, in random order."""
        pick = resample(self.weight, n, generator)
        return self.z[pick], self.v[pick]

    def check_cover(self) -> tuple[str, ...]:
        """Warnings where some weight lies at the pool's edge. InputError where much of it does."""
        return cover_warnings(self.z, self.weight, self.scale)

    def check_size(self, n: int) -> tuple[str, ...]:
        """Warnings where the pool is worth too little for n draws."""
        warnings = []
        if self.ess < n / 10:
            warnings.append(
                f"the pool of {len(self.z)} is worth only {self.ess:.0f} draws for {n} wanted; "
                "enlarge it, or use blocks"
            )
        if self.pareto_k > TRUSTED:
            warnings.append(
                f"Pareto k̂ of the pool's weights is {self.pareto_k:.2f} > {TRUSTED}: a few points carry the estimate, "
                "log Ẑ and the shares of modes are unreliable; enlarge the pool, or use blocks"
            )
        return tuple(warnings)


def cover_warnings(z: Tensor, weight: Tensor, scale: float) -> tuple[str, ...]:
    """What z (m, d) with weights (m,) that sum to 1 say about N(0, scale² I). InputError if it does not cover."""
    outside = (z.abs() > COVERED * scale).any(dim=1)
    share = float(weight[outside].sum())
    if share > 0.2:
        raise InputError(
            f"scale={scale:g} does not cover the target: {share:.0%} of the weight lies further out than "
            f"{COVERED * scale:.3g}; use scale={2 * scale:g} or more"
        )
    if share > 0.01 * z.shape[1] ** 0.5 + 0.01:
        return (f"{share:.1%} of the weight lies at the pool's edge; a larger scale may be needed",)
    return ()


def draw_pool(
    oracle: Oracle, size: int, scale: float, generator: torch.Generator, dtype: torch.dtype, chunk: int = CHUNK
) -> Pool:
    """`size` calls. Raises InputError where V is infinite at all points."""
    dim, device = oracle.potential.dim, generator.device
    z, v = torch.empty(size, dim, dtype=dtype, device=device), torch.empty(size, dtype=dtype, device=device)
    # In float64: sums run over many weights of very different size.
    log_weight = torch.empty(size, dtype=torch.float64, device=device)
    for start, stop in spans(size, TILE, chunk):
        unit, _ = normals(stop - start, dim, generator, dtype)
        z[start:stop] = scale * unit
        v[start:stop] = oracle(z[start:stop])
        log_weight[start:stop] = 0.5 * unit.double().square().sum(1) - v[start:stop].double()
    lowest = float(v.min())
    if math.isfinite(lowest) and abs(lowest) * torch.finfo(dtype).eps > COARSE:
        raise InputError(
            f"V is about {lowest:.3g} where it is lowest: in {str(dtype).removeprefix('torch.')} its differences "
            f"are rounded to "
            f"{abs(lowest) * torch.finfo(dtype).eps:.2g} nats; give dtype=torch.float64, or take the constant off"
        )
    log_weight += dim * math.log(scale * math.sqrt(2 * math.pi))
    pool = Pool(z, v, log_weight, scale)
    if not math.isfinite(pool.log_z):
        raise InputError(f"V is infinite on the whole pool; move the target or change scale={scale:g}")
    return pool


def resample(weight: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Indices (n,) by systematic resampling: one uniform, evenly spaced; shuffled, so that order means nothing."""
    u = torch.rand(1, generator=generator, dtype=torch.float64, device=weight.device)
    ladder = (torch.arange(n, dtype=torch.float64, device=weight.device) + u) / n
    total = weight.double().cumsum(0)
    pick = torch.searchsorted(total, ladder * total[-1]).clamp(max=len(weight) - 1)
    return pick[torch.randperm(n, generator=generator, device=weight.device)]

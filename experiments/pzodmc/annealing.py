"""From a poor pool to the target in tempered stages, so that modes are still found where a pool alone is lost.

The stages' densities are q^{1−β} exp(−βV) with q the pool's Gaussian and β from 0 to 1, each β as large as keeps the
weights' effective size (sequential Monte Carlo: Del Moral, Doucet, Jasra 2006). Between stages every particle is moved
by block-Gibbs i-SIR steps and a population move, both of which leave the stage's density invariant.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .oracle import Oracle
from .pool import Pool, resample

KEPT = 0.5  # share of the particles that the weights of a stage must be worth
MOST_STAGES = 40


@dataclass(frozen=True)
class Start:
    """z (n, d) with V (n,), nearly from exp(−V); log Ẑ; the inverse temperatures β; effective size at each."""

    z: Tensor
    v: Tensor
    log_z: float
    betas: tuple[float, ...]
    ess: tuple[float, ...]


# (energy, z, energies of z) → z and energies after moves that leave exp(−energy) invariant
Move = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor], tuple[Tensor, Tensor]]


def anneal(
    oracle: Oracle, pool: Pool, n: int, move: Move, generator: torch.Generator, most: int = MOST_STAGES
) -> Start:
    """n particles from the pool to β = 1. A pool that is worth n/2 draws is there at once; so is one with most = 1."""
    z, v, log_weight, beta, log_z = pool.z, pool.v, pool.log_weight, 0.0, 0.0
    # log exp(−V)/q of the particles: what the pool knows of its own points.
    norm = z.shape[1] * math.log(pool.scale * math.sqrt(2 * math.pi))
    betas, sizes = [], []
    while True:
        last = len(betas) + 1 >= most
        to = 1.0 if last else next_beta(log_weight, beta, KEPT * min(n, len(z) / 2 if not betas else n))
        step = (to - beta) * log_weight
        weight = torch.softmax(step, dim=0)
        log_z += float(torch.logsumexp(step, dim=0)) - math.log(len(step))
        betas.append(to)
        sizes.append(float(1 / weight.square().sum()))
        pick = resample(weight, n, generator)
        z, v, beta = z[pick], v[pick], to
        if beta == 1.0:
            return Start(z, v, log_z, tuple(betas), tuple(sizes))

        def prior(points: Tensor, beta: float = beta) -> Tensor:
            return (1 - beta) * (points / pool.scale).square().sum(1) / 2

        def energy(points: Tensor, beta: float = beta, prior: Callable = prior) -> Tensor:
            return beta * oracle(points) + prior(points)

        z, e = move(energy, z, beta * v + prior(z))
        v = (e - prior(z)) / beta
        log_weight = norm + (z / pool.scale).double().square().sum(1) / 2 - v.double()


def next_beta(log_weight: Tensor, beta: float, wanted: float) -> float:
    """The largest β' ≤ 1 whose weights exp((β' − β) log_weight) are worth at least `wanted` draws."""

    def ess(to: float) -> float:
        step = torch.where(torch.isfinite(log_weight), (to - beta) * log_weight, -torch.inf)
        return float(1 / torch.softmax(step, dim=0).square().sum())

    if ess(1.0) >= wanted:
        return 1.0
    low, high = beta, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if ess(middle) >= wanted else (low, middle)
    return low

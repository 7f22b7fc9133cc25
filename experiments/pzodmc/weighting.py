"""Points from several laws, weighted as one sample by the mixture of these laws.

The mixture is in proportion to their numbers (the balance heuristic: Veach, Guibas 1995), so that a point which its own
law rarely sends bears no more weight than all laws together give it.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .annealing import next_beta
from .pool import resample
from .population import Mixture

BROAD = 8  # the first fits are to weights so tempered that they are worth a share 1/BROAD of the population


@dataclass(frozen=True)
class Batch:
    """Points y (m, d) with V (m,), and the law that they were drawn from; None is the reference N(0, I)."""

    y: Tensor
    v: Tensor
    law: Mixture | None

    def log_density(self, y: Tensor) -> Tensor:
        if self.law is not None:
            return self.law.log_density(y)
        return -0.5 * y.square().sum(1) - 0.5 * y.shape[1] * math.log(2 * math.pi)


class Recycled:
    """One half of the points, its batches weighted as one sample."""

    def __init__(self, y: Tensor, v: Tensor):
        self.batches = [Batch(y, v, None)]
        self.terms = self.batches[0].log_density(y)[None]  # (batches, points) log density under each law

    def add(self, batch: Batch) -> None:
        old = torch.stack([one.log_density(batch.y) for one in self.batches])
        new = batch.log_density(torch.cat([self.y, batch.y]))
        self.batches.append(batch)
        self.terms = torch.cat([torch.cat([self.terms, old], dim=1), new[None]])

    @property
    def y(self) -> Tensor:
        return torch.cat([one.y for one in self.batches])

    @property
    def v(self) -> Tensor:
        return torch.cat([one.v for one in self.batches])

    @property
    def sizes(self) -> list[int]:
        return [len(one.y) for one in self.batches]

    def log_psi(self, terms: Tensor) -> Tensor:
        """log ψ, ψ the mixture of the laws in proportion to their points; terms (laws, m): log density under each."""
        sizes = torch.tensor(self.sizes, dtype=torch.float64, device=terms.device)
        return torch.logsumexp(terms + (sizes / sizes.sum()).log()[:, None], dim=0)

    def log_weight(self) -> Tensor:
        """log exp(−V)/ψ of the points: (points,)."""
        return -self.v - self.log_psi(self.terms)

    def variance(self, log_z: float) -> float:
        """Of the sum of the weights over exp(log_z): each law's points are a stratum of their own."""
        parts = (self.log_weight() - log_z).exp().split(self.sizes)
        return sum(len(part) * float(part.var()) for part in parts if len(part) > 1)

    def last_alone(self) -> Tensor:
        """log exp(−V)/q of the last batch by its own law."""
        last = self.batches[-1]
        return -last.v - self.terms[-1, -len(last.y) :]

    def particles(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """n points and V by their weights, tempered as far as they are worth n/BROAD draws."""
        log_w = self.log_weight()
        has = torch.isfinite(log_w)
        beta = next_beta(log_w, 0.0, min(n / BROAD, 0.5 * int(has.sum())))
        pick = resample(torch.softmax(torch.where(has, beta * log_w, -torch.inf), 0), n, generator)
        return self.y[pick], self.v[pick]

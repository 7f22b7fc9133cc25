"""Which coordinates depend on each other, from values of V alone.

Swap coordinate i of a point for another point's, then j, then both. If V has no term with i and j together the mixed
difference V(ij) − V(i) − V(j) + V() is exactly 0. The swaps are large moves between likely points, not small steps: a
coupling that is flat somewhere is still seen. Float64 throughout, so that rounding is far below any real coupling.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.pzodmc.blocks import Blocks
from experiments.pzodmc.oracle import Oracle

EDGE = 1e-9  # relative mixed difference; rounding leaves some 1e-15


@dataclass(frozen=True)
class Graph:
    """strength (d, d): the largest relative mixed difference of each pair; edges where it exceeds EDGE."""

    strength: Tensor
    calls: int

    @property
    def edges(self) -> Tensor:
        return self.strength > EDGE

    @property
    def components(self) -> Blocks:
        """The connected components, each sorted, in order of their first coordinate: the finest blocks of V."""
        edges, left, found = self.edges.tolist(), list(range(len(self.strength))), []
        while left:
            component, fresh = {left[0]}, [left[0]]
            while fresh:
                i = fresh.pop()
                near = {j for j in left if edges[i][j]} - component
                component |= near
                fresh += sorted(near)
            found.append(tuple(sorted(component)))
            left = [i for i in left if i not in component]
        return tuple(found)


def discover(oracle: Oracle, points: Tensor) -> Graph:
    """points (2m, d) float64: m base points and m to swap from. Costs m (1 + d + d(d − 1)/2) calls.

    Where V is infinite a difference says nothing; such pairs of points are left out for that edge.
    """
    d = points.shape[1]
    base, other = points.double().chunk(2)
    pairs = torch.combinations(torch.arange(d, device=points.device))
    strength = torch.zeros(d, d, dtype=torch.float64, device=points.device)
    before = oracle.calls
    for a, b in zip(base, other, strict=True):
        single = a.repeat(d, 1)
        single.fill_diagonal_(0)
        single += torch.diag(b)
        double = a.repeat(len(pairs), 1)
        rows = torch.arange(len(pairs), device=points.device)
        for k in range(2):
            double[rows, pairs[:, k]] = b[pairs[:, k]]
        v = oracle(torch.cat([a[None], single, double]))
        v0, v1, v2 = v[0], v[1 : d + 1], v[d + 1 :]
        i, j = pairs.T
        gap = (v2 - v1[i] - v1[j] + v0).abs()
        size = (v2.abs() + v1[i].abs() + v1[j].abs() + v0.abs()).clamp(min=1e-300)
        relative = torch.where(torch.isfinite(gap), gap / size, 0.0)
        strength[i, j] = torch.maximum(strength[i, j], relative)
    return Graph(strength + strength.T, oracle.calls - before)


def likely_points(z: Tensor, v: Tensor, count: int, generator: torch.Generator, log_q: Tensor) -> Tensor:
    """`count` points (count, d) drawn from z with weights (exp(−V)/q)^β, β as large as keeps them `count` different.

    β = 1 is the target itself; in high dimensions a pool has too few good points for that, and the tempered weights
    keep the points apart while leaning towards where V is low.
    """
    log_w = -v.double() - log_q.double()

    def ess(beta: float) -> float:
        w = torch.softmax(beta * log_w, dim=0)
        return float(1 / w.square().sum())

    low, high = 0.0, 1.0
    if ess(1.0) < 4 * count:
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if ess(middle) >= 4 * count else (low, middle)
    else:
        low = 1.0
    weights = torch.softmax(low * log_w, dim=0)
    return z[torch.multinomial(weights, count, replacement=False, generator=generator)]

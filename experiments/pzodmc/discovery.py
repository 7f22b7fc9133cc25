"""Which coordinates depend on each other, from values of V alone.

Swap coordinate i of a point for another point's, then j, then both. If V has no term with i and j together the mixed
difference V(ij) − V(i) − V(j) + V() is exactly 0. The swaps are large moves between likely points, not small steps: a
coupling that is flat somewhere is still seen. An infinite V counts too: a support that is a product over blocks is left
exactly where one of the blocks leaves its own, and any other pattern of infinite values is a coupling.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .blocks import Blocks
from .errors import InputError
from .oracle import Oracle
from .rounding import Rounding

EXACT = Rounding(0.0, 1e-15)  # of a V in float64 with nothing to cancel


@dataclass(frozen=True)
class Graph:
    """strength (d, d): the largest mixed difference of each pair in units of what rounding could do; edges above 1.

    merged: components in which the probes missed a dependence that the check on other points found.
    """

    strength: Tensor
    calls: int
    merged: Blocks = ()

    @property
    def edges(self) -> Tensor:
        return self.strength > 1

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


def discover(oracle: Oracle, points: Tensor, rounding: Rounding = EXACT) -> Graph:
    """points (2m, d) float64: m base points, with finite V, and m to swap from. Costs m (1 + d + d(d − 1)/2) calls."""
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
        size = v2.abs() + v1[i].abs() + v1[j].abs() + v0.abs() + 4 * oracle.offset
        relative = torch.where(torch.isfinite(gap), gap / rounding.bound(size), 0.0)
        # A product of supports is left where one coordinate alone leaves its own.
        walled = torch.isinf(v2) != (torch.isinf(v1[i]) | torch.isinf(v1[j]))
        relative = torch.where(walled & torch.isfinite(v0), torch.inf, relative)
        strength[i, j] = torch.maximum(strength[i, j], relative)
    return Graph(torch.maximum(strength, strength.T), oracle.calls - before)


def mend(oracle: Oracle, graph: Graph, points: Tensor, rounding: Rounding = EXACT) -> Graph:
    """Check on held-out points (2m, d) float64 that V adds up over the components; merge those that do not.

    For base a, where V is finite, and other point b, V(b) − V(a) must be the sum of the components' own rises. Where
    it is not, the search
    narrows down to a smallest set of components that does not add up, of any order of interaction, merges it and
    checks again. Costs 2 + components calls a pair and some log2(components) + set size more a merger.
    """
    before, strength, merged = oracle.calls, graph.strength.clone(), []
    base, other = points.double().chunk(2)
    for a, b in zip(base, other, strict=True):
        while not_additive := _smallest_conflict(oracle, replace(graph, strength=strength).components, a, b, rounding):
            joint = sorted(i for block in not_additive for i in block)
            merged.append(tuple(joint))
            for block in not_additive:
                rest = [i for i in joint if i not in block]
                for i in block:
                    strength[i, rest] = torch.inf
    graph = replace(graph, strength=strength, calls=graph.calls + oracle.calls - before)
    whole = tuple(block for block in graph.components if any(set(group) <= set(block) for group in merged))
    return replace(graph, merged=whole)


def _smallest_conflict(oracle: Oracle, components: Blocks, a: Tensor, b: Tensor, rounding: Rounding) -> Blocks:
    """Components over which V does not add up between a and b, none of which can be left out; () where it does."""

    def swapped(chosen: Blocks) -> Tensor:
        z, columns = a.clone(), [i for block in chosen for i in block]
        z[columns] = b[columns]
        return z

    if len(components) == 1:
        return ()
    v = oracle(torch.stack([a, *(swapped((block,)) for block in components)]))
    rises = dict(zip(components, v[1:] - v[0], strict=True))

    def conflict(chosen: Blocks) -> bool:
        whole = oracle(swapped(chosen)[None])[0]
        alone = torch.stack([rises[block] for block in chosen])
        if torch.isinf(whole) or torch.isinf(alone).any():
            return bool(torch.isinf(whole)) != bool(torch.isinf(alone).any())
        size = whole.abs() + v[0].abs() + (alone + v[0]).abs().sum() + (2 + len(chosen)) * oracle.offset
        return bool((whole - v[0] - alone.sum()).abs() > rounding.bound(size))

    if not conflict(components):
        return ()
    low, high = 1, len(components)  # the first `low` components add up, the first `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if conflict(components[:middle]) else (middle, high)
    kept = components[:high]
    for block in components[: high - 1]:
        fewer = tuple(other for other in kept if other != block)
        if len(fewer) > 1 and conflict(fewer):
            kept = fewer
    return kept


def likely_points(z: Tensor, v: Tensor, count: int, generator: torch.Generator, log_q: Tensor) -> Tensor:
    """`count` points (count, d) drawn from z with weights (exp(−V)/q)^β, β as large as keeps them `count` different.

    β = 1 is the target itself; in high dimensions a pool has too few good points for that, and the tempered weights
    keep the points apart while leaning towards where V is low. InputError where V is infinite almost everywhere.
    """
    log_w = -v.double() - log_q.double()

    def tempered(beta: float) -> Tensor:
        return torch.where(torch.isfinite(log_w), beta * log_w, -torch.inf)

    def ess(beta: float) -> float:
        w = torch.softmax(tempered(beta), dim=0)
        return float(1 / w.square().sum())

    low, high = 0.0, 1.0
    finite = int(torch.isfinite(log_w).sum())
    if finite < count:
        raise InputError(
            f"V is NaN or infinite at all but {finite} of {len(z)} pilot points; check it, or change the scale"
        )
    if ess(1.0) < 4 * count:
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if ess(middle) >= 4 * count else (low, middle)
    else:
        low = 1.0
    weights = torch.softmax(tempered(low), dim=0) + 1e-300 * torch.isfinite(log_w)
    return z[torch.multinomial(weights, count, replacement=False, generator=generator)]

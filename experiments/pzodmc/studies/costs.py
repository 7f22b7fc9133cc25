"""Counting proposals, and the growth of costs with the dimension: geometric means, exponentials and powers."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from experiments.pzodmc.diffusion import posterior_sd
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.targets import Target
from experiments.pzodmc.tiles import CHUNK


def proposals_needed(
    target: Target, lowest: float, x: Tensor, t: float, accepted: int, generator: torch.Generator
) -> Tensor:
    """How many proposals each particle at x (n, d) makes until `accepted` have passed (n,), with no limit."""
    n, d = x.shape
    used, got = torch.zeros(n, dtype=torch.long), torch.zeros(n, dtype=torch.long)
    active = torch.arange(n)
    while len(active):
        size = max(16, CHUNK // len(active))
        z = posterior_sd(t) * torch.randn(len(active), size, d, generator=generator) + math.exp(t) * x[active, None]
        v = target.potential.function(z.view(-1, d)).view(len(active), size)
        passed = torch.rand(v.shape, generator=generator).log() <= lowest - v
        reached = got[active, None] + passed.cumsum(1)
        # Proposals behind the last one wanted were not needed.
        used[active] += (reached < accepted).sum(1) + (reached[:, -1] >= accepted)
        got[active] = reached[:, -1]
        active = active[reached[:, -1] < accepted]
    return used


def geometric(logs: Sequence[float]) -> dict[str, float]:
    """Geometric mean with its interval over seeds, from logarithms."""
    found = interval(logs)
    return {key: value if key == "seeds" else math.exp(value) for key, value in found.items()}


def fit(rows: dict[int, list[float]], power: bool) -> dict:
    """Least squares of log cost on b (an exponential: the slope is its rate) or on log b (a power: its exponent).

    A line a seed gives the slope's interval; r² is that of the means over seeds. rows: b → log cost a seed.
    """
    b = np.array(sorted(rows), dtype=float)
    x, y = np.log(b) if power else b, np.array([rows[int(k)] for k in b])
    lines = [np.polyfit(x, column, 1) for column in y.T]
    centre = y.mean(axis=1)
    left = centre - np.polyval(np.mean(lines, axis=0), x)
    return {
        "slope": interval([line[0] for line in lines]),
        "intercept": float(np.mean([line[1] for line in lines])),
        "r2": float(1 - left.var() / centre.var()),
    }

"""What a posterior of the comparison is, and the quadrature on a grid that gives its reference values."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Posterior:
    """front: how the sampler is asked (scale, bounds). means: name → function (m, d) → (m,); exact() gives their means
    and log Z.
    """

    name: str
    function: Function
    dim: int
    front: dict
    means: dict[str, Function]
    exact: Callable[[], tuple[dict[str, float], float]]


def grid(low: float, high: float, points: int) -> tuple[Tensor, float]:
    axis = torch.linspace(low, high, points, dtype=torch.float64)
    return axis, float(axis[1] - axis[0])


def above(axis: Tensor, cell: float, threshold: float) -> Tensor:
    """The share of each cell, `cell` wide around its point, that lies above the threshold."""
    return ((axis - threshold) / cell + 0.5).clamp(0, 1)


def read(v: Tensor, cell: float, functions: dict[str, Tensor]) -> tuple[dict[str, float], float]:
    """Means of functions on a grid with −log density v, and log Z."""
    w = torch.softmax(-v.flatten(), 0).view(v.shape)
    return {k: float((w * f).sum()) for k, f in functions.items()}, float(torch.logsumexp(-v.flatten(), 0)) + math.log(
        cell
    )

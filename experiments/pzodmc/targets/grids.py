"""Densities in one and two dimensions on a grid: draws by the inverse distribution, normalisation, shares of modes."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class Line:
    """exp(−curve) on [low, high], curve (m,) → (m,). Trapezoid rule: at 40,000 cells far below sampling noise."""

    def __init__(self, curve: Callable[[Tensor], Tensor], low: float, high: float, cells: int = 40_000):
        self.points = torch.linspace(low, high, cells + 1, dtype=torch.float64)
        value = curve(self.points)
        lowest = value.min()
        density = torch.exp(lowest - value)
        self.mass = torch.cat([density.new_zeros(1), torch.cumulative_trapezoid(density, self.points)])
        self.log_z = math.log(float(self.mass[-1])) - float(lowest)

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Independent draws, float64."""
        mass, points = self.mass.to(generator.device), self.points.to(generator.device)
        u = torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device) * mass[-1]
        right = torch.searchsorted(mass, u).clamp(1, len(points) - 1)
        low, high = mass[right - 1], mass[right]
        share = (u - low) / (high - low).clamp(min=1e-300)
        return points[right - 1] + share.clamp(0, 1) * (points[right] - points[right - 1])

    def shares(self, edges: Sequence[float]) -> Tensor:
        """(len(edges) + 1,): the probabilities of the intervals between ascending edges."""
        at = torch.tensor(edges, dtype=torch.float64)
        right = torch.searchsorted(self.points, at).clamp(1, len(self.points) - 1)
        share = (at - self.points[right - 1]) / (self.points[right] - self.points[right - 1])
        below = self.mass[right - 1] + share * (self.mass[right] - self.mass[right - 1])
        return torch.cat([below, self.mass[-1:]]).diff(prepend=below.new_zeros(1)) / self.mass[-1]


class Plane:
    """exp(−V) on the box [low, high]² of two dimensions, V (m, 2) → (m,), in cells × cells equal cells.

    A draw picks a cell by its mass at the centre and a uniform point inside it. That widens the density by the
    variance h²/12 of a cell of width h: keep h below a tenth of the narrowest mode's standard deviation.
    """

    def __init__(
        self,
        function: Callable[[Tensor], Tensor],
        low: tuple[float, float],
        high: tuple[float, float],
        cells: int = 1000,
    ):
        self.width = (torch.tensor(high) - torch.tensor(low)).double() / cells
        axes = [a + (torch.arange(cells, dtype=torch.float64) + 0.5) * h for a, h in zip(low, self.width, strict=True)]
        self.centres = torch.cartesian_prod(*axes)
        value = torch.cat([function(part) for part in self.centres.split(16_384)])
        lowest = value.min()
        self.density = torch.exp(lowest - value)
        self.log_z = math.log(float(self.density.sum() * self.width.prod())) - float(lowest)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        """(n, 2) float64."""
        device = generator.device
        mass = self.density.cumsum(0).to(device)
        u = torch.rand(n, 3, generator=generator, dtype=torch.float64, device=device)
        cell = torch.searchsorted(mass, u[:, 0] * mass[-1]).clamp(max=len(mass) - 1)
        return self.centres.to(device)[cell] + (u[:, 1:] - 0.5) * self.width.to(device)

    def shares(self, labels: Tensor, modes: int) -> Tensor:
        """(modes,): the probabilities of the labels (cells²,) of the centres."""
        mass = torch.bincount(labels, weights=self.density, minlength=modes)
        return mass / mass.sum()

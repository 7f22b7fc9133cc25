"""The φ⁴ chain: double wells coupled to their neighbours, exact by the transfer matrix."""

import math

import torch
from torch import Tensor

from ..oracle import Potential
from ..targets.target import Target, check_dim, check_positive

CELLS = 512
REACH = 3.0  # exp(−(9 − 1)²) is nothing


def phi4(dim: int = 32, coupling: float = 2.0) -> Target:
    """V = Σ (x_i² − 1)² + coupling/2 Σ (x_{i+1} − x_i)²: an open chain of lattice φ⁴.

    Exact draws: sums over the right ends of the chain from site to site (forward filtering), then the sites from left
    to right given their left neighbour (backward sampling), each in one of 512 cells, uniformly inside it. A point's
    places: the sign of the first site, then for each bond whether the sign changes (1) or not (0), a domain wall.
    """
    check_dim("phi4", dim, least=2)
    check_positive("phi4", coupling=coupling)
    width = 2 * REACH / CELLS
    grid = (torch.arange(CELLS, dtype=torch.float64) + 0.5) * width - REACH
    well = torch.exp(-((grid**2 - 1) ** 2))
    bond = torch.exp(-0.5 * coupling * (grid[:, None] - grid) ** 2)

    # right[i] (CELLS,): the sum over sites i + 1 … dim − 1 given site i, divided by its maximum, which goes to log_z.
    right, log_z = [torch.ones_like(grid)], dim * math.log(width)
    for _ in range(dim - 1):
        message = bond @ (well * right[0])
        log_z += math.log(float(message.max()))
        right.insert(0, message / message.max())
    log_z += math.log(float((well * right[0]).sum()))

    def exact(n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        u = torch.rand(n, dim, 2, generator=generator, dtype=torch.float64, device=device)
        cells = torch.empty(n, dim, dtype=torch.long, device=device)
        first = (well * right[0]).cumsum(0).to(device)
        cells[:, 0] = torch.searchsorted(first, u[:, 0, 0] * first[-1])
        for i in range(1, dim):
            mass = (bond * (well * right[i])).cumsum(dim=1).to(device)
            # Row j is the distribution given a left neighbour in cell j; behind one another the rows ascend.
            ladder = mass / mass[:, -1:] + torch.arange(CELLS, device=device)[:, None]
            left = cells[:, i - 1]
            place = torch.searchsorted(ladder.flatten(), left + u[:, i, 0])
            cells[:, i] = (place - left * CELLS).clamp(0, CELLS - 1)
        return grid.to(device)[cells] + (u[:, :, 1] - 0.5) * width

    def value(z: Tensor) -> Tensor:
        return (z * z - 1).square().sum(dim=1) + 0.5 * coupling * z.diff(dim=1).square().sum(dim=1)

    def labels(x: Tensor) -> Tensor:
        up = (x > 0).long()
        return torch.cat([up[:, :1], up.diff(dim=1).abs()], dim=1)

    walls = [0.5]  # by symmetry
    for i in range(dim - 1):
        # The chain read from its other end is the same chain: the sum over the left of site i is right[dim − 1 − i].
        pair = (well * right[dim - 1 - i])[:, None] * bond * (well * right[i + 1])
        half = CELLS // 2
        walls.append(float((pair[:half, half:].sum() + pair[half:, :half].sum()) / pair.sum()))
    share = torch.tensor(walls, dtype=torch.float64)
    return Target(
        "phi4",
        Potential(value, dim),
        exact,
        scale=1.0,
        log_z=log_z,
        labels=labels,
        label_weights=torch.stack([1 - share, share], dim=1),
    )

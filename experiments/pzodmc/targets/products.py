"""Independent coordinates: double wells, two-mode mixtures, many-well. V is a sum over coordinates, and says so."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..blocks import consecutive, singletons
from ..oracle import Potential
from ..targets.grids import Line
from ..targets.target import Target, check_dim, check_positive


def product(
    name: str,
    curve: Callable[[Tensor], Tensor],
    dim: int,
    reach: float,
    scale: float,
    block: int = 1,
    edges: Sequence[float] = (0.0,),
) -> Target:
    """Independent coordinates, each with potential `curve` (any shape → same shape), nothing beyond ±reach.

    A coordinate's mode is the interval between ascending `edges` it lies in.
    """
    check_dim(name, dim)
    check_positive(name, block=block)
    line, borders = Line(curve, -reach, reach), torch.tensor(edges, dtype=torch.float64)

    def value(z: Tensor) -> Tensor:
        return curve(z).sum(dim=1)

    blocks = consecutive(dim, block)
    return Target(
        name,
        Potential(value, dim, blocks, (value,) * len(blocks)),
        lambda n, generator: line.draw((n, dim), generator),
        scale,
        log_z=dim * line.log_z,
        labels=lambda x: torch.bucketize(x.double(), borders.to(x.device)),
        label_weights=line.shares(edges).repeat(dim, 1),
    )


def double_wells(dim: int, block: int = 1) -> Target:
    """V = Σ (x_i² − 1)²: two wells a coordinate, 2^dim in all. The first write-up's target."""
    return product("double_wells", lambda x: (x * x - 1) ** 2, dim, reach=5.0, scale=1.5, block=block)


def two_modes(dim: int, block: int = 1, distance: float = 4.0, left: float = 0.3) -> Target:
    """Each coordinate: left · N(−distance, 1) + (1 − left) · N(distance, 1)."""
    check_positive("two_modes", distance=distance, left=left, right=1 - left)

    def curve(x: Tensor) -> Tensor:
        a = math.log(left) - 0.5 * (x + distance) ** 2
        b = math.log(1 - left) - 0.5 * (x - distance) ** 2
        return -torch.logaddexp(a, b) + 0.5 * math.log(2 * math.pi)

    return product("two_modes", curve, dim, reach=distance + 9, scale=1.25 * distance, block=block)


def many_well(dim: int = 32) -> Target:
    """Pairs (x, y) with V = x⁴ − 6x² − x/2 + y²/2: dim/2 uneven double wells, 2^(dim/2) modes (Noé et al. 2019).

    The wells at x ≈ ∓1.7 hold about 15 and 85 per cent, parted by a barrier of 9.
    """
    check_dim("many_well", dim, least=2, multiple=2)

    def well(x: Tensor) -> Tensor:
        return ((x * x - 6) * x - 0.5) * x

    def bowl(y: Tensor) -> Tensor:
        return 0.5 * y * y

    line, pairs = Line(well, -4.0, 4.0), dim // 2

    def exact(n: int, generator: torch.Generator) -> Tensor:
        x = line.draw((n, pairs), generator)
        y = torch.randn(n, pairs, generator=generator, dtype=torch.float64, device=generator.device)
        return torch.stack([x, y], dim=2).flatten(1)

    functions = (lambda z: well(z[:, 0]), lambda z: bowl(z[:, 0])) * pairs
    return Target(
        "many_well",
        Potential(lambda z: (well(z[:, ::2]) + bowl(z[:, 1::2])).sum(dim=1), dim, singletons(dim), functions),
        exact,
        scale=1.5,
        log_z=pairs * (line.log_z + 0.5 * math.log(2 * math.pi)),
        labels=lambda x: (x[:, ::2] > 0).long(),
        label_weights=line.shares([0.0]).repeat(pairs, 1),
    )

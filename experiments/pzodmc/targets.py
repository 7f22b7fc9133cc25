"""Targets with exact ground truth: a potential, a sampler that owes nothing to it, blocks where V splits.

Adding one is one function that returns a `Target`. Exact draws come by construction or from the inverse of a
cumulative distribution on a grid, never from a Markov chain.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.pzodmc.blocks import consecutive
from experiments.pzodmc.oracle import Potential

# (n, generator) → (n, dim) float64 on the generator's device
Exact = Callable[[int, torch.Generator], Tensor]


@dataclass(frozen=True)
class Target:
    """`scale` is the standard deviation of a centred Gaussian pool that covers the target."""

    name: str
    potential: Potential
    exact: Exact
    scale: float
    log_z: float | None = None
    components: tuple[Sequence[float], Tensor, Tensor] | None = None  # of a mixture: weights, means, covariances

    @property
    def dim(self) -> int:
        return self.potential.dim


def product(name: str, curve: Callable[[Tensor], Tensor], dim: int, reach: float, scale: float, block: int = 1):
    """Independent coordinates, each with potential `curve` (any shape → same shape), nothing beyond ±reach."""
    grid = torch.linspace(-reach, reach, 40_001, dtype=torch.float64)
    density = torch.exp(-curve(grid))
    # Trapezoid rule; at 40,000 cells its error is far below sampling noise.
    mass = torch.cat([density.new_zeros(1), torch.cumulative_trapezoid(density, grid)])

    def exact(n: int, generator: torch.Generator) -> Tensor:
        u = torch.rand(n, dim, generator=generator, dtype=torch.float64, device=generator.device)
        total, points = mass.to(u.device), grid.to(u.device)
        u = u * total[-1]
        right = torch.searchsorted(total, u).clamp(1, len(points) - 1)
        low, high = total[right - 1], total[right]
        share = (u - low) / (high - low).clamp(min=1e-300)
        return points[right - 1] + share.clamp(0, 1) * (points[right] - points[right - 1])

    def value(z: Tensor) -> Tensor:
        return curve(z).sum(dim=1)

    blocks = consecutive(dim, block)
    potential = Potential(value, dim, blocks, (value,) * len(blocks))
    return Target(name, potential, exact, scale, log_z=dim * math.log(float(mass[-1])))


def double_wells(dim: int, block: int = 1) -> Target:
    """V = Σ (x_i² − 1)²: two wells a coordinate, 2^dim in all. The first write-up's target."""
    return product("double_wells", lambda x: (x * x - 1) ** 2, dim, reach=5.0, scale=1.5, block=block)


def two_modes(dim: int, block: int = 1, distance: float = 4.0, left: float = 0.3) -> Target:
    """Each coordinate: left · N(−distance, 1) + (1 − left) · N(distance, 1)."""

    def curve(x: Tensor) -> Tensor:
        a = math.log(left) - 0.5 * (x + distance) ** 2
        b = math.log(1 - left) - 0.5 * (x - distance) ** 2
        return -torch.logaddexp(a, b) + 0.5 * math.log(2 * math.pi)

    return product("two_modes", curve, dim, reach=distance + 9, scale=1.25 * distance, block=block)


def mixture(
    name: str, weights: Sequence[float], means: Sequence[Sequence[float]], covariances: Sequence, scale: float
) -> Target:
    """A Gaussian mixture: weights (k,), means (k, d), covariances (k, d, d). V is its exact −log density, so Z = 1."""
    w = torch.tensor(weights, dtype=torch.float64)
    mu = torch.tensor(means, dtype=torch.float64)
    root = torch.linalg.cholesky(torch.tensor(covariances, dtype=torch.float64))
    dim = mu.shape[1]
    whiten = torch.linalg.inv(root)
    log_scale = torch.log(w) - root.diagonal(dim1=1, dim2=2).log().sum(1) - 0.5 * dim * math.log(2 * math.pi)

    def value(z: Tensor) -> Tensor:
        a, shift = whiten.to(z), torch.einsum("kij,kj->ki", whiten, mu).to(z)
        terms = [c - 0.5 * (z @ a[k].T - shift[k]).square().sum(1) for k, c in enumerate(log_scale.to(z))]
        return -torch.logsumexp(torch.stack(terms), dim=0)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        k = torch.multinomial(w.to(device), n, replacement=True, generator=generator)
        noise = torch.randn(n, dim, generator=generator, dtype=torch.float64, device=device)
        return mu.to(device)[k] + torch.einsum("nij,nj->ni", root.to(device)[k], noise)

    covariance = root @ root.mT
    return Target(name, Potential(value, dim), exact, scale, log_z=0.0, components=(tuple(weights), mu, covariance))


def marginals(target: Target, blocks: Sequence[Sequence[int]]) -> Potential:
    """V of a mixture with its own exact block marginals as block functions, as the first implementation used them.

    They do not add up to V unless the blocks are independent: sampling them alone keeps each block's law and loses
    the dependence between blocks. PartialZODMC refuses them unless told verify=0.
    """
    if target.components is None:
        raise InputError(f"targets: the marginals of {target.name} are not known in closed form")
    weights, means, covariances = target.components
    parts = []
    for block in blocks:
        i = list(block)
        part = mixture("marginal", weights, means[:, i].tolist(), covariances[:, i][:, :, i].tolist(), target.scale)
        parts.append(part.potential.function)
    return replace(target.potential, blocks=tuple(map(tuple, blocks)), block_functions=tuple(parts))


def paper_mixture_2d() -> Target:
    """The 2-D mixture of the ZOD-MC paper."""
    return mixture(
        "paper_mixture_2d",
        weights=(0.1, 0.2, 0.3, 0.4),
        means=((0, 0), (0, 11), (9, 9), (11, 0)),
        covariances=(
            ((1, 0.5), (0.5, 1)),
            ((0.3, -0.2), (-0.2, 0.3)),
            ((1, 0.3), (0.3, 1)),
            ((1.2, -1), (-1, 1.2)),
        ),
        scale=10.0,
    )


def paper_mixture_5d() -> Target:
    """The 5-D mixture of the ZOD-MC paper."""
    return mixture(
        "paper_mixture_5d",
        weights=(0.25, 0.5, 0.25),
        means=((-4, -4, -3, -4, -4), (4, 3, 4, 2, 4), (-4, -2, -4, 4, -1)),
        covariances=(
            ((3, 2, 0, 0, 0), (2, 3, 0, 0, 0), (0, 0, 4, 2, 0), (0, 0, 2, 4, 0), (0, 0, 0, 0, 1)),
            ((9, 0, 7, 0, 0), (0, 1, 0, 0.4, 0), (7, 0, 9, 0, 0), (0, 0.4, 0, 1, 0), (0, 0, 0, 0, 1)),
            ((1, 0.4, 0, 0, 0), (0.4, 1, 0, 0, 0), (0, 0, 4, 3, 0), (0, 0, 3, 4, 0), (0, 0, 0, 0, 1)),
        ),
        scale=5.0,
    )


def joint_mixture(dim: int) -> Target:
    """Coupled blocks in any dimension: the paper's mixture in 2-D; else its 5-D one, repeated along the coordinates.

    The component is drawn once for all coordinates, so that even distant ones depend on each other.
    """
    if dim == 2:
        return paper_mixture_2d()
    if dim % 5:
        raise InputError(f"targets: a joint mixture has 2 or a multiple of 5 dimensions, got {dim}")
    weights, means, covariances = paper_mixture_5d().components
    times = dim // 5
    repeated = [torch.block_diag(*[c] * times).tolist() for c in covariances]
    return mixture(f"joint_mixture_{dim}d", weights, means.repeat(1, times).tolist(), repeated, scale=5.0)


def gaussian(mean: Sequence[float], sd: Sequence[float]) -> Target:
    """Independent N(mean_i, sd_i²): every posterior and score is known in closed form."""
    covariance = torch.diag_embed(torch.tensor([sd], dtype=torch.float64) ** 2).tolist()
    return mixture("gaussian", (1.0,), (tuple(mean),), covariance, scale=2 * max(map(abs, (*mean, *sd))))

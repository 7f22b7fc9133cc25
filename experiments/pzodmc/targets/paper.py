"""The targets of the ZOD-MC paper (He, Rojas, Tao, NeurIPS 2024): two mixtures, rings, Müller–Brown, jumps."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.pzodmc.oracle import Potential
from experiments.pzodmc.targets.grids import Line, Plane
from experiments.pzodmc.targets.mixtures import mixture
from experiments.pzodmc.targets.target import Target, constants


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
    if dim % 5 or dim < 5:
        raise InputError(f"targets: a joint mixture has 2 or a multiple of 5 dimensions, got {dim}")
    weights, means, covariances = paper_mixture_5d().components
    times = dim // 5
    repeated = torch.stack([torch.block_diag(*[c] * times) for c in covariances])
    return mixture(f"joint_mixture_{dim}d", weights, means.repeat(1, times), repeated, scale=5.0)


def ring(
    radii: Sequence[float] = (2.0, 4.0, 6.0), weights: Sequence[float] = (0.3, 0.4, 0.3), variance: float = 0.1
) -> Target:
    """Rings in the plane: Σ w_i exp(−(‖x‖ − r_i)²/(2 variance))/Z_i, each Z_i so that ring i has probability w_i.

    A point's mode is the nearest ring.
    """
    r, w = (torch.tensor(a, dtype=torch.float64) for a in (radii, weights))
    if len(r) != len(w) or not (r.diff() > 0).all() or not (w > 0).all() or abs(float(w.sum()) - 1) > 1e-6:
        raise InputError("targets: rings need ascending radii and as many positive weights that sum to 1")
    sd = math.sqrt(variance)
    # ∫ over the plane of exp(−(ρ − r)²/(2 sd²)) = 2π ∫ ρ exp(…) dρ, in closed form.
    around = variance * torch.exp(-0.5 * (r / sd) ** 2) + r * sd * math.sqrt(2 * math.pi) * torch.special.ndtr(r / sd)
    of = constants(r[:, None], torch.log(w / (2 * math.pi * around))[:, None])

    def height(rho: Tensor) -> Tensor:
        centre, c = of(rho)
        return torch.logsumexp(c - (rho - centre).square() / (2 * variance), dim=0)

    reach = float(r[-1]) + 12 * sd
    line = Line(lambda rho: -torch.log(2 * math.pi * rho) - height(rho), 0.0, reach)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        rho = line.draw((n,), generator)
        angle = 2 * math.pi * torch.rand(n, generator=generator, dtype=torch.float64, device=generator.device)
        return torch.stack([rho * angle.cos(), rho * angle.sin()], dim=1)

    edges = (r[1:] + r[:-1]) / 2
    return Target(
        "ring",
        Potential(lambda z: -height(torch.hypot(z[:, 0], z[:, 1])), 2),
        exact,
        scale=reach / 2.5,
        log_z=0.0,
        labels=lambda x: torch.bucketize(x.double().norm(dim=1, keepdim=True), edges.to(x.device)),
        label_weights=line.shares(edges.tolist())[None],
    )


def mueller_brown() -> Target:
    """The Müller–Brown surface with the paper's confinement, scale and temperature.

    V = β (V_MB(x) + 35.0136 (x₁ + .033923)² + 59.8399 (x₂ − .465694)²), β = .1, where x = (z − (3.5, −6.5))/5; three
    wells near z = (.39, .21), (3.27, −4.17), (6.15, −6.23). A point's mode is the nearest well.
    """
    a, p, q, s, x0, y0 = torch.tensor(
        [
            [-200, -100, -170, 15],
            [-1, -1, -6.5, 0.7],
            [0, 0, 11, 0.6],
            [-10, -10, -6.5, 0.7],
            [1, 0, -0.5, -1],
            [0, 0.5, 1.5, 1],
        ],
        dtype=torch.float64,
    )[:, :, None]
    of = constants(a, p, q, s, x0, y0)

    def value(z: Tensor) -> Tensor:
        a, p, q, s, x0, y0 = of(z)
        x, y = (z[:, 0] - 3.5) / 5, (z[:, 1] + 6.5) / 5
        u, v = x - x0, y - y0
        wells = (a * torch.exp((p * u + q * v) * u + s * v * v)).sum(dim=0)
        return 0.1 * (wells + 35.0136 * (x + 0.033923) ** 2 + 59.8399 * (y - 0.465694) ** 2)

    minima = torch.tensor([[0.39, 0.21], [3.27, -4.17], [6.15, -6.23]], dtype=torch.float64)

    def nearest(x: Tensor) -> Tensor:
        return torch.cdist(x.double(), minima.to(x.device)).argmin(dim=1, keepdim=True)

    # Less than 1e-12 of the mass lies outside; cells are .02 wide, the wells .5 and more.
    plane = Plane(value, low=(-8.0, -12.0), high=(11.0, 5.0))
    return Target(
        "mueller_brown",
        Potential(value, 2),
        plane.draw,
        scale=4.5,
        log_z=plane.log_z,
        labels=nearest,
        label_weights=plane.shares(nearest(plane.centres)[:, 0], 3)[None],
    )


def discontinuous() -> Target:
    """The paper's 2-D mixture plus ⌊8‖x‖⌋ where 5 ≤ ‖x‖ ≤ 10: jumps of 40 … 80 that no gradient shows.

    The modes at distance 11 lose what lies in the annulus. Exact draws: the mixture's, kept with probability exp(−jump).
    """
    base = paper_mixture_2d()

    def jump(x: Tensor) -> Tensor:
        rho = torch.hypot(x[:, 0], x[:, 1])
        return torch.where((rho >= 5) & (rho <= 10), torch.floor(8 * rho), torch.zeros_like(rho))

    def exact(n: int, generator: torch.Generator) -> Tensor:
        kept = torch.empty(0, 2, dtype=torch.float64, device=generator.device)
        while len(kept) < n:
            x = base.exact(2 * (n - len(kept)), generator)
            u = torch.rand(len(x), generator=generator, dtype=torch.float64, device=generator.device)
            kept = torch.cat([kept, x[u < torch.exp(-jump(x))]])
        return kept[:n]

    def value(z: Tensor) -> Tensor:
        return base.potential.function(z) + jump(z)

    points, area = _polar(step=1 / 8, reach=20.0)
    mass = area * torch.exp(-value(points))
    shares = torch.bincount(base.labels(points)[:, 0], weights=mass, minlength=4) / mass.sum()
    return Target(
        "discontinuous",
        Potential(value, 2),
        exact,
        base.scale,
        log_z=math.log(float(mass.sum())),
        labels=base.labels,
        label_weights=shares[None],
    )


def _polar(step: float, reach: float, nodes: int = 4, angles: int = 512) -> tuple[Tensor, Tensor]:
    """Points (m, 2) and areas (m,): four Gauss–Legendre nodes in each shell of width `step`, equal angles.

    The jumps lie between shells, so the rule sees a smooth function in each.
    """
    # The nodes ±√(3/7 ∓ (2/7)√(6/5)) of order 4 and their weights.
    inner, outer = (math.sqrt(3 / 7 - sign * 2 / 7 * math.sqrt(6 / 5)) for sign in (1, -1))
    t = torch.tensor([-outer, -inner, inner, outer], dtype=torch.float64)
    w = (18 + math.sqrt(30) * torch.tensor([-1, 1, 1, -1], dtype=torch.float64)) / 36
    shells = torch.arange(round(reach / step), dtype=torch.float64)[:, None]
    rho = (step * (shells + 0.5 + t / 2)).flatten()
    thickness = (step / 2 * w).repeat(len(shells))
    angle = 2 * math.pi * torch.arange(angles, dtype=torch.float64) / angles
    points = torch.stack([rho[:, None] * angle.cos(), rho[:, None] * angle.sin()], dim=2).reshape(-1, 2)
    return points, (rho * thickness * 2 * math.pi / angles).repeat_interleave(angles)

"""Two surfaces in the plane from the ZOD-MC paper: rings and Müller–Brown."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..errors import InputError
from ..oracle import Potential
from ..targets.grids import Line, Plane
from ..targets.target import Target, check_positive, constants


def ring(
    radii: Sequence[float] = (2.0, 4.0, 6.0), weights: Sequence[float] = (0.3, 0.4, 0.3), variance: float = 0.1
) -> Target:
    """Rings in the plane: Σ w_i exp(−(‖x‖ − r_i)²/(2 variance))/Z_i, each Z_i so that ring i has probability w_i.

    A point's mode is the nearest ring.
    """
    check_positive("ring", variance=variance)
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

    # Less than 1e-12 of the mass lies outside; cells are .02 wide, the wells .25 and more.
    plane = Plane(value, low=(-8.0, -12.0), high=(11.0, 5.0), cells=800)
    return Target(
        "mueller_brown",
        Potential(value, 2),
        plane.draw,
        scale=4.5,
        log_z=plane.log_z,
        labels=nearest,
        label_weights=plane.shares(nearest(plane.centres)[:, 0], 3)[None],
    )

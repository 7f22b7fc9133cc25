"""A potential with jumps, from the ZOD-MC paper: what only values of V can sample."""

import math

import torch
from torch import Tensor

from ..oracle import Potential
from ..targets.paper import paper_mixture_2d
from ..targets.target import Target


def discontinuous() -> Target:
    """The paper's 2-D mixture plus ⌊8‖x‖⌋ where 5 ≤ ‖x‖ ≤ 10: jumps of 40 … 80 that no gradient shows.

    The modes at distance 11 lose what lies in the annulus. Exact draws: the mixture's, kept with probability
    exp(−jump).
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


def _polar(step: float, reach: float, nodes: int = 4, angles: int = 256) -> tuple[Tensor, Tensor]:
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

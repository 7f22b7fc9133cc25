"""One mode, but of a shape that no Gaussian has: Neal's funnel and the banana."""

import math

import torch
from torch import Tensor

from ..blocks import consecutive
from ..oracle import Potential
from ..targets.target import Target, check_dim, check_positive


def funnel(dim: int = 10, sd: float = 3.0) -> Target:
    """Neal's funnel (2003): v ~ N(0, sd²), x_i | v ~ N(0, e^v). Coordinate 0 is v.

    Its places are the quarters of v: neck, two parts of the body, mouth.
    """
    check_dim("funnel", dim, least=2)
    check_positive("funnel", sd=sd)
    edges = sd * torch.special.ndtri(torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64))

    def value(z: Tensor) -> Tensor:
        v, x = z[:, 0], z[:, 1:]
        return 0.5 * ((v / sd) ** 2 + x.square().sum(dim=1) * torch.exp(-v) + (dim - 1) * v)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        z = torch.randn(n, dim, generator=generator, dtype=torch.float64, device=generator.device)
        z[:, :1] *= sd
        z[:, 1:] *= torch.exp(z[:, :1] / 2)
        return z

    return Target(
        "funnel",
        Potential(value, dim),
        exact,
        # No Gaussian covers it; with this one 3 % of the draws lie out in the mouth.
        scale=5 * sd,
        log_z=math.log(sd) + 0.5 * dim * math.log(2 * math.pi),
        labels=lambda x: torch.bucketize(x[:, :1].double().contiguous(), edges.to(x.device)),
        label_weights=torch.full((1, 4), 0.25, dtype=torch.float64),
    )


def banana(dim: int = 10, sd: float = 2.0, bend: float = 0.5, thickness: float = 0.5) -> Target:
    """Pairs of a twisted Gaussian (Haario et al. 1999): x ~ N(0, sd²), y | x ~ N(bend (x² − sd²), thickness²).

    A pair's place is the arm that it lies on: x < 0 or x > 0.
    """
    check_dim("banana", dim, least=2, multiple=2)
    check_positive("banana", sd=sd, thickness=thickness)
    blocks = consecutive(dim, 2)

    def value(z: Tensor) -> Tensor:
        x, y = z[:, ::2], z[:, 1::2]
        across = (y - bend * (x * x - sd * sd)) / thickness
        return 0.5 * ((x / sd).square() + across.square()).sum(dim=1)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        z = torch.randn(n, dim, generator=generator, dtype=torch.float64, device=generator.device)
        z[:, ::2] *= sd
        z[:, 1::2] = thickness * z[:, 1::2] + bend * (z[:, ::2] ** 2 - sd * sd)
        return z

    return Target(
        "banana",
        Potential(value, dim, blocks, (value,) * len(blocks)),
        exact,
        scale=1.5 * abs(bend) * sd * sd + sd + thickness,
        log_z=len(blocks) * math.log(2 * math.pi * sd * thickness),
        labels=lambda x: (x[:, ::2] > 0).long(),
        label_weights=torch.full((len(blocks), 2), 0.5, dtype=torch.float64),
    )

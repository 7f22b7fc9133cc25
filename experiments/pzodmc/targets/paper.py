"""The Gaussian mixtures of the ZOD-MC paper (He, Rojas, Tao, NeurIPS 2024), and its 5-D one in more dimensions."""

import torch

from ..errors import InputError
from ..targets.mixtures import mixture
from ..targets.target import Target


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

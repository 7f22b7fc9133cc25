"""Even points of the reference: each has its law, and fewer of them leave out no larger place."""

import math

import pytest
import torch
from scipy import stats

from experiments.pzodmc.reference import as_good_as, even_normals

EQUALLY = 4096  # independent points


def test_every_point_has_the_law_of_the_reference(seeded):
    """One point of each of 1,500 sequences: Kolmogorov–Smirnov for place and product, one false alarm in 2,000 runs."""
    g = seeded(1)
    y = torch.cat([even_normals(16, 3, g)[:1] for _ in range(1500)])
    for values in (y[:, 0], y[:, 2]):
        assert stats.kstest(values.numpy(), "norm").pvalue > 1e-4
    angles = torch.atan2(y[:, 0], y[:, 1]) / math.pi
    assert stats.kstest(angles.numpy(), "uniform", args=(-1, 2)).pvalue > 1e-4


@pytest.mark.parametrize("dim", [2, 3, 4, 5])
def test_fewer_points_meet_a_small_ball_as_often(seeded, dim):
    """A ball of share 3/4096 about a typical point is missed in 5 % of runs by independent points, and here in no more:
    300 runs at four standard errors.
    """
    g, size, missed, runs = seeded(dim), as_good_as(EQUALLY, dim), 0, 300
    ball = math.pi ** (dim / 2) / math.gamma(dim / 2 + 1)
    for _ in range(runs):
        centre = 0.7 * torch.randn(1, dim, generator=g, dtype=torch.float64)
        density = math.exp(-float(centre.square().sum()) / 2) / (2 * math.pi) ** (dim / 2)
        radius = (3 / EQUALLY / density / ball) ** (1 / dim)
        missed += not bool(((even_normals(size, dim, g) - centre).norm(dim=1) < radius).any())
    assert missed <= runs * 0.05 + 4 * math.sqrt(runs * 0.05 * 0.95)
    assert size < EQUALLY or dim >= 5


def test_parts_of_the_points_are_samples(seeded):
    """Halves are used as independent ones are: each spreads over both sides of every axis."""
    y = even_normals(2048, 3, seeded(7))
    for half in (y[::2], y[1::2], y[:1024], y[1024:]):
        assert bool(((half > 0).double().mean(dim=0) - 0.5).abs().max() < 4.5 * 0.5 / math.sqrt(1024))

"""The scores against cases with a known answer, and their floors."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from experiments.errors import InputError
from experiments.pzodmc import metrics, targets


def test_w2_of_a_shift_is_the_shift(seeded):
    x = torch.randn(200, 3, generator=seeded())
    shift = torch.tensor([3.0, 4.0, 0.0])
    shuffled = (x + shift)[torch.randperm(200, generator=seeded())]
    assert math.isclose(metrics.w2(x, shuffled), 5.0, rel_tol=1e-5)


def test_sliced_w2_of_a_shift_is_the_shift_over_root_d(seeded):
    """Projected on a random direction a shift keeps 1/d of its square on average."""
    x = torch.randn(500, 4, generator=seeded(), dtype=torch.float64)
    value = metrics.sliced_w2(x, x + torch.tensor([2.0, 0, 0, 0]), directions=4000)
    assert math.isclose(value, 1.0, rel_tol=0.05)


@pytest.mark.parametrize("score", list(metrics.SCORES))
def test_scores_are_symmetric_and_see_a_shift(seeded, score):
    function = metrics.SCORES[score]
    target = targets.double_wells(3)
    x, y = target.exact(300, seeded(1)), target.exact(300, seeded(2))
    assert math.isclose(function(x, y), function(y, x), rel_tol=0.2, abs_tol=2e-3)
    assert function(x + 0.7, y) > 1.5 * abs(function(x, y))


def test_unbiased_mmd_is_zero_on_average(seeded):
    target, g = targets.double_wells(2), seeded(5)
    values = np.array([metrics.mmd2(target.exact(100, g), target.exact(100, g), bandwidth=1.0) for _ in range(200)])
    assert abs(values.mean()) < 4 * values.std() / math.sqrt(len(values))
    assert (values < 0).any()


def test_mmd_of_gaussians_is_the_known_one(seeded):
    """N(0, 1) against N(a, 1), kernel width h: 2 h/√(h² + 2) (1 − exp(−a²/(2(h² + 2))))."""
    g, a, h = seeded(6), 1.0, 1.0
    x, y = torch.randn(4000, 1, generator=g), torch.randn(4000, 1, generator=g) + a
    known = 2 * h / math.sqrt(h * h + 2) * (1 - math.exp(-a * a / (2 * (h * h + 2))))
    assert math.isclose(metrics.mmd2(x, y, bandwidth=h), known, rel_tol=0.1)


def test_paper_mmd_sums_ten_gaussian_kernels(seeded):
    """The shortcut of squaring one kernel against the plain sum."""
    x, y = torch.randn(30, 2, generator=seeded(1)).double(), torch.randn(40, 2, generator=seeded(2)).double() * 2

    def plain(a, b):
        r2 = (a[:, None] - b[None]).square().sum(-1)
        return sum(float(torch.exp(-r2 / (2 * 2.0**k)).mean()) for k in range(-2, 8))

    assert math.isclose(metrics.paper_mmd(x, y), plain(x, x) + plain(y, y) - 2 * plain(x, y), rel_tol=1e-9)


def test_permutation_p_values_are_uniform_when_nothing_differs(seeded):
    target, g = targets.double_wells(2), seeded(7)
    p = [metrics.permutation_test(target.exact(40, g), target.exact(40, g), g, 99) for _ in range(150)]
    assert kstest(p, "uniform").pvalue > 1e-3
    assert metrics.permutation_test(target.exact(40, g), target.exact(40, g) + 2, g, 99) == pytest.approx(0.01)


def test_the_interval_is_students():
    got = metrics.interval([1.0, 2.0, 3.0])
    assert got["value"] == 2 and got["seeds"] == 3
    assert math.isclose(got["high"] - 2, 4.302653 / math.sqrt(3), rel_tol=1e-5)
    assert metrics.interval([5.0])["low"] == 5.0


@pytest.mark.parametrize("factory", [targets.double_wells, targets.two_modes])
def test_exact_draws_have_the_moments_of_the_density(seeded, factory):
    target = factory(1)
    grid = torch.linspace(-12, 12, 20_001, dtype=torch.float64)
    density = torch.exp(-target.potential.function(grid[:, None]))
    mass = torch.trapezoid(density, grid)
    assert math.isclose(float(mass.log()), target.log_z, abs_tol=1e-6)
    x = target.exact(200_000, seeded(3))[:, 0]
    for power in (1, 2, 4):
        known = float(torch.trapezoid(density * grid**power, grid) / mass)
        spread = float((x**power).std()) / math.sqrt(len(x))
        assert abs(float((x**power).mean()) - known) < 5 * spread


@pytest.mark.parametrize("factory", [targets.paper_mixture_2d, targets.paper_mixture_5d])
def test_a_mixtures_potential_is_normalised_and_agrees_with_its_exact_draws(seeded, factory):
    """∫ exp(−V) = 1, and moments weighted by exp(−V) are those of the exact draws."""
    target = factory()
    pool = torch.randn(400_000, target.dim, generator=seeded(5), dtype=torch.float64) * target.scale
    log_w = 0.5 * (pool / target.scale).square().sum(1) - target.potential.function(pool)
    weight = log_w.exp() * (target.scale * math.sqrt(2 * math.pi)) ** target.dim
    assert math.isclose(float(weight.mean()), 1.0, rel_tol=0.05)
    x = target.exact(100_000, seeded(4))
    share = weight / weight.sum()
    torch.testing.assert_close((share[:, None] * pool).sum(0), x.mean(0), atol=0.25, rtol=0.05)
    torch.testing.assert_close((share[:, None] * pool**2).sum(0), (x**2).mean(0), atol=0.25, rtol=0.05)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: metrics.w2(x, x[:5]),
        lambda x: metrics.mmd2(x, x[:, :1]),
        lambda x: metrics.sliced_w2(x, x * math.nan),
        lambda x: metrics.paper_mmd(x[0], x[0]),
        lambda x: metrics.interval([1.0, math.nan]),
    ],
)
def test_bad_sets_are_input_errors(seeded, call):
    with pytest.raises(InputError):
        call(torch.randn(10, 2, generator=seeded()))

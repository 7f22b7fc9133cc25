"""The process, its time grids and its bridge, against what can be computed by hand."""

import math

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import diffusion


def test_score_of_a_gaussian_is_the_known_one():
    """x_0 ~ N(m, v): x_t is Gaussian, and so is its posterior, whose mean must give back the exact score."""
    m, v, t = 1.5, 0.4, 0.7
    s, sigma = diffusion.noising(t)
    x = torch.linspace(-3, 3, 11, dtype=torch.float64)[:, None]
    mean = (m / v + math.exp(t) * x / diffusion.posterior_sd(t) ** 2) / (1 / v + 1 / diffusion.posterior_sd(t) ** 2)
    known = (s * m - x) / (s * s * v + sigma**2)
    torch.testing.assert_close(diffusion.score(x, mean, t), known)


def test_noising_keeps_unit_variance_and_composes():
    for t, u in [(0.1, 0.4), (1.0, 2.0)]:
        s, sigma = diffusion.noising(t)
        r, rho = diffusion.noising(u)
        both_s, both_sigma = diffusion.noising(t + u)
        assert math.isclose(s * s + sigma * sigma, 1)
        assert math.isclose(r * s, both_s)
        assert math.isclose((r * sigma) ** 2 + rho**2, both_sigma**2)


@pytest.mark.parametrize("to", [0.9, 0.3, 0.01])
def test_bridge_has_the_marginal_of_the_forward_process(seeded, to):
    """z ~ anything, x_t | z forward, then x_to by the bridge: x_to | z must be N(s' z, 1 − s'²), jointly with x_t."""
    g, n, t = seeded(1), 400_000, 1.0
    z = torch.full((n, 1), 2.0, dtype=torch.float64)
    s, sigma = diffusion.noising(t)
    x = s * z + sigma * torch.randn(n, 1, generator=g, dtype=torch.float64)
    y = diffusion.bridge(x, z, t, to, torch.randn(n, 1, generator=g, dtype=torch.float64))
    s_to, sigma_to = diffusion.noising(to)
    assert abs(float(y.mean()) - 2 * s_to) < 5 * sigma_to / math.sqrt(n)
    assert abs(float(y.var()) / sigma_to**2 - 1) < 5 * math.sqrt(2 / n)
    covariance = float(((y - y.mean()) * (x - x.mean())).mean())
    assert abs(covariance - math.exp(-(t - to)) * sigma_to**2) < 5 * sigma_to * sigma / math.sqrt(n)


def test_two_bridges_are_one(seeded):
    """From t to u to w has the moments of from t to w: the bridge makes no discretisation error."""
    z, x = torch.tensor([[0.7]], dtype=torch.float64), torch.tensor([[-0.4]], dtype=torch.float64)
    t, u, w = 1.2, 0.5, 0.1
    zero, one = torch.zeros(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)

    def affine(to, t, x):
        """x_to = a + b x_t + c ξ."""
        a = diffusion.bridge(torch.zeros_like(x), z, t, to, zero)
        return a, diffusion.bridge(one, z, t, to, zero) - a, diffusion.bridge(torch.zeros_like(x), z, t, to, one) - a

    a1, b1, c1 = affine(u, t, x)
    a2, b2, c2 = affine(w, u, x)
    a, b, c = affine(w, t, x)
    torch.testing.assert_close(a2 + b2 * a1, a)
    torch.testing.assert_close(b2 * b1, b)
    torch.testing.assert_close((b2 * c1) ** 2 + c2**2, c**2)


def test_exponential_integrator_is_exact_for_a_frozen_score():
    """dx/dτ = x + 2c from x has the solution e^h x + 2 (e^h − 1) c."""
    x, c = torch.tensor([[1.0]], dtype=torch.float64), torch.tensor([[0.3]], dtype=torch.float64)
    fine, pieces = x.clone(), 1000
    for k in range(pieces):
        t = 1.0 - 0.5 * k / pieces
        fine = diffusion.reverse_step(fine, c, t, t - 0.5 / pieces, torch.zeros_like(x))
    torch.testing.assert_close(fine, diffusion.reverse_step(x, c, 1.0, 0.5, torch.zeros_like(x)))


def test_paper_grid_is_geometric_below_one_and_linear_above():
    times = diffusion.paper_grid(24, 2.0, 5e-3)
    assert len(times) == 25
    assert times[0] == 2.0 and math.isclose(times[-1], 5e-3)
    assert all(a > b for a, b in zip(times, times[1:], strict=False))
    up = times[::-1]
    steps = [(b - a) / min(1.0, a) for a, b in zip(up, up[1:], strict=False)]
    assert all(math.isclose(s, steps[0], rel_tol=1e-6) for s in steps)


def test_log_grid_is_uniform_in_the_posteriors_log_variance():
    logs = [math.log(diffusion.posterior_sd(t)) for t in diffusion.log_grid(5, 0.6, 0.02)]
    gaps = [a - b for a, b in zip(logs, logs[1:], strict=False)]
    assert all(math.isclose(gap, gaps[0]) for gap in gaps)
    assert math.isclose(diffusion.log_grid(5, 0.6, 0.02)[0], 0.6)


@pytest.mark.parametrize("given", [(0, 2.0, 0.1), (5, 0.1, 2.0), (5, 2.0, 0.0), (5, math.inf, 0.1)])
def test_an_impossible_grid_is_an_input_error(given):
    with pytest.raises(InputError, match="time grid"):
        diffusion.paper_grid(*given)

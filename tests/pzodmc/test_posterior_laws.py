"""Rejection and i-SIR draw from the posterior p(z | x_t), known in closed form for a Gaussian V."""

import math

import pytest
import torch
from scipy.stats import kstest

from experiments.pzodmc import targets
from experiments.pzodmc.diffusion import posterior_sd
from experiments.pzodmc.isir import isir
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.rejection import Floor, find_floor, reject

MEAN, SD, T, AT = 1.0, 0.6, 0.5, 0.3
# Each test here fails by chance about once in so many seeds; the seeds are fixed.
ERROR_RATE = 1e-3


def known_posterior():
    """Mean and standard deviation of p(z | x_T = AT) for z ~ N(MEAN, SD²)."""
    precision = 1 / SD**2 + 1 / posterior_sd(T) ** 2
    return (MEAN / SD**2 + math.exp(T) * AT / posterior_sd(T) ** 2) / precision, precision**-0.5


def test_accepted_proposals_follow_the_known_posterior(seeded):
    g = seeded(3)
    oracle, floor = Oracle(targets.gaussian([MEAN], [SD]).potential), Floor()
    find_floor(oracle, floor, 4.0, g, torch.float64)
    x = torch.full((4000, 1), AT, dtype=torch.float64)
    got = reject(oracle, floor, x, T, 400, 1, g)
    assert int(got.count.min()) > 0
    mean, sd = known_posterior()
    assert kstest(got.one[:, 0].numpy(), "norm", args=(mean, sd)).pvalue > ERROR_RATE
    error = (got.mean[:, 0] - mean) * got.count.sqrt() / sd
    assert abs(float(error.mean())) < 4 / math.sqrt(len(x))


def test_the_floor_search_finds_the_minimum_without_gradients(seeded):
    for dim in (1, 5, 30):
        oracle, floor = Oracle(targets.double_wells(dim).potential), Floor()
        find_floor(oracle, floor, 1.5, seeded(), torch.float64)
        assert 0 <= floor.value < 0.05 * dim


def test_a_falling_floor_restarts_the_counts(seeded):
    """With a floor far too high at first, nothing accepted against it may survive."""
    g = seeded(5)
    oracle, floor = Oracle(targets.gaussian([MEAN], [SD]).potential), Floor(value=3.0)
    got = reject(oracle, floor, torch.full((4000, 1), AT, dtype=torch.float64), T, 512, None, g)
    mean, sd = known_posterior()
    assert floor.value < 0.5
    assert kstest(got.one[:, 0].numpy(), "norm", args=(mean, sd)).pvalue > ERROR_RATE


@pytest.mark.parametrize("candidates", [1, 2, 8, 64])
def test_isir_leaves_the_posterior_invariant(seeded, candidates):
    """Start from exact draws of the posterior; after three steps they must still be exact, for any N ≥ 1."""
    g, n = seeded(candidates), 4000
    oracle = Oracle(targets.gaussian([MEAN], [SD]).potential)
    mean, sd = known_posterior()
    x = torch.full((n, 1), AT, dtype=torch.float64)
    start = mean + sd * torch.randn(n, 1, generator=g, dtype=torch.float64)
    z, v = start, oracle(start)
    for _ in range(3):
        chosen = isir(lambda points, owner: oracle(points), x, T, (z, v), candidates, g)
        z, v = chosen.z, chosen.v
    assert kstest(z[:, 0].numpy(), "norm", args=(mean, sd)).pvalue > ERROR_RATE
    assert float((z != start).double().mean()) > 0.2  # it moves
    torch.testing.assert_close(v, oracle(z))


def test_the_effective_number_of_equal_weights_is_their_number(seeded):
    flat = Oracle(Potential(lambda z: torch.zeros(len(z), dtype=z.dtype), 2))
    x = torch.zeros(10, 2, dtype=torch.float64)
    chosen = isir(lambda points, owner: flat(points), x, T, None, 16, seeded())
    torch.testing.assert_close(chosen.ess, torch.full((10,), 16.0, dtype=torch.float64))


def test_isir_asks_for_each_particles_own_conditional(seeded):
    """The owner argument tells an energy which particle a row is for: here each has its own Gaussian."""
    n, centres = 3000, torch.linspace(-2, 2, 3000, dtype=torch.float64)
    x = torch.zeros(n, 1, dtype=torch.float64)

    def energy(z, owner):
        return 50 * (z[:, 0] - centres[owner]) ** 2

    chosen = isir(energy, x, 1.0, None, 200, seeded(2))
    assert float((chosen.z[:, 0] - centres).abs().mean()) < 0.12

"""The tempered population: its moves keep the target, its estimates cover, its coordinates are a bijection."""

import math

import pytest
import torch

from experiments.pzodmc import Potential, targets
from experiments.pzodmc.driver import find_driver
from experiments.pzodmc.metrics import permutation_test
from experiments.pzodmc.moves import Population
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.plan import Plan
from experiments.pzodmc.population import fit_mixture, independence, with_long_axis
from experiments.pzodmc.tempered import settle
from experiments.pzodmc.walks import stretch, sweep, walk

LEVEL = 0.01


def unit(target):
    """Its potential in units of its scale, log Z kept."""
    s = target.scale
    return Potential(lambda y: target.potential.function(y * s) - target.dim * math.log(s), target.dim)


@pytest.mark.parametrize("move", ["differences", "local", "stretch", "blocks", "mixture"])
def test_every_move_leaves_the_target_invariant(seeded, move):
    target = targets.paper_mixture_2d()
    both, oracle, g = target.exact(1600, seeded(1)), Oracle(target.potential), seeded(2)
    y, others = both[:800], both[800:]
    e, q = oracle(y), fit_mixture(others, 4, g)
    start = y
    for _ in range(6):
        if move == "blocks":
            y, e = sweep(oracle, y, e, ((0,), (1,)), others.std(dim=0), 0.5, 4, g)
        elif move == "mixture":
            y, e, _ = independence(oracle, q, y, e, 2, g)
        elif move == "stretch":
            y, e = stretch(oracle, y, e, others, g)
        else:
            y, e = walk(oracle, y, e, others, q if move == "local" else None, g)
    assert float((y != start).any(dim=1).double().mean()) > 0.5
    torch.testing.assert_close(e, oracle(y))
    assert permutation_test(y, target.exact(800, seeded(3)), seeded(4)) > LEVEL


def test_a_drivers_coordinates_are_a_bijection_with_its_slope(seeded):
    """Neal's funnel: the driver is v, in its coordinates the rest is standard normal, and the slope is the
    Jacobian's.
    """
    y = targets.funnel(5).exact(2000, seeded(5))
    driver = find_driver(y)
    assert driver.which == 0
    u = driver.to_u(y)
    torch.testing.assert_close(driver.to_y(u), y, rtol=1e-6, atol=1e-8)
    assert (u[:, 1:].std(0) - 1).abs().max() < 0.1
    for row in u[:3]:
        jacobian = torch.autograd.functional.jacobian(lambda r: driver.to_y(r[None])[0], row)
        assert math.isclose(
            float(torch.linalg.slogdet(jacobian)[1]), float(driver.log_slope(row[None])[0]), abs_tol=1e-8
        )
    assert find_driver(torch.randn(2000, 5, generator=seeded(6), dtype=torch.float64)) is None


def test_the_error_of_log_z_covers(seeded):
    """At two standard errors, 95 %: of 3 × 12 runs at least 90 % must cover; by chance fewer do so once in some 200."""
    hits = runs = 0
    for target in (targets.paper_mixture_2d(), targets.double_wells(1), targets.two_modes(2)):
        for seed in range(12):
            found = settle(
                Oracle(unit(target)), (tuple(range(target.dim)),), Plan(population=400, pool=2048), seeded(seed)
            )
            hits += abs(found.log_z - target.log_z) <= 2 * found.log_z_error
            runs += 1
    assert hits >= 0.9 * runs


def test_the_bias_of_log_z_falls_with_the_population(seeded):
    """Adaptive stages: the mean error of the tempered estimate over runs is within noise of 0, and smaller for
    larger N.
    """
    target = targets.gaussian([0.3, -0.2], [0.05, 0.05])

    def errors(size):
        found = []
        for seed in range(10):
            plan = Plan(population=size, pool=2 * size, most_rounds=0)
            result = settle(Oracle(unit(target)), ((0, 1),), plan, seeded(seed))
            found.append(result.log_z - target.log_z)
        return torch.tensor(found, dtype=torch.float64)

    small, large = errors(64), errors(512)
    assert abs(float(large.mean())) < 4 * float(large.std()) / math.sqrt(10) + 0.02
    assert float(large.square().mean()) < float(small.square().mean())


def test_halves_that_disagree_and_starts_that_are_remembered_are_told(seeded):
    """Two modes far apart, hardly any moves: the warning, not silence."""
    covariance = ((0.0025, 0.0), (0.0, 0.0025))
    target = targets.mixture("two", (0.8, 0.2), ((-5, -5), (5, 5)), (covariance, covariance), scale=6.0)
    plan = Plan(population=200, pool=256, most_rounds=1, walks=0, components=1)
    found = settle(Oracle(unit(target)), ((0, 1),), plan, seeded(7))
    assert found.warnings


def test_students_tails_are_drawn_as_their_density_says(seeded):
    """On a grid the density sums to 1, and shares beyond three widths are those of the draws."""
    z = torch.randn(400, 2, generator=seeded(11), dtype=torch.float64)
    q = with_long_axis(fit_mixture(z, 3, seeded(12)), z, 0)
    assert q.heavy == 2
    axis = torch.linspace(-60, 60, 1201, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    mass = q.log_density(grid).exp() * float(axis[1] - axis[0]) ** 2
    assert math.isclose(float(mass.sum()), 1.0, abs_tol=2e-3)
    x = q.draw(100_000, seeded(13))
    for column in range(2):
        share = float((mass * (grid[:, column].abs() > 3.05)).sum())
        seen = float((x[:, column].abs() > 3.05).double().mean())
        assert abs(seen - share) < 5 * math.sqrt(share / len(x))


def test_a_mode_met_once_is_not_lost(seeded):
    """All particles in the wide one of two equal modes, a single call of V in the narrow one: the shares are mended."""
    target = targets.mixture("two", (0.5, 0.5), ((-1.0,) * 3, (1.0,) * 3), (_round(0.05), _round(0.3)), scale=1.0)
    oracle = Oracle(target.potential)
    run = Population(oracle, ((0, 1, 2),), Plan(population=1000), seeded(1), lambda stage, share: None)
    run.y = 1 + 0.3 * torch.randn(1000, 3, generator=seeded(2), dtype=torch.float64)
    run.v = oracle(run.y)
    run.ask(torch.full((1, 3), -1.02, dtype=torch.float64))
    for _ in range(8):
        run.round(1.0, 4, 4)
    share = float((run.y[:, 0] < 0).double().mean())
    assert abs(share - 0.5) < 5 * math.sqrt(0.25 / 1000)


def test_a_mode_that_one_particle_has_kept_is_filled_again(seeded):
    """Of two equal modes one holds a single particle, which is in no component and the deepest point of nothing."""
    dim, others = 8, 2.0
    target = targets.mixture(
        "two", (0.5, 0.5), ((-others,) * dim, (others,) * dim), (_round(1.0, dim), _round(0.9, dim)), scale=1.0
    )
    oracle = Oracle(target.potential)
    run = Population(oracle, (tuple(range(dim)),), Plan(population=1000), seeded(1), lambda stage, share: None)
    noise = torch.randn(1000, dim, generator=seeded(2), dtype=torch.float64)
    run.y = others + 0.9 * noise
    run.y[0] = -others + noise[0]
    run.v = oracle(run.y)
    run.deepest = run.y[1:][run.v[1:].argmin()], float(run.v[1:].min())
    for _ in range(24):
        run.round(1.0, 4, 4)
    share = float((run.y[:, 0] < 0).double().mean())
    assert abs(share - 0.5) < 5 * math.sqrt(0.25 / 1000)


def _round(width, dim=3):
    return tuple(tuple(width**2 * (i == j) for j in range(dim)) for i in range(dim))


def test_a_hierarchys_neck_is_described_to_its_end(seeded):
    """Places μ + τ η: the driver is log τ, and far down the neck, where no particle is, proposals still hit it."""
    g = seeded(14)
    u, eta = (torch.randn(600, k, generator=g, dtype=torch.float64) for k in (2, 6))
    log_tau, mu = u[:, :1], 3 * u[:, 1:]
    driver = find_driver(torch.cat([mu, log_tau, mu + log_tau.exp() * eta], dim=1))
    assert driver.which == 1
    neck = torch.tensor([[2.0, -4.0]], dtype=torch.float64).repeat(500, 1)
    theta = neck[:, :1] + math.exp(-4) * torch.randn(500, 6, generator=g, dtype=torch.float64)
    there = driver.to_u(torch.cat([neck, theta], dim=1))[:, 1:]
    # Six contrasts are narrow; in the driver's coordinates they are of order one, not e⁴.
    assert float(there.square().mean(dim=0).sqrt().max()) < 4

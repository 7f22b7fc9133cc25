"""When V couples its blocks: what keeps the target, what loses the dependence, what mends the modes' shares."""

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import CoupledPartialZODMC, PartialZODMC, targets
from experiments.pzodmc.axes import axis_move
from experiments.pzodmc.blocks import consecutive, singletons
from experiments.pzodmc.metrics import permutation_test
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.population import WIDE, fit_mixture, population_move
from experiments.pzodmc.studies.joint import dependence

LEVEL = 0.01


def correlated(rho=0.9):
    return targets.mixture("correlated", (1.0,), ((0.0, 0.0),), (((1, rho), (rho, 1)),), scale=2.0)


@pytest.mark.parametrize("components", [0, 4])
def test_gibbs_over_blocks_keeps_a_coupled_target(seeded, components):
    target = correlated()
    sampler = CoupledPartialZODMC(target.potential, singletons(2), scale=2.0, axes=0, components=components)
    x = sampler.sample(600, generator=seeded(1)).x
    exact = target.exact(600, seeded(2))
    assert permutation_test(x.double(), exact, seeded(3)) > LEVEL
    assert abs(dependence(x, exact) - 1) < 0.1


def test_the_product_of_marginals_keeps_each_block_and_loses_the_dependence(seeded):
    target = correlated()
    sampler = PartialZODMC(targets.marginals(target, singletons(2)), settings={"scale": 2.0}, verify=0)
    x, exact = sampler.sample(600, generator=seeded(4)).x.double(), target.exact(600, seeded(5))
    for i in range(2):
        assert permutation_test(x[:, i : i + 1], exact[:, i : i + 1], seeded(6)) > LEVEL
    assert abs(dependence(x, exact)) < 0.15
    assert permutation_test(x, exact, seeded(7)) < LEVEL


def test_frozen_neighbours_give_the_conditional_law(seeded):
    """N(0, 1) with correlation ρ: at neighbour 0 each coordinate is N(0, 1 − ρ²), and independent of the other."""
    sampler = PartialZODMC(correlated(0.8).potential, singletons(2), settings={"scale": 2.0}, verify=0)
    x = sampler.sample(2000, generator=seeded(8)).x
    torch.testing.assert_close(x.var(0), torch.full((2,), 1 - 0.8**2, dtype=x.dtype), rtol=0.1, atol=0)


def test_marginals_must_be_asked_for(seeded):
    with pytest.raises(InputError, match="not a sum over these blocks"):
        PartialZODMC(targets.marginals(correlated(), singletons(2)), settings={"scale": 2.0}).sample(
            10, generator=seeded()
        )


def test_population_move_leaves_the_target_invariant(seeded):
    target = targets.paper_mixture_2d()
    z, oracle = target.exact(1000, seeded(9)), Oracle(target.potential)
    v, g = oracle(z), seeded(10)
    moved = population_move(oracle, z, v, 6, 8, g)
    assert moved.share > 0.5
    torch.testing.assert_close(moved.v, oracle(moved.z))
    # Given the fitted proposal its weights estimate Z = 1 without bias.
    assert abs(float(moved.log_weight.exp().mean()) - 1) < 0.05
    assert permutation_test(moved.z, target.exact(1000, seeded(11)), seeded(12)) > LEVEL


def test_axis_moves_leave_the_target_invariant_and_carry_across(seeded):
    """Two modes on a diagonal, far in both coordinates: one axis move carries particles from one to the other."""
    covariance = ((0.3, 0.0), (0.0, 0.3))
    target = targets.mixture("diagonal", (0.5, 0.5), ((-3, -3), (3, 3)), (covariance, covariance), scale=5.0)
    z, oracle = target.exact(1000, seeded(23)), Oracle(target.potential)
    v = oracle(z)
    moved, energies = axis_move(oracle, z, v, 3, 8, seeded(24))
    assert oracle.calls == 1000 * (1 + 3 * 8)
    assert float(((moved.sum(1) > 0) != (z.sum(1) > 0)).double().mean()) > 0.2
    torch.testing.assert_close(energies, oracle(moved))
    assert permutation_test(moved, target.exact(1000, seeded(25)), seeded(26)) > LEVEL


def test_population_move_mends_the_shares_of_the_modes_and_gibbs_does_not(seeded):
    """Start with half of the particles in each of two far modes whose true shares are 0.8 and 0.2."""
    covariance = ((1.0, 0.0), (0.0, 1.0))
    target = targets.mixture("two", (0.8, 0.2), ((-5, -5), (5, 5)), (covariance, covariance), scale=6.0)
    oracle, g, n = Oracle(target.potential), seeded(13), 1000
    side = torch.where(torch.arange(n) < n // 2, -5.0, 5.0).double()
    z = side[:, None] + torch.randn(n, 2, generator=g, dtype=torch.float64)
    mended, v = z, oracle(z)
    for _ in range(3):
        moved = population_move(oracle, mended, v, 4, 8, g)
        mended, v = moved.z, moved.v
    assert abs(float((mended[:, 0] < 0).double().mean()) - 0.8) < 0.06

    sampler = CoupledPartialZODMC(target.potential, singletons(2), scale=6.0, axes=0, components=0, pool=2048)
    kept = z.clone()
    for t in (0.3, 0.1):
        for block in ([0], [1]):
            kept = sampler._move_block(oracle, kept * 0.8, t, kept, oracle(kept), block, 16, g).z
    assert abs(float((kept[:, 0] < 0).double().mean()) - 0.5) < 0.02


def test_tempered_stages_find_the_modes_that_a_poor_pool_loses(seeded):
    """10 dimensions, three modes: the pool is worth a handful of draws. Shares and log Z come out all the same."""
    target = targets.joint_mixture(10)
    weights, means, _ = target.components

    def shares(**settings):
        sampler = CoupledPartialZODMC(target.potential, consecutive(10, 2), scale=target.scale, pool=16_384, **settings)
        draws = sampler.sample(1000, generator=seeded(21))
        nearest = torch.cdist(draws.x.double(), means).argmin(dim=1)
        return draws, 0.5 * float((torch.bincount(nearest, minlength=3) / 1000 - torch.tensor(weights)).abs().sum())

    draws, error = shares()
    assert error < 0.08 and abs(draws.log_z) < 0.1 and draws.pareto_k < 0.7 and not draws.warnings
    draws, error = shares(stages=1, components=0)
    assert error > 0.15 and "Pareto" in " ".join(draws.warnings)


def test_a_mixture_fit_finds_separated_components(seeded):
    target = targets.paper_mixture_2d()
    fit = fit_mixture(target.exact(2000, seeded(14)), 4, seeded(15))
    for weight, mean in zip(*target.components[:2], strict=True):
        near = int((fit.means - mean).norm(dim=1).argmin())  # the last component is the wide one
        assert float((fit.means[near] - mean).norm()) < 0.3
        assert abs(float(fit.weights[near]) / (1 - WIDE) - weight) < 0.05


def test_a_mixtures_density_integrates_to_one(seeded):
    fit = fit_mixture(targets.paper_mixture_2d().exact(500, seeded(16)), 3, seeded(17))
    z = fit.draw(20_000, seeded(18))
    box = (torch.rand(400_000, 2, generator=seeded(19), dtype=torch.float64) - 0.5) * 60 + 5
    assert abs(float(fit.log_density(box).exp().mean()) * 3600 - 1) < 0.03
    assert torch.isfinite(fit.log_density(z)).all()


def test_the_chunk_size_changes_nothing_and_the_budget_holds(seeded):
    target = targets.paper_mixture_2d()

    def draw(**settings):
        sampler = CoupledPartialZODMC(target.potential, singletons(2), scale=10.0, **settings)
        return sampler.sample(100, generator=seeded(20), max_oracle_calls=60_000)

    first, second = draw(chunk=2048), draw(chunk=10_000)
    assert torch.equal(first.x, second.x)
    assert first.calls == second.calls and first.calls.total <= 60_000


def test_bad_settings_are_input_errors(seeded):
    potential = targets.paper_mixture_2d().potential
    for settings in ({"blocks": [[0]]}, {"blocks": None}, {"sweeps": 0}, {"components": -1}, {"scale": 0.0}):
        with pytest.raises(InputError):
            CoupledPartialZODMC(potential, **({"blocks": [[0], [1]]} | settings))
    with pytest.raises(InputError, match="too few"):
        CoupledPartialZODMC(potential, [[0], [1]]).sample(100, generator=seeded(), max_oracle_calls=1000)
    with pytest.raises(InputError, match="closed form"):
        targets.marginals(targets.double_wells(2), [[0], [1]])
    with pytest.raises(InputError, match="multiple of 5"):
        targets.joint_mixture(7)

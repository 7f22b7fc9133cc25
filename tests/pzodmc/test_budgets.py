"""A budget: no run that needs no more is changed by it, less of it buys less, and what it does not allow is told."""

import re

import pytest
import torch
from scipy import stats

from experiments.pzodmc import AdaptivePartialZODMC, Potential, sample
from experiments.pzodmc.baselines import SIR
from experiments.pzodmc.driver import find_driver
from experiments.pzodmc.errors import InputError
from experiments.pzodmc.moves import Population
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.places import with_places
from experiments.pzodmc.plan import Plan
from experiments.pzodmc.population import fit_mixture, with_long_axis

DIMS = (1, 2, 5, 20, 50)


def bowl(z):
    return 0.5 * z.square().sum(1)


def wells(z):
    return 3 * (z.square() - 1).square().sum(1)


def chain(z):
    """Neighbours are coupled."""
    return bowl(z) + 0.4 * z.diff(dim=1).square().sum(1)


def rosenbrock(z):
    return 5 * (z[:, 1:] - z[:, :-1] ** 2).square().sum(1) + 0.5 * (1 - z[:, :-1]).square().sum(1)


def pairs(z):
    """A bowl in which each pair of coordinates hides a narrow mode."""
    narrow = (-((z[:, ::2] - 2).square() + (z[:, 1::2] - 2).square()) / 0.08).exp()
    return bowl(z) - torch.log1p(20 * narrow).sum(1)


TARGETS = {
    "independent": (bowl, 3, {}),
    "modes": (wells, 5, {}),
    "coupled": (chain, 4, {}),
    "hidden pairs": (pairs, 4, {}),
    "box": (lambda z: 2 * z.sum(1), 3, {"bounds": (0, 1)}),
    "half-line": (lambda z: z.sum(1), 2, {"bounds": (0, None)}),
    "prior": (lambda z: (z.sum(1) - 1).square() / 0.18, 3, {"prior": stats.norm(0, 2)}),
    "bounded prior": (lambda z: (z.sum(1) - 1).square() / 0.18, 3, {"prior": stats.uniform(-1, 2)}),
}


def different(draws):
    """Of the draws, in the block that has fewest."""
    return min(len(torch.unique(draws.x[:, list(block)], dim=0)) for block in draws.blocks)


def quietly(function, dim, n, **options):
    """With the warnings in the draws alone."""
    potential, (seed, budget) = Potential(function, dim), (options.pop("seed", 1), options.pop("budget"))
    sampler = AdaptivePartialZODMC(potential, **options)
    return sampler.sample(n, generator=torch.Generator().manual_seed(seed), max_oracle_calls=budget)


@pytest.mark.parametrize("name", TARGETS)
def test_what_needs_no_more_than_its_budget_is_not_changed_by_it(name):
    function, dim, options = TARGETS[name]
    free = quietly(function, dim, 500, budget=None, **options)
    for more in (0, 1, 777, 3 * free.calls.total):
        bound = quietly(function, dim, 500, budget=free.calls.total + more, **options)
        assert torch.equal(bound.x, free.x) and bound.log_z == free.log_z and bound.warnings == free.warnings


def test_nor_are_tempered_stages():
    few = {"pool": 2048, "population": 128, "scale": 4.0}
    free = quietly(chain, 10, 128, budget=None, **few)
    assert any(0 < beta < 1 for _, beta, _, _ in free.trace)
    for more in (0, 5000):
        assert torch.equal(quietly(chain, 10, 128, budget=free.calls.total + more, **few).x, free.x)


@pytest.mark.parametrize("name", TARGETS)
def test_more_calls_buy_more_different_draws_and_fewer_are_told(name):
    """Of 1000; up to two fifths, for a run grows its pool as it would without a budget until it is sure that the budget
    will end it, and what the pool has taken is lacking for batches.
    """
    function, dim, options = TARGETS[name]
    free = quietly(function, dim, 1000, budget=None, **options)
    best = 0
    for share in (0.1, 0.2, 0.35, 0.5, 0.7, 0.9):
        draws = quietly(function, dim, 1000, budget=max(int(share * free.calls.total), 500), **options)
        if len(draws.blocks) == len(free.blocks):
            assert different(draws) >= 0.6 * best
            best = max(best, different(draws))
        assert draws.warnings or different(draws) >= 0.9 * different(free)
    assert best > 0.6 * different(free)


@pytest.mark.parametrize("function", [bowl, wells, chain])
@pytest.mark.parametrize("dim", DIMS)
def test_every_number_of_calls_from_the_one_that_is_named_on_is_enough(function, dim):
    with pytest.raises(InputError, match="give at least") as caught:
        quietly(function, dim, 200, budget=100)
    named = int(re.search(r"give at least ([\d,]+)", str(caught.value)).group(1).replace(",", ""))
    for budget in (named, 1000, 2552, 12_000, 17_000, 24_440):
        made = [0]

        def counted(z, made=made):
            made[0] += len(z)
            return function(z)

        draws = quietly(counted, dim, 200, budget=budget)
        assert made[0] == draws.calls.total <= budget and torch.isfinite(draws.x).all()
        assert draws.warnings or different(draws) > 150


@pytest.mark.parametrize("dim", DIMS[1:])
def test_from_the_number_that_is_named_blocks_are_looked_for(dim):
    few = quietly(bowl, dim, 100, budget=600)
    told = next(words for words in few.warnings if "look for blocks" in words)
    assert few.blocks == (tuple(range(dim)),)
    named = int(re.search(r"give ([\d,]+) or more", told).group(1).replace(",", ""))
    assert len(quietly(bowl, dim, 100, budget=named).blocks) == dim
    assert len(quietly(bowl, dim, 100, budget=named - 1).blocks) == 1


def test_what_takes_still_fewer_calls_is_named_and_takes_them():
    with pytest.raises(InputError, match=r"--method sir, experiments\.pzodmc\.baselines\.SIR"):
        quietly(bowl, 2, 20, budget=300)
    draws = SIR(Potential(bowl, 2)).sample(20, generator=torch.Generator().manual_seed(0), max_oracle_calls=300)
    assert draws.calls.total <= 300 and torch.isfinite(draws.x).all()


@pytest.mark.parametrize("function", [bowl, chain])
def test_a_few_hundred_calls_give_rough_draws_and_say_so(function):
    """Means of 40 runs within four standard errors; each worth some tens of draws."""
    runs = [quietly(function, 2, 200, budget=500, scale=3.0, seed=seed) for seed in range(40)]
    assert all(draws.warnings for draws in runs)
    means = torch.stack([draws.x.mean(0) for draws in runs])
    assert bool((means.mean(0).abs() < 4 * means.std(0) / 40**0.5).all()) and float(means.std()) < 0.25


@pytest.mark.parametrize("budget", [2553, 3000, 15_000])
def test_few_points_that_bear_all_weight_are_told_and_break_nothing(budget):
    assert any("Pareto" in words for words in quietly(rosenbrock, 5, 1000, budget=budget).warnings)


def test_places_get_proposals_where_all_particles_are_in_one(seeded):
    run = Population(Oracle(Potential(bowl, 3)), ((0, 1, 2),), Plan(), seeded(1), lambda stage, share: None)
    run.ask(torch.zeros(1, 3, dtype=torch.float64))
    y = torch.full((64, 3), 5.0, dtype=torch.float64)
    q = with_places(run, None, fit_mixture(y, 4, seeded(2)), y, bowl(y))
    assert torch.isfinite(q.log_density(torch.randn(9, 3, generator=seeded(3), dtype=torch.float64))).all()


def test_a_pilot_that_grows_behind_walls_stays_within_the_calls():
    """Of the reference 3 % have a density."""

    def corner(z):
        return torch.where((z > 0).all(1) & (z.sum(1) < 3), z.sum(1), torch.inf)

    for budget in (2553, 4000, 10_000):
        assert quietly(corner, 2, 200, budget=budget).calls.total <= budget


# ---- what is told


def test_a_scale_that_is_counted_from_a_wall_has_no_nearer_place():
    def far(z):
        return 0.5 * (z - 50).square().sum(1)

    with pytest.raises(InputError, match="use scale=8 or more$"):
        sample(far, 1, 100, bounds=(0, None))
    with pytest.raises(InputError, match="a loc=… nearer by"):
        sample(far, 1, 100)


def test_rounding_that_swallows_v_is_named_as_the_cause():
    with pytest.raises(InputError, match="large constant off inside") as caught:
        sample(lambda z: bowl(z) + 1e18, 2, 100)
    assert "scale" not in str(caught.value)


def test_numbers_that_are_none_are_told_once():
    draws = quietly(lambda z: torch.where(z[:, 0] > 1.5, torch.nan, bowl(z)), 3, 100, budget=None)
    assert sum("NaN" in words for words in draws.warnings) == 1


@pytest.mark.parametrize("budget", [1500, 3000, 6000])
def test_repeated_draws_of_exponential_tails_lack_nothing(budget):
    for seed in range(6):
        draws = quietly(lambda z: z.abs().sum(1), 2, 1000, budget=budget, seed=seed)
        assert not any("slowly" in words for words in draws.warnings)


@pytest.mark.parametrize("points", [1, 2, 3, 7])
def test_populations_of_few_different_points_break_no_fit(points, seeded):
    """As few calls leave them: any density that a fit gives is finite at all of them."""
    for k in range(40):
        g, dim = seeded(k), 2 + k % 5
        widths = 10.0 ** torch.randint(-6, 7, (dim,), generator=g)
        y = (torch.randn(points, dim, generator=g, dtype=torch.float64) * widths)[
            torch.randint(points, (200,), generator=g)
        ]
        driver = find_driver(y)
        u = y if driver is None else driver.to_u(y)
        assert torch.isfinite(with_long_axis(fit_mixture(u, 8, g), u, 0).log_density(u)).all()

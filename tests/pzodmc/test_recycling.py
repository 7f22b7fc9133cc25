"""Importance sampling that keeps every call: its weights, what they reveal, and what its draws are worth."""

import math

import torch

from experiments.pzodmc import AdaptivePartialZODMC, targets
from experiments.pzodmc.moves import Population
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.plan import Plan
from experiments.pzodmc.population import fit_mixture
from experiments.pzodmc.recycling import Tried
from experiments.pzodmc.settling import Scale, effective
from experiments.pzodmc.tempered import settle
from experiments.pzodmc.warm_start import start_from
from experiments.pzodmc.weighting import Batch, Recycled
from tests.pzodmc.strangers import simplex5
from tests.pzodmc.test_tempered_laws import unit

N = 400


def normal_points(m, dim, g):
    return torch.randn(m, dim, generator=g, dtype=torch.float64)


def test_weights_are_those_of_the_mixture_of_all_laws(seeded):
    """In whatever order batches come, ψ is Σ_t N_t q_t / N, written out anew."""
    g = seeded(1)
    first = normal_points(300, 2, g)
    half = Recycled(first, first.square().sum(1))
    laws = [fit_mixture(normal_points(200, 2, g) + shift, 3, g) for shift in (0.0, 1.5)]
    for law, size in zip(laws, (50, 120), strict=True):
        y = law.draw(size, g)
        half.add(Batch(y, y.square().sum(1), law))
    y = half.y
    reference = (-0.5 * y.square().sum(1)).exp() / (2 * math.pi)
    psi = (300 * reference + 50 * laws[0].log_density(y).exp() + 120 * laws[1].log_density(y).exp()) / 470
    torch.testing.assert_close(half.log_weight(), -y.square().sum(1) - psi.log())
    torch.testing.assert_close(half.last_alone(), (-y.square().sum(1) - laws[1].log_density(y))[-120:])


def test_the_estimate_of_z_is_unbiased_and_its_error_is_true(seeded):
    """Fixed laws, 200 runs: the mean within four of its errors, the spread within a fifth of what is told (χ²₁₉₉ leaves
    it within 15 % but once in a thousand).
    """
    g, law = seeded(2), fit_mixture(0.6 * normal_points(300, 2, seeded(3)) + 0.5, 2, seeded(4))
    z, told = [], []
    for _ in range(200):
        y = normal_points(100, 2, g)
        half = Recycled(y, 2 * y.square().sum(1))
        fresh = law.draw(100, g)
        half.add(Batch(fresh, 2 * fresh.square().sum(1), law))
        z.append(float(half.log_weight().exp().mean()) / (math.pi / 2))
        told.append(half.variance(math.log(math.pi / 2)) / 200**2)
    z, told = torch.tensor(z), torch.tensor(told)
    assert abs(float(z.mean()) - 1) < 4 * float(z.std()) / math.sqrt(200)
    assert abs(float(z.var() / told.mean()) - 1) < 0.4


def test_a_mode_that_the_fit_has_lost_is_a_heavy_weight(seeded):
    """A batch from one of two modes, one early point in the other: it stands for more draws than one."""
    g = seeded(5)
    y = torch.cat([normal_points(500, 3, g) * 0.2 - 1, torch.full((1, 3), 1.0, dtype=torch.float64)])
    law = fit_mixture(y[:500], 2, g)

    def v(y):
        both = torch.stack([((y - m) / 0.2).square().sum(1) / 2 for m in (-1.0, 1.0)])
        return -torch.logsumexp(-both, dim=0)

    half = Recycled(y, v(y))
    for _ in range(3):
        fresh = law.draw(300, g)
        half.add(Batch(fresh, v(fresh), law))
    weight = torch.softmax(half.log_weight(), dim=0)
    assert int(weight.argmax()) == 500 and float(weight[500]) * 1000 > 20


def settled(target, seed, seeded, turns=6):
    plan = Plan(population=N, pool=8192, turns=turns)
    return settle(Oracle(unit(target)), (tuple(range(target.dim)),), plan, seeded(seed))


def test_draws_are_different_and_as_good_as_independent_ones(seeded):
    """The mean over N draws has no more variance than that of N independent ones: 40 runs; χ²₃₉ / 39 is below 1.8 but
    for one in a thousand. Even points and weights may leave less. Without stages.
    """
    target = targets.paper_mixture_2d()
    exact = target.exact(100_000, seeded(6)).double()
    means = []
    for seed in range(40):
        found = settled(target, seed, seeded)
        assert found.trace[-1][0].startswith("batch")
        assert len(found.y.unique(dim=0)) >= 0.93 * N
        means.append((found.y * target.scale).mean(dim=0))
    ratio = torch.stack(means).var(dim=0) / (exact.var(dim=0) / N)
    assert bool((ratio < 1.8).all()), ratio


def test_a_small_set_with_uneven_weights_is_known_worse_than_all(seeded):
    """Equal weights are worth their number for every mean. Ten points among 2,000 that hold a tenth of the weight make
    the whole worth more than a thousand draws, and that tenth about as many as it would take to see ten of it.
    """
    y = normal_points(2000, 2, seeded(8))
    y[:10] += 6
    scale, v = Scale(torch.cat([y, y[:10].repeat(22, 1)]), torch.zeros(2220)), torch.zeros(2000)
    log_w = torch.zeros(2000, dtype=torch.float64)
    assert math.isclose(scale.least_worth(y, v, log_w), 2000, rel_tol=1e-9)
    log_w[:10] = math.log(0.1 / 10 / (0.9 / 1990))
    assert float(effective(log_w)) > 700
    assert scale.least_worth(y, v, log_w) < 150


def test_a_pool_that_is_worth_the_population_is_enough(seeded):
    """The reference, cut off at a third of it: no batch is drawn, and the draws are different points of the pool."""
    v = lambda y: torch.where(y.square().sum(1) < 0.8, y.square().sum(1) / 2, torch.inf)  # noqa: E731
    found = settle(Oracle(Potential(v, 2)), ((0, 1),), Plan(population=N, outside=False), seeded(9))
    assert [stage for stage, *_ in found.trace] == ["start"]
    assert len(found.y.unique(dim=0)) == N
    assert abs(found.log_z - math.log(2 * math.pi * (1 - math.exp(-0.4)))) < 4 * found.log_z_error


def test_what_needs_stages_gets_them(seeded):
    """In ten coordinates with modes far apart no pool is worth a fit; without turns none is tried."""
    assert settled(targets.paper_mixture_2d(), 1, seeded, turns=0).trace[-1][0].startswith("round")
    assert settled(targets.joint_mixture(10), 1, seeded).trace[-1][0].startswith("round")


def corner(y, level, bonus):
    """V of N(0, I) with `bonus` nats more where every coordinate exceeds `level`; whether y does; the share that does;
    log Z.
    """
    inside, p = (y > level).all(1), (0.5 * math.erfc(level / math.sqrt(2))) ** y.shape[1]
    whole = 1 + p * math.expm1(bonus)
    return y.square().sum(1) / 2 - bonus * inside, inside, p * math.exp(bonus) / whole, math.log(whole)


def test_a_warm_start_is_as_good_as_its_points(seeded):
    """60 starts: the corner's share is off by no more than n draws and the points' own error (χ²₆₀ / 60 is below 1.66
    but for one in a thousand); Ẑ has no bias (four errors), its variance is what is told (as often within .45 to 2).
    """
    g, shares, z, told = seeded(10), [], [], []
    law = fit_mixture(0.5 * normal_points(300, 2, seeded(11)) + 1.2, 2, seeded(12))
    for _ in range(60):
        halves = []
        for _ in range(2):
            y, fresh = normal_points(1000, 2, g), law.draw(300, g)
            halves.append(Recycled(y, corner(y, 1.0, 3.0)[0]))
            halves[-1].add(Batch(fresh, corner(fresh, 1.0, 3.0)[0], law))
        run = Population(Oracle(Potential(lambda y: y[:, 0], 2)), ((0, 1),), Plan(population=N), g, lambda *_: None)
        start_from(run, Tried(tuple(halves), (), (), 0.0, 0.5, False, True))
        _, inside, exact, log_z = corner(run.y, 1.0, 3.0)
        w = torch.softmax(torch.cat([half.log_weight() for half in halves]), dim=0)
        away = (corner(torch.cat([half.y for half in halves]), 1.0, 3.0)[1].double() - exact).square()
        spread = exact * (1 - exact)
        worth = spread / float(w.square() @ away)
        shares.append((float(inside.double().mean()) - exact) / math.sqrt(spread * (1 / N + 1 / worth)))
        z += [math.exp(found - log_z) / (2 * math.pi) for found in run.log_zs]
        told += run.variances
    z = torch.tensor(z)
    assert sum(share**2 for share in shares) / 60 < 1.66
    assert abs(float(z.mean()) - 1) < 4 * float(z.std()) / math.sqrt(120)
    assert 0.45 < float(z.var()) / (sum(told) / 120) < 2


def test_heavy_weights_forbid_an_end_and_no_start(seeded):
    """A corner with e⁶ times the density, its tails outside every fitted Gaussian: k̂ stays large however many points
    there are. Rounds follow the batches at once, and the shares of four runs are as good as those of independent draws
    (χ²₄ / 4 is below 4.6 but for one in a thousand).
    """
    v, off = (lambda y: corner(2 * y, 1.5, 6.0)[0]), []
    for seed in range(4):
        found = settle(Oracle(Potential(v, 3)), ((0, 1, 2),), Plan(), seeded(seed))
        stages = [stage.split()[0] for stage, *_ in found.trace]
        assert stages[0] == "start" and stages.count("start") == 1 and stages[1] == "batch" and stages[-1] == "round"
        _, inside, exact, _ = corner(2 * found.y, 1.5, 6.0)
        off.append((float(inside.double().mean()) - exact) / math.sqrt(exact * (1 - exact) / len(found.y)))
    assert sum(error**2 for error in off) / 4 < 4.6, off


def test_a_place_that_is_filled_forbids_no_end():
    """A simplex's corners are passed by until the first batches have met them: then importance sampling ends. It did
    with 12 seeds of 12.
    """
    case = simplex5()
    for seed in (1, 2):
        sampler = AdaptivePartialZODMC(Potential(case.function, case.dim), **case.front)
        draws = sampler.sample(1000, generator=torch.Generator().manual_seed(seed))
        assert draws.trace[-1][0].startswith("batch")

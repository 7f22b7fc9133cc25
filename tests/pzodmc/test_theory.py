"""Each statement of experiments/pzodmc/THEORY.md, computed: what theory expects against what is measured."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.integrate import trapezoid

from experiments.pzodmc import targets
from experiments.pzodmc.blocks import singletons
from experiments.pzodmc.diffusion import noising, posterior_sd
from experiments.pzodmc.isir import isir
from experiments.pzodmc.metrics import w2
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.studies import background, scaling
from experiments.pzodmc.studies.quadrature import Coordinate
from experiments.pzodmc.tiles import CHUNK
from experiments.results import Recorder

FOUR_SIGMA = 4  # of a Gaussian: a test that is right fails for one seed in 16,000; the seeds are fixed


def plane(reach=6.0, points=161):
    """A grid in the plane: its axis (k,) and its points (k², 2)."""
    axis = torch.linspace(-reach, reach, points, dtype=torch.float64)
    return axis, torch.cartesian_prod(axis, axis)


def normalised(log_density, axis):
    """exp of a log density on the square of `axis`, summing to 1."""
    return torch.softmax(log_density.flatten(), dim=0).view(len(axis), len(axis))


def correlated(rho):
    return targets.mixture("correlated", (1.0,), ((0.0, 0.0),), (((1, rho), (rho, 1)),), scale=2.0)


# ---- 1. A decomposable V


@pytest.mark.parametrize(("target", "splits"), [(targets.double_wells(2), True), (correlated(0.8), False)])
def test_the_posterior_of_a_sum_is_the_product_of_block_posteriors(target, splits):
    axis, points = plane()
    x, t = torch.tensor([0.4, -0.9], dtype=torch.float64), 0.7
    away = (points - math.exp(t) * x) / posterior_sd(t)
    joint = normalised(-target.potential.function(points) - 0.5 * away.square().sum(1), axis)
    product = joint.sum(1)[:, None] * joint.sum(0)[None]
    gap = float((joint - product).abs().sum())
    assert gap < 1e-12 if splits else gap > 0.1
    if splits:
        alone = -((axis**2 - 1) ** 2) - 0.5 * ((axis - math.exp(t) * x[0]) / posterior_sd(t)) ** 2
        torch.testing.assert_close(joint.sum(1), torch.softmax(alone, dim=0))


# ---- 2. What a score costs


@pytest.mark.parametrize("t", [0.1, 0.7, 2.0])
def test_acceptance_is_the_noised_density(t):
    """N(0.5, 0.8²) noised is N(0.5 s, 0.64 s² + σ²); κ = Z e^{V*} e^{−t}."""
    one, (s, sigma) = Coordinate(targets.gaussian([0.5], [0.8])), noising(t)
    x = np.linspace(-3, 3, 25)
    variance = 0.64 * s * s + sigma * sigma
    density = np.exp(-((x - 0.5 * s) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    kappa = 0.8 * math.sqrt(2 * math.pi) * math.exp(-t)
    np.testing.assert_allclose(one.acceptance(x, t), kappa * density, rtol=1e-4)  # V* is found on a grid
    np.testing.assert_allclose(one.log_acceptance(x, t), np.log(kappa * density), atol=1e-4)


def test_proposals_are_negative_binomial_and_blocks_turn_the_product_into_a_sum(seeded):
    x, t, m, n = [0.1, -0.6], 1.0, 4, 4000
    alpha = Coordinate(targets.double_wells(1)).acceptance(np.array(x), t)

    def counted(columns, seed):
        rows = torch.tensor([[x[i] for i in columns]]).repeat(n, 1)
        return scaling.proposals_needed(targets.double_wells(len(columns)), 0.0, rows, t, m, seeded(seed)).double()

    full, parts = counted([0, 1], 1), [counted([i], 2 + i) for i in range(2)]
    for found, a in [(full, alpha.prod()), (parts[0], alpha[0]), (parts[1], alpha[1])]:
        variance = m * (1 - a) / a**2
        assert abs(float(found.mean()) - m / a) < FOUR_SIGMA * math.sqrt(variance / n)
        assert abs(float(found.var()) / variance - 1) < 0.15
    ratio = float(full.mean() / sum(parts).mean())
    assert abs(ratio / (1 / alpha.prod() / (1 / alpha).sum()) - 1) < 0.05


def test_blocks_cost_more_calls_only_where_almost_everything_is_accepted(seeded):
    """Two equal blocks: the border is an acceptance of one half; x at the top of p_t, t on both sides of it."""
    target, m, n = targets.gaussian([0.0], [1.0]), 4, 4000
    both = targets.gaussian([0.0, 0.0], [1.0, 1.0])
    lowest = 0.5 * math.log(2 * math.pi)
    seen = set()
    for t in (0.3, 1.2):
        alpha = float(Coordinate(target).acceptance(np.zeros(1), t)[0])
        full = scaling.proposals_needed(both, 2 * lowest, torch.zeros(n, 2), t, m, seeded(1)).double().mean()
        block = scaling.proposals_needed(target, lowest, torch.zeros(n, 1), t, m, seeded(2)).double().mean()
        assert (float(full) < 2 * float(block)) == (alpha > 0.5)
        # A block's function costs half of V here, so that in work blocks never lose.
        assert float(block) < float(full)
        seen.add(alpha > 0.5)
    assert seen == {True, False}


def test_the_scores_error_depends_on_the_accepted_draws_alone(seeded):
    x, t, m, n = [0.1, -0.6], 1.0, 8, 4000
    one, (s, sigma) = Coordinate(targets.double_wells(1)), noising(t)
    mass = one.density * one.proposal(np.array(x[0]), t)
    mean = trapezoid(mass * one.z, one.z) / trapezoid(mass, one.z)
    variance = trapezoid(mass * (one.z - mean) ** 2, one.z) / trapezoid(mass, one.z)
    for columns in ([0], [0, 1]):
        d = len(columns)
        centre = math.exp(t) * torch.tensor([x[i] for i in columns], dtype=torch.float64)
        z = centre + posterior_sd(t) * torch.randn(1_000_000, d, generator=seeded(d), dtype=torch.float64)
        u = torch.rand(len(z), generator=seeded(10 + d), dtype=torch.float64)
        kept = z[u.log() <= -targets.double_wells(d).potential.function(z)][: n * m, 0]
        assert len(kept) == n * m
        error = s / sigma**2 * (kept.view(n, m).mean(1) - mean)
        expected = s**2 * variance / (sigma**4 * m)
        assert abs(float(error.mean())) < FOUR_SIGMA * math.sqrt(expected / n)
        assert abs(float(error.var()) / expected - 1) < 0.1


def test_the_typical_cost_is_the_entropy_and_grows_by_the_fisher_information():
    normal, wells = (Coordinate(target) for target in (targets.gaussian([0.0], [1.0]), targets.double_wells(1)))
    for t in (0.2, 1.0, 2.0):
        assert math.isclose(normal.rate(t), 0.5 + t, rel_tol=1e-6)
        step = 1e-3
        slope = (wells.rate(t + step) - wells.rate(t - step)) / (2 * step)
        x = np.linspace(-7, 7, 1001)
        density = wells.acceptance(x, t) / (math.exp(-t) * wells.z_hat)
        fisher = trapezoid(np.gradient(density, x) ** 2 / np.maximum(density, 1e-300), x)
        assert math.isclose(slope, fisher, rel_tol=1e-3)
    height = trapezoid(wells.density * (wells.z**2 - 1) ** 2, wells.z) / wells.z_hat
    assert math.isclose(2 * wells.rate(1e-3) - wells.rate(2e-3), height, rel_tol=2e-3)  # extrapolated to t = 0


def test_the_mean_cost_is_infinite_and_smaller_moments_are_not():
    """∫ over |x| < R of p_t/α grows like 2R/κ without end; with √α instead it settles."""
    one, t = Coordinate(targets.double_wells(1)), 1.0
    kappa = one.z_hat * math.exp(-t)
    means, roots = [], []
    for reach in (2.0, 4.0, 6.0, 8.0):
        x = np.linspace(-reach, reach, 401)
        alpha = one.acceptance(x, t)
        means.append(trapezoid(alpha / kappa / alpha, x))
        roots.append(trapezoid(alpha / kappa / np.sqrt(alpha), x))
        assert math.isclose(means[-1], 2 * reach / kappa, rel_tol=1e-9)
    assert abs(roots[-1] - roots[-2]) < 1e-3 * roots[-1]
    # The logarithm, of which the theory speaks, has a mean, and draws show it.
    config = scaling.Config(dims=(1,), particles=100_000, horizon=t)
    logs = -one.log_acceptance(scaling.particles(config, targets.double_wells, 1), t)
    assert abs(logs.mean() - one.rate(t)) < FOUR_SIGMA * logs.std() / math.sqrt(logs.size)


# ---- 3. A coupled V


@pytest.mark.parametrize("rho", [0.3, 0.9])
def test_the_product_of_marginals_loses_the_total_correlation(seeded, rho):
    target = correlated(rho)
    product = targets.marginals(target, singletons(2))
    z = target.exact(200_000, seeded(1))
    log_ratio = sum(f(z[:, [i]]) for i, f in enumerate(product.block_functions)) - target.potential.function(z)
    total = -0.5 * math.log(1 - rho**2)
    assert abs(float(log_ratio.mean()) - total) < FOUR_SIGMA * float(log_ratio.std()) / math.sqrt(len(z))
    distance = math.sqrt(4 - 2 * math.sqrt(1 + rho) - 2 * math.sqrt(1 - rho))
    assert distance**2 <= 2 * total  # Talagrand, λ = 1
    # Optimal pairs share their noise: Σ^{1/2} ξ with ξ.
    noise = torch.randn(200_000, 2, generator=seeded(2), dtype=torch.float64)
    a, b = math.sqrt(1 + rho), math.sqrt(1 - rho)
    root = torch.tensor([[a + b, a - b], [a - b, a + b]], dtype=torch.float64) / 2
    assert abs(math.sqrt(float((noise @ root - noise).square().sum(1).mean())) - distance) < 0.01
    # No assignment of two finite sets knows that pairing.
    x, y = target.exact(1000, seeded(3)), torch.randn(1000, 2, generator=seeded(4), dtype=torch.float64)
    assert abs(w2(x, y) - distance) < 0.12


def test_frozen_neighbours_lose_more_and_little_if_v_is_nearly_additive():
    axis, points = plane(7.0, 401)

    def divergence(p, r):
        return float((torch.xlogy(p, p) - torch.xlogy(p, r)).sum())

    def laws(function):
        """p, and r of frozen neighbours at 0, on the grid; and the largest gap of additivity."""
        zero, origin = torch.zeros(len(axis), dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64)
        whole = function(points).view(len(axis), -1) - function(origin)
        rows, columns = function(torch.stack([axis, zero], 1)), function(torch.stack([zero, axis], 1))
        frozen = rows[:, None] + columns[None] - 2 * function(origin)
        return normalised(-whole, axis), normalised(-frozen, axis), float((frozen - whole).abs().max())

    for rho in (0.3, 0.7):
        p, r, _ = laws(correlated(rho).potential.function)
        known = rho**2 / (1 - rho**2) + 0.5 * math.log(1 - rho**2)
        assert math.isclose(divergence(p, r), known, rel_tol=1e-3)
        assert known > -0.5 * math.log(1 - rho**2)
    for size in (0.05, 0.5):
        p, r, gap = laws(lambda z, size=size: (z * z - 1).square().sum(1) + size * torch.sin(z[:, 0]) * z[:, 1].tanh())
        loss, variation = divergence(p, r), 0.5 * float((p - r).abs().sum())
        assert 0 < loss <= 2 * gap
        assert 0 < variation <= min(math.sqrt(gap), 0.5 * math.expm1(2 * gap))


# ---- 4. i-SIR


@pytest.mark.parametrize("candidates", [1, 2, 3])
def test_isir_is_invariant_and_forgets_as_fast_as_the_bound(candidates):
    """Four states, all transitions enumerated."""
    q, w = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.2, 1.0, 3.0, 0.5])
    target, kernel = q * w / (q @ w), np.zeros((4, 4))
    for z, fresh in itertools.product(range(4), itertools.product(range(4), repeat=candidates)):
        chance = np.prod(q[list(fresh)])
        both = [z, *fresh]
        for y in both:
            kernel[z, y] += chance * w[y] / w[both].sum()
    np.testing.assert_allclose(kernel.sum(1), 1)
    np.testing.assert_allclose(target @ kernel, target, atol=1e-14)
    alpha = (q @ w) / w.max()
    shrink, law = 1 - candidates / (2 / alpha + candidates - 1), np.eye(4)
    for k in range(1, 6):
        law = law @ kernel
        assert 0.5 * np.abs(law - target).sum(1).max() <= shrink**k + 1e-12


def test_a_current_draw_among_the_candidates_takes_the_bias_away(seeded):
    """V = z²/2: N = 2 candidates alone are biased, with a posterior draw among them they are not."""
    t, at, n, g = 0.5, 1.0, 100_000, seeded(1)
    oracle = Oracle(targets.gaussian([0.0], [1.0]).potential)
    mean, sd = math.exp(-t) * at, math.sqrt(-math.expm1(-2 * t))
    x = torch.full((n, 1), at, dtype=torch.float64)
    start = mean + sd * torch.randn(n, 1, generator=g, dtype=torch.float64)

    def energy(points, owner):
        return oracle(points)

    alone = isir(energy, x, t, None, 2, g).mean[:, 0]
    among = isir(energy, x, t, (start, oracle(start)), 2, g).mean[:, 0]
    assert abs(float(among.mean()) - mean) < FOUR_SIGMA * float(among.std()) / math.sqrt(n)
    assert float(alone.mean()) - mean > 0.2


# ---- 6. Importance sampling


@pytest.mark.parametrize(
    ("target", "t", "at"), [(targets.gaussian([0.0], [1.0]), 0.5, 1.0), (targets.double_wells(1), 0.3, 0.5)]
)
def test_the_bias_of_importance_sampling_is_the_leading_term(seeded, target, t, at):
    one = Coordinate(target)
    known = one.weights(at, t)
    alpha = float(one.acceptance(np.array([at]), t)[0])
    z = math.exp(t) * at + posterior_sd(t) * torch.randn(2_000_000, 1, generator=seeded(1), dtype=torch.float64)
    w = torch.exp(one.lowest - target.potential.function(z)) / alpha
    assert abs(float(w.mean()) - 1) < 0.01
    assert abs(float(w.square().mean()) / known.second_moment - 1) < 0.01
    leading = (known.mean - known.mean_squared) * known.second_moment
    # The same as the covariance.
    covariance = float((w.square() * (z[:, 0] - known.mean)).mean())
    assert abs(leading + covariance) < 0.02
    measured = {size: size * background.bias(w, z[:, 0] - known.mean, size) for size in (16, 128)}
    # N · bias tends to the leading coefficient, with an error that falls like 1/N.
    assert abs(measured[128] / leading - 1) < 0.1
    assert abs(measured[128] - leading) < abs(measured[16] - leading) + 0.003


# ---- The study's parts


def test_background_measures_what_theory_computes():
    config = background.Config(
        seeds=(1, 2),
        particles=20,
        memory_dims=(20,),
        memory_proposals=(4000, 16_000),
        dims=(1, 3),
        sizes=(1, 16, 256),
        points=262_144,
    )
    result = background.run(config, Recorder("background", config, preset="test", project="pzodmc"))
    memory, importance = result.values["memory"], result.values["importance"]
    assert set(memory) == {"dimension", "proposals"} and set(memory["proposals"]) == {
        *background.WAYS,
        "proposals_alone",
    }
    kept, streamed = ({k: row["value"] for k, row in memory["proposals"][way].items()} for way in background.WAYS)
    assert kept["n16000"] > memory["proposals"]["proposals_alone"]["n16000"]
    assert kept["n16000"] > 2.5 * kept["n4000"]
    # V and the allocator hold a few copies of a chunk, never more, whatever the number of proposals.
    chunk = CHUNK * 20 * background.FLOAT32 / 1e6
    assert max(streamed.values()) < 8 * chunk < 0.5 * kept["n16000"]
    s, sigma = noising(config.t)
    prior = s / sigma**2 * (math.exp(config.t) - math.exp(-config.t)) * config.at
    for d in ("d1", "d3"):
        bias, leading = importance["bias"][d], importance["leading"][d]
        assert abs(bias["n1"]["value"] - prior) < 0.02  # one weighted proposal is a proposal
        assert abs(bias["n256"]["value"] * 256 / leading - 1) < 0.25
        assert abs(importance["points"][d]["value"] / importance["points_exact"][d] - 1) < 0.05
    growth = importance["leading"]["d3"] / importance["leading"]["d1"]
    assert math.isclose(growth, (importance["points_exact"]["d1"] / config.effective) ** 2, rel_tol=1e-9)


def test_scaling_measures_what_theory_computes():
    config = scaling.Config(
        seeds=(1, 2, 3),
        blocks=(1, 2),
        dims=(1, 2, 4, 20),
        particles=400,
        measured_particles=40,
        affordable=4e5,
        n=100,
        floor_pairs=4,
        full_dims=(1, 2),
        block_dims=(2,),
        most=64,
    )
    result = scaling.run(config, Recorder("scaling", config, preset="test", project="pzodmc"))
    assert set(result.values["score"]) == set(scaling.TARGETS)
    for entry in result.values["score"].values():
        assert set(entry["ways"]) == {"full", "blocks_1", "blocks_2"}
        # The exponential's rate is the entropy's; blocks grow like a power near 1, by the heavy tails above it.
        full = entry["ways"]["full"]["fit"]["computed"]
        assert abs(full["slope"]["value"] - entry["rate"]) < 0.05 and full["r2"] > 0.999
        assert 1 < entry["ways"]["blocks_1"]["fit"]["computed"]["slope"]["value"] < 1.3
        one, single = config.accepted * math.exp(entry["rate"]), entry["ways"]["blocks_1"]
        assert math.isclose(single["theory"]["d20"], 20 * one)
        assert math.isclose(entry["ways"]["blocks_2"]["theory"]["d20"], 10 * one**2 / config.accepted)
        assert 1 < single["computed"]["d20"]["value"] / single["theory"]["d20"] < 2
        for way in entry["ways"].values():
            assert way["measured"]
            for d, row in way["measured"].items():
                assert abs(math.log(row["value"] / way["computed"][d]["value"])) < 0.35
                assert row["low"] <= row["value"] <= row["high"]
        # One block of everything is the full sampler.
        assert entry["ways"]["full"]["computed"]["d2"] == entry["ways"]["blocks_2"]["computed"]["d2"]
    calls = result.values["quality"]["double_wells"]
    assert calls["full"]["calls"]["d2"]["value"] > calls["full"]["calls"]["d1"]["value"]
    assert calls["blocks_1"]["calls"]["d2"]["value"] > 0


def test_a_fit_finds_an_exponential_and_a_power():
    exponential = scaling.fit({b: [0.7 * b + 1, 0.7 * b + 2] for b in (1, 2, 5)}, power=False)
    power = scaling.fit({b: [1.5 * math.log(b)] * 2 for b in (1, 2, 5)}, power=True)
    assert math.isclose(exponential["slope"]["value"], 0.7) and math.isclose(power["slope"]["value"], 1.5)
    assert math.isclose(exponential["r2"], 1) and math.isclose(power["r2"], 1)
    noisy = scaling.fit({b: [b + b % 2, 1.1 * b] for b in range(1, 8)}, power=False)
    assert noisy["r2"] < 0.999 and noisy["slope"]["low"] < noisy["slope"]["high"]


def test_every_check_that_the_theory_names_exists():
    here = Path(__file__).parent
    text = (Path(scaling.__file__).parents[1] / "THEORY.md").read_text(encoding="utf-8")
    named = re.findall(r"(test_\w+\.py)::(test_\w+)", text)
    assert len(named) > 15
    for file, name in named:
        assert f"def {name}(" in (here / file).read_text(encoding="utf-8"), f"{file}::{name}"

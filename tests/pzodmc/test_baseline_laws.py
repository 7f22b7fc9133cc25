"""Baselines are only worth beating where they are right: their laws, budgets, seeds and complaints."""

import importlib.util
import math

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import Potential, targets
from experiments.pzodmc.baselines import BASELINES, RDMC, SIR, ULA, ParallelTempering, TemperedSMC
from experiments.pzodmc.baselines.gradients import value_and_gradient
from experiments.pzodmc.baselines.smc import largest_step
from experiments.pzodmc.baselines.tempering import Levels, swap
from experiments.pzodmc.diffusion import score
from experiments.pzodmc.metrics import permutation_test, sliced_w2
from experiments.pzodmc.oracle import Oracle

LEVEL = 0.01  # of the permutation tests; seeds are fixed
OWN = ["sir", "smc", "tempering", "ula", "rdmc"]
SMALL = {
    "sir": {"pool": 4096},
    "smc": {"particles": 512, "moves": 5},
    "tempering": {"replicas": 50, "levels": 4, "burn_in": 40, "thin": 5},
    "ula": {"step": 0.01, "steps": 100},
    "rdmc": {"chains": 4, "candidates": 4, "inner": 4, "steps": 8},
    "dynesty": {"live": 60, "tolerance": 0.5},
    "pocomc": {"active": 32, "effective": 64, "flow": False},
}


def installed(name):
    return name in OWN or importlib.util.find_spec(name) is not None


def some(names):
    skip = pytest.mark.skip(reason="needs the extra `baselines`")
    return [pytest.param(name, marks=[] if installed(name) else [skip]) for name in names]


def small(name, potential, scale=1.5, **extra):
    return BASELINES[name](potential, scale=scale, **SMALL[name] | extra)


def floor(target, n, seeded):
    pairs = [(target.exact(n, seeded(k)), target.exact(n, seeded(100 + k))) for k in range(10)]
    return sum(sliced_w2(*pair) for pair in pairs) / len(pairs)


@pytest.mark.parametrize("name", OWN)
def test_double_wells_at_the_floor(seeded, name):
    target = targets.double_wells(2)
    settings = {"step": 0.005, "steps": 600} if name == "ula" else {}
    x = BASELINES[name](target.potential, scale=1.2, **settings).sample(1000, generator=seeded(1)).x
    assert sliced_w2(x, target.exact(1000, seeded(2))) < 2 * floor(target, 1000, seeded)
    assert permutation_test(x.double(), target.exact(1000, seeded(3)), seeded(4)) > LEVEL


@pytest.mark.parametrize("name", some(["sir", "smc", "tempering", "dynesty", "pocomc"]))
def test_the_paper_mixture_at_the_floor(seeded, name):
    target = targets.paper_mixture_2d()
    settings = {"dynesty": {"live": 100}, "pocomc": {"flow": False, "active": 512, "effective": 2048}}.get(name, {})
    draws = BASELINES[name](target.potential, scale=target.scale, **settings).sample(1000, generator=seeded(1))
    assert sliced_w2(draws.x, target.exact(1000, seeded(2))) < 2 * floor(target, 1000, seeded)
    if draws.log_z is not None:
        # Nested sampling's error is √(information/live), some 0.2 here.
        assert abs(draws.log_z) < (0.6 if name == "dynesty" else 0.1)


@pytest.mark.parametrize("name", ["sir", "smc"])
def test_log_z_of_a_product(seeded, name):
    target = targets.two_modes(3)
    draws = BASELINES[name](target.potential, scale=target.scale).sample(500, generator=seeded(5))
    assert abs(draws.log_z - target.log_z) < 0.1


def test_smc_with_one_temperature_is_sir(seeded):
    potential = targets.paper_mixture_2d().potential
    sir = SIR(potential, scale=10.0, pool=4096).sample(4096, generator=seeded(1))
    smc = TemperedSMC(potential, scale=10.0, particles=4096, share=1e-6, moves=0).sample(4096, generator=seeded(1))
    assert len(smc.ess) == 1
    assert smc.log_z == pytest.approx(sir.log_z, abs=1e-6) and smc.ess[0] == pytest.approx(sir.ess[0])
    assert torch.equal(sir.x, smc.x)


def test_smc_steps_keep_the_share_of_particles_they_promise(seeded):
    log_ratio = 30 * torch.randn(500, generator=seeded(1), dtype=torch.float64)
    step = largest_step(log_ratio, 1.0, 0.5)
    weight = torch.softmax(step * log_ratio, dim=0)
    assert float(1 / weight.square().sum()) == pytest.approx(250, rel=1e-6)
    assert largest_step(1e-3 * log_ratio, 0.7, 0.5) == 0.7


def tempered(seeded, temperatures, seed):
    """Exact draws of V = x²/2 at each temperature: (levels, 20000, 1)."""
    t = torch.tensor(temperatures, dtype=torch.float64)
    z = torch.randn(len(t), 20_000, 1, generator=seeded(seed), dtype=torch.float64) * t.sqrt()[:, None, None]
    return Levels(z, z[..., 0].square() / 2, 1 / t, t.sqrt())


@pytest.mark.parametrize("temperatures", [[1.0, 2.0, 4.0], [1.0, 9.0]])
def test_tempering_leaves_every_level_as_it_is(seeded, temperatures):
    """Walk and swaps from exact draws: variances stay T, to four standard errors, 4 √(2/20000) T."""
    potential = Potential(lambda z: z.square().sum(dim=1) / 2, 1)
    sampler = ParallelTempering(potential, levels=len(temperatures), dtype=torch.float64)
    chains = tempered(seeded, temperatures, 1)
    for k in range(6):
        chains, rates, taken = sampler.sweep(Oracle(potential), chains, k, seeded(10 + k))
        assert float(rates.min()) > 0.3 and float(taken.min() if len(taken) else 0.5) < 1
    variances = chains.z[..., 0].square().mean(dim=1)
    torch.testing.assert_close(variances, torch.tensor(temperatures, dtype=torch.float64), rtol=0.04, atol=0)


def test_swaps_that_are_always_taken_would_be_wrong(seeded):
    """The law of the test above can fail: without refusals the cold level takes on the hot one's variance."""
    chains = tempered(seeded, [1.0, 9.0], 2)
    always = swap(chains.z, torch.zeros_like(chains.v), chains.beta, 0, seeded(3))
    assert float(always[2][0]) == 1 and float(always[0][0].var()) > 5
    honest = swap(chains.z, chains.v, chains.beta, 0, seeded(3))
    assert float(honest[0][0].var()) == pytest.approx(1, rel=0.04)


def test_swaps_are_refused_in_the_proportion_of_theory(seeded):
    """For V = x²/2 neighbours at T and 1 swap with probability (4/π) arctan(1/√T)."""
    for hot in (1.0, 4.0, 100.0):
        chains = tempered(seeded, [1.0, hot], 4)
        taken = float(swap(chains.z, chains.v, chains.beta, 0, seeded(5))[2][0])
        assert taken == pytest.approx(4 / math.pi * math.atan(1 / math.sqrt(hot)), abs=0.015)


def test_a_ladder_with_gaps_is_told(seeded):
    target = targets.gaussian([0.0] * 10, [1.0] * 10)
    settings = SMALL["tempering"] | {"levels": 2, "hottest": 1e4, "scale": 1.0}
    draws = ParallelTempering(target.potential, **settings).sample(100, generator=seeded(6))
    assert draws.acceptance[0] < 0.05 and "use more levels" in draws.warnings[-1]


@pytest.mark.parametrize("step", [0.1, 0.5, 1.0])
def test_ula_settles_at_its_known_bias(seeded, step):
    """V = x²/2: variance 1/(1 − h/2). Four standard errors of a variance are 4 √(2/n) of it."""
    potential, n = Potential(lambda z: z.square().sum(dim=1) / 2, 1), 40_000
    x = ULA(potential, scale=1.0, step=step, steps=math.ceil(6 / step)).sample(n, generator=seeded(7)).x
    assert float(x.double().var()) == pytest.approx(1 / (1 - step / 2), rel=4 * math.sqrt(2 / n))


def test_ula_survives_points_without_a_gradient(seeded):
    """√|x| has the gradient ±∞ at 0, and a wall is zero density: neither spreads, both are counted."""
    z = torch.tensor([[0.0], [4.0], [-1.0]])
    oracle = Oracle(Potential(lambda z: torch.where(z[:, 0] >= 0, z[:, 0].abs().sqrt(), torch.nan), 1))
    v, gradient = value_and_gradient(oracle, z, 100)
    assert v.tolist() == [0.0, 2.0, math.inf] and gradient[:, 0].tolist() == [0.0, 0.25, 0.0]
    assert oracle.invalid == 2 and oracle.calls == 3
    wall = Potential(lambda z: torch.where(z[:, 0] > 0, z[:, 0].square() / 2, torch.inf), 1, max_invalid=0.9)
    draws = ULA(wall, scale=1.0, step=0.02, steps=1500).sample(500, generator=seeded(8))
    inside = draws.x[:, 0] > 0
    assert inside.double().mean() > 0.9 and draws.invalid > 0 and "zero density" in " ".join(draws.warnings)


def test_chains_that_run_away_are_told(seeded):
    wells = targets.double_wells(2).potential
    draws = ULA(wells, scale=1.5, step=0.02, steps=50).sample(3000, generator=seeded(9))
    assert "ran away" in " ".join(draws.warnings)
    with pytest.raises(InputError, match="ran away"):
        ULA(wells, scale=1.5, step=0.5, steps=50).sample(3000, generator=seeded(9))


@pytest.mark.parametrize("name", ["ula", "rdmc"])
def test_a_potential_without_gradients_is_named(seeded, name):
    blind = Potential(lambda z: z.detach().square().sum(dim=1), 2)
    with pytest.raises(InputError, match="no gradient"):
        small(name, blind).sample(10, generator=seeded())


@pytest.mark.parametrize("t", [0.05, 0.5, 1.5])
def test_rdmc_estimates_the_score_of_a_gaussian(seeded, t):
    """N(m, S²) is N(e^{−t} m, e^{−2t} S² + 1 − e^{−2t}) at time t; its score is linear."""
    target = targets.gaussian([1.0, -1.0], [0.7, 0.7])
    x = torch.tensor([[0.0, 0.0], [1.0, -2.0]], dtype=torch.float64)
    sampler = RDMC(target.potential, inner=60, dtype=torch.float64)
    mean, (z, _), *_ = sampler.posterior_mean(Oracle(target.potential), x, t, 1000, None, math.inf, seeded(10))
    s = math.exp(-t)
    exact = (s * torch.tensor([1.0, -1.0]) - x) / (s * s * 0.49 + 1 - s * s)
    torch.testing.assert_close(score(x, mean, t), exact, atol=0.1, rtol=0.05)
    # Langevin steps of this length, wrongly corrected, miss the posterior's variance by far more than this.
    variance = z.view(2, 1000, 2).var(dim=1).mean().item()
    assert variance == pytest.approx(1 / (1 / 0.49 + s * s / (1 - s * s)), rel=5 * math.sqrt(2 / 4000))


@pytest.mark.parametrize("name", some(BASELINES))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_seed_decides_everything_and_global_ones_nothing(seeded, name, dtype):
    target = targets.double_wells(2)
    state = torch.get_rng_state()
    first, again, other = (
        small(name, target.potential, dtype=dtype).sample(60, generator=seeded(s), keep_path=True) for s in (1, 1, 2)
    )
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first.x, again.x) and first.calls == again.calls
    assert not torch.equal(first.x, other.x)
    assert first.x.dtype == dtype and first.x.shape == (60, 2)
    assert torch.equal(first.path[-1], first.x) and first.path.shape[1:] == (60, 2)


@pytest.mark.parametrize("name", some(BASELINES))
def test_reported_calls_are_the_calls_made_and_stay_in_budget(seeded, name):
    target, made = targets.double_wells(2), [0]

    def function(z):
        made[0] += len(z)
        return target.potential.function(z)

    for budget in (6_000, 20_000, None):
        made[0] = 0
        draws = small(name, Potential(function, 2)).sample(40, generator=seeded(3), max_oracle_calls=budget)
        assert draws.calls.total == made[0] <= (budget or math.inf)
        assert torch.isfinite(draws.x).all()


@pytest.mark.parametrize("name", ["sir", "smc", "tempering", "ula"])
def test_the_chunk_size_changes_nothing(seeded, name):
    target = targets.double_wells(2)
    runs = [small(name, target.potential, chunk=c).sample(3000, generator=seeded(4)) for c in (2048, 32_768)]
    assert torch.equal(runs[0].x, runs[1].x) and runs[0].log_z == runs[1].log_z


@pytest.mark.parametrize("name", some(BASELINES))
def test_a_budget_too_small_is_named(seeded, name):
    with pytest.raises(InputError, match="too few"):
        small(name, targets.double_wells(2).potential).sample(100, generator=seeded(), max_oracle_calls=140)


def test_an_smc_that_the_budget_ends_early_says_so(seeded):
    target = targets.gaussian([0.0] * 10, [0.1] * 10)
    sampler = TemperedSMC(target.potential, scale=4.0)
    draws = sampler.sample(100, generator=seeded(), max_oracle_calls=4000)
    assert draws.calls.total <= 4000 and any("ended the tempering at β" in warning for warning in draws.warnings)


@pytest.mark.parametrize("name", some(BASELINES))
def test_a_potential_that_cannot_be_normalised_is_named(seeded, name):
    with pytest.raises(InputError, match="cannot be normalised"):
        small(name, Potential(lambda z: -z.square().sum(dim=1), 2)).sample(10, generator=seeded())


@pytest.mark.parametrize("name", ["dynesty", "pocomc"])
def test_an_extra_that_is_missing_is_named(seeded, name, monkeypatch):
    def missing(package):
        raise ImportError(package)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(InputError, match=f"pip install {name}"):
        small(name, targets.double_wells(2).potential).sample(10, generator=seeded())


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        *((name, {"scale": 0.0}) for name in BASELINES),
        ("sir", {"pool": 3}),
        ("smc", {"share": 1.0}),
        ("smc", {"moves": -1}),
        ("tempering", {"levels": 0}),
        ("tempering", {"hottest": 0.5}),
        ("ula", {"step": 0.0}),
        ("ula", {"steps": 0}),
        ("rdmc", {"inner": 1}),
        ("rdmc", {"end": 3.0}),
        ("dynesty", {"live": 2}),
        ("pocomc", {"active": 64, "effective": 32}),
    ],
)
def test_bad_settings_are_input_errors(name, settings):
    with pytest.raises(InputError):
        BASELINES[name](targets.double_wells(2).potential, **settings)

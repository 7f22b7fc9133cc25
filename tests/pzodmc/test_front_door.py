"""Coordinates, functions and machines as people have them: each says the same as the plain form, or what is wrong."""

import math
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.errors import InputError
from experiments.pzodmc import AdaptivePartialZODMC, Potential, sample
from experiments.pzodmc.coordinates import make_space
from experiments.pzodmc.space import half_normal

FEW = {"max_oracle_calls": 6000}
WEIGHT = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))


def bowl(z):
    return ((z - 1.0) ** 2).sum(1) / 2


def one_point(z):
    return float(((z - 1.0) ** 2).sum() / 2)


def dies(z):
    os._exit(1)


def breaks(z):
    raise ValueError("no such state")


# ---- coordinates


@settings(max_examples=40, deadline=None)
@given(
    low=st.floats(-1e6, 1e6),
    width=st.floats(1e-6, 1e6),
    kind=st.sampled_from(["box", "above", "below", "line", "circle"]),
)
def test_every_coordinate_is_monotone_and_its_slope_is_the_derivative(low, width, kind):
    bounds = {
        "box": (low, low + width),
        "circle": (low, low + width),
        "above": (low, None),
        "below": (None, low),
        "line": None,
    }
    if kind in ("box", "circle") and not low < low + width:
        return
    periodic = [0] if kind == "circle" else []
    space = make_space(1, scale=width, loc=low if kind == "line" else 0.0, bounds=[bounds[kind]], periodic=periodic)
    y = torch.linspace(-4, 4, 81, dtype=torch.float64)[:, None].requires_grad_()
    z = space.to_z(y.detach().clone())
    step = 1e-4
    slope = (space.to_z(y.detach() + step) - space.to_z(y.detach() - step)).abs()[:, 0] / (2 * step)
    told = torch.exp(-space.minus_log_slope(y.detach()) + (space.minus_log_slope(y.detach()) * 0))
    noise = 1e-12 * (abs(low) + width) / step
    assert ((slope - told).abs() <= 2e-5 * told + noise).all()
    if kind in ("box", "circle"):
        assert (z >= low).all() and (z <= low + width).all()
    if kind == "above":
        assert (z >= low).all()


def test_the_half_normal_is_exact_in_both_tails():
    y = torch.tensor([-9.0, -5.0, -4.999999, 0.0, 3.0, 8.0], dtype=torch.float64)
    known = stats.halfnorm.ppf(stats.norm.cdf(y.numpy()))
    known[0] = math.sqrt(math.pi / 2) * stats.norm.cdf(-9)  # where SciPy's own is 0
    known[-2:] = stats.halfnorm.isf(stats.norm.sf(y.numpy()[-2:]))
    np.testing.assert_allclose(half_normal(y).numpy(), known, rtol=1e-6)


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ({"bounds": [(1, 0), None]}, "below the upper"),
        ({"bounds": [(0, 1)]}, "one .lower, upper. a coordinate"),
        ({"bounds": [(0, math.nan), None]}, "no numbers"),
        ({"bounds": {"tau": (0, 1)}}, "no coordinate 'tau'"),
        ({"bounds": [(0, None), None], "periodic": [0]}, "two finite bounds"),
        ({"periodic": [5]}, "no coordinate 5"),
        ({"scale": [1, 2, 3]}, "one a coordinate"),
        ({"scale": "wide"}, "give a number"),
        ({"scale": [1, -1]}, "positive"),
        ({"loc": math.inf}, "finite"),
        ({"names": ["a"]}, "2 different words"),
        ({"names": ["a", "a"]}, "2 different words"),
        ({"prior": [stats.norm()]}, "one distribution a coordinate"),
        ({"prior": ["normal", stats.norm()]}, "frozen distribution"),
        ({"prior": [stats.uniform(0, 1)] * 2, "bounds": [(0, 2), (0, 1)]}, "the prior lives on"),
        ({"prior": lambda u: u, "bounds": [(0, 1)] * 2}, "leave bounds"),
        ({"prior": lambda u: u[:, :1]}, "must map"),
        ({"progress": 3}, "progress"),
        ({"pool": 3, "vectorized": False}, "executor"),
        ({"pool": ThreadPoolExecutor(1)}, "vectorized=False"),
    ],
)
def test_what_contradicts_itself_is_named(front, words):
    with pytest.raises(InputError, match=words):
        sample(bowl, 2, 20, **FEW, **front)


def test_numbers_of_numpy_are_numbers():
    draws = sample(bowl, np.int64(2), np.int64(20), scale=[2, 3], names=["a", "b"], **FEW)
    assert draws.x.shape == (20, 2) and draws.names == ("a", "b")


def test_a_prior_makes_z_the_evidence():
    """N(0, 2²) prior, likelihood N(1; z, 1): the evidence is N(1; 0, 5), the posterior N(0.8, 0.8)."""
    function = lambda z: (z[:, 0] - 1) ** 2 / 2 + math.log(math.sqrt(2 * math.pi))  # noqa: E731
    for prior in ([stats.norm(0, 2)], lambda u: stats.norm(0, 2).ppf(u)):
        draws = sample(function, 1, prior=prior)
        assert abs(draws.log_z - float(stats.norm(0, math.sqrt(5)).logpdf(1))) < 5 * draws.log_z_error + 1e-3
        assert abs(float(draws.x.mean()) - 0.8) < 0.13 and abs(float(draws.x.var()) - 0.8) < 0.18


# ---- functions


@pytest.mark.parametrize(
    ("function", "dtype"),
    [
        (lambda z: (z.numpy() ** 2).sum(1) / 2 if isinstance(z, torch.Tensor) else (z**2).sum(1) / 2, torch.float64),
        (lambda z: -stats.multivariate_normal(np.zeros(2)).logpdf(z), torch.float64),
        (lambda z: (z @ torch.eye(2)).square().sum(1) / 2, torch.float32),
        (lambda z: (z.double() @ torch.eye(2, dtype=torch.float64)).square().sum(1) / 2, torch.float64),
        (lambda z: (WEIGHT * z**2).sum(1) / 2, torch.float64),
    ],
)  # fmt: skip
def test_numpy_torch_and_either_precision_are_found_out_and_kept(function, dtype):
    draws = sample(function, 2, 50, **FEW)
    assert draws.x.dtype == dtype and torch.isfinite(draws.x).all() and not draws.x.requires_grad
    assert not draws.values.requires_grad


def test_v_of_one_point_gives_the_draws_of_v_of_many():
    plain = sample(bowl, 2, 30, seed=3, max_oracle_calls=4000)
    one = sample(one_point, 2, 30, seed=3, vectorized=False, max_oracle_calls=4000)
    with ThreadPoolExecutor(2) as pool:
        shared = sample(one_point, 2, 30, seed=3, vectorized=False, pool=pool, max_oracle_calls=4000)
    torch.testing.assert_close(one.x, plain.x)
    assert torch.equal(one.x, shared.x) and plain.calls == one.calls


def test_a_pool_that_dies_is_named_with_its_cure():
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool,
        pytest.raises(InputError, match="workers died.*checkpoint"),
    ):
        sample(dies, 2, 20, vectorized=False, pool=pool, **FEW)


def test_what_v_raises_is_one_line_and_its_cause_is_kept():
    with pytest.raises(InputError, match="ValueError: no such state") as caught:
        sample(breaks, 2, 20)
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(InputError, match="to a number"):
        sample(lambda z: z, 2, 20, vectorized=False)


def test_a_v_that_is_not_deterministic_is_named():
    noise = np.random.default_rng(0)
    with pytest.raises(InputError, match="not deterministic"):
        sample(lambda z: (z**2).sum(1) + torch.as_tensor(noise.standard_normal(len(z))), 2, 20)


def test_nans_are_counted_and_told():
    draws = sample(lambda z: torch.where(z[:, 0] > 3, math.nan, bowl(z)), 2, 50, **FEW)
    assert draws.invalid and any("NaN" in warning for warning in draws.warnings)


def test_float32_inside_is_still_found_to_split():
    draws = sample(lambda z: ((z.float() ** 2 - 1) ** 2).sum(1).double(), 4, 50, scale=1.5, max_oracle_calls=30_000)
    assert draws.blocks == ((0,), (1,), (2,), (3,))


# ---- long runs


class Stop(Exception):
    pass


@pytest.mark.parametrize("vectorized", [True, False])
def test_a_run_that_broke_goes_on_to_the_same_draws(tmp_path, vectorized):
    asked, limit = [0], [math.inf]

    def function(z):
        asked[0] += len(z) if vectorized else 1
        if asked[0] > limit[0]:
            raise Stop("power cut")
        return bowl(z) if vectorized else one_point(z)

    def run(checkpoint):
        return sample(function, 2, 30, seed=5, vectorized=vectorized, checkpoint=checkpoint, max_oracle_calls=4000)

    unbroken, whole, path = run(None), asked[0], tmp_path / "run.answers"
    asked[0], limit[0] = 0, whole // 2
    with pytest.raises(InputError, match="power cut"):
        run(path)
    known = asked[0]
    asked[0], limit[0] = 0, math.inf
    again = run(path)
    assert torch.equal(again.x, unbroken.x) and again.calls == unbroken.calls and again.log_z == unbroken.log_z
    # Nothing is asked twice, but for the batch that broke and the trial of how V is called.
    assert asked[0] <= whole - known + (2000 if vectorized else 4)
    asked[0] = 0
    assert torch.equal(run(path).x, unbroken.x) and asked[0] <= 4
    with pytest.raises(InputError, match="another run"):
        sample(function, 2, 31, seed=5, vectorized=vectorized, checkpoint=path)


def test_progress_tells_calls_stages_and_a_share_that_grows():
    heard = []
    draws = sample(bowl, 2, 50, progress=lambda *told: heard.append(told), **FEW)
    calls, stages, shares = zip(*heard, strict=True)
    assert calls[-1] == draws.calls.total and list(shares) == sorted(shares) and shares[-1] <= 1
    assert any("block" in stage for stage in stages)


@pytest.mark.parametrize("budget", [2500, 4000, 10_000, 40_000])
@pytest.mark.parametrize("dim", [1, 3])
def test_a_budget_holds_for_the_whole_run_and_its_draws_are_right_or_warned_of(budget, dim):
    made = [0]

    def function(z):
        made[0] += len(z)
        return bowl(z)

    draws = sample(function, dim, 400, max_oracle_calls=budget, scale=3.0)
    # The first call finds out how V is called and is one of those that count.
    assert draws.calls.total <= budget and made[0] == draws.calls.total
    effective = min(400, *(len({tuple(row) for row in part.x.tolist()}) for part in draws.parts))
    whole = effective >= 0.95 * 400  # one draw in twenty may stand twice
    assert whole or draws.warnings
    slack = 1 if whole else 2  # few particles, and warned of
    assert abs(float(draws.x.mean()) - 1) < slack * 5 / math.sqrt(effective * dim)


# ---- what comes out


def far_mode(distance):
    def function(z):
        near, far = math.log(0.7) - z.square().sum(1) / 2, math.log(0.3) - z[:, 1:].square().sum(1) / 2
        return -torch.logsumexp(torch.stack([near, far - (z[:, 0] - distance) ** 2 / 2]), 0)

    return function


@pytest.mark.parametrize("dim", [1, 2, 5])
@pytest.mark.parametrize("distance", [14.0, 30.0, 50.0])
def test_a_mode_outside_the_scale_is_named_with_its_cure(dim, distance):
    for seed in (1, 2):
        with pytest.raises(InputError, match="does not cover the target: [23].% of the weight.*use scale=8"):
            sample(far_mode(distance), dim, 500, scale=4.0, seed=seed)


def test_nothing_is_called_trusted_and_what_is_not_excluded_is_said():
    """A third of the weight lies 1,000 scales away: unknowable, so nothing may claim that it is not there."""
    far = sample(far_mode(4000.0), 1, 200, scale=4.0)
    closed = sample(lambda z: (z**2).sum(1) / 2, 2, 200, bounds=[(-5, 5)] * 2)
    for draws in (far, closed):
        table = str(draws.summary())
        assert "trusted" not in table and "of a mode that was not met they say nothing" in table
        assert draws.not_excluded in table and "it may hold any weight" in table
    assert "outside 2.5 scales" in far.not_excluded and "outside" not in closed.not_excluded
    assert "several blocks" in closed.not_excluded and "several blocks" not in far.not_excluded
    assert f"{closed.missed.of_reference:.2%}" in closed.not_excluded


def test_draws_go_to_numpy_arviz_and_a_file(tmp_path):
    draws = sample(bowl, 2, 200, names=["alpha", "beta"])
    assert draws.to_numpy().shape == (200, 2)
    path = tmp_path / "draws.npz"
    draws.save(path)
    assert np.array_equal(np.load(path)["x"], draws.to_numpy())
    assert "alpha" in str(draws.summary()) and "log Z" in str(draws.summary())
    pytest.importorskip("arviz")
    data = draws.to_arviz()
    np.testing.assert_array_equal(np.asarray(data["posterior"]["alpha"])[0], draws.to_numpy()[:, 0])
    lp = np.asarray(data["sample_stats"]["lp"])[0]
    np.testing.assert_allclose(lp, -bowl(draws.x).numpy(), atol=1e-6)


def test_a_v_far_too_coarse_says_so():
    coarse = AdaptivePartialZODMC(Potential(lambda z: (bowl(z).float() + 1e8).double(), 2), scale=3.0)
    draws = coarse.sample(50, generator=torch.Generator().manual_seed(0))
    assert any("rounded" in warning for warning in draws.warnings)


def test_heavy_tails_beyond_the_scale_are_told():
    """Of a Cauchy law 13 % lie beyond 2.5 such scales; what lies much further is met by no point."""
    cauchy = sample(lambda z: torch.log1p(z[:, 0] ** 2), 1, 400, scale=2.0)
    assert any("heavy tails" in w and "scale=4 or more" in w for w in cauchy.warnings)
    assert not sample(bowl, 1, 400, scale=0.9, loc=1.0).warnings


def test_a_v_that_is_no_number_in_half_of_space_names_a_cure_that_works():
    def half(outside):
        return lambda z: torch.where(z[:, 0] > 0.5, bowl(z), outside)

    with pytest.raises(InputError, match=r"V is NaN or infinite.*return \+inf"):
        sample(half(math.nan), 2, 100, scale=2.0)
    assert bool((sample(half(math.inf), 2, 100, scale=2.0).x[:, 0] > 0.5).all())

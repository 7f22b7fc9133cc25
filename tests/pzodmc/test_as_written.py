"""V, priors and settings as people first write them: what can be meant is done, anything else is one line with a cure
that works.
"""

import math
import pickle
import re
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import torch
from scipy import stats

from experiments.errors import InputError
from experiments.pzodmc import AdaptivePartialZODMC, Potential, sample
from experiments.pzodmc.coordinates import make_space
from experiments.pzodmc.output import variables
from experiments.pzodmc.pooled import PooledZODMC

FEW = {"max_oracle_calls": 3400}


def bowl(z):
    return ((z - 1.0) ** 2).sum(1) / 2


def either(z):
    """Of many points, or of one."""
    return ((z - 1.0) ** 2).sum(-1) / 2


def moved(z):
    z -= 1.0
    return (z**2).sum(1) / 2


class Counted:
    """V, and the points that it was asked at, those of calls that failed among them."""

    def __init__(self, function):
        self.function, self.points, self.lowest, self.highest = function, 0, math.inf, -math.inf

    def __call__(self, z):
        array = np.asarray(z)
        self.points += len(array) if array.ndim == 2 else 1
        self.lowest, self.highest = min(self.lowest, array.min()), max(self.highest, array.max())
        return self.function(z)


class Client:
    """As Dask's: its map gives promises."""

    def map(self, function, points):
        return [object() for _ in points]

    def get_executor(self):
        return ThreadPoolExecutor(1)


# ---- what V gives back


@pytest.mark.parametrize(
    "form",
    [
        lambda v: v.tolist(),
        lambda v: tuple(v.tolist()),
        lambda v: np.array(v.tolist(), dtype=object),
        lambda v: np.asarray(v).astype(np.longdouble),
        lambda v: np.asarray(v).astype(">f8"),
        lambda v: v[:, None].squeeze(),
    ],
)
def test_whatever_holds_m_numbers_is_an_answer(form):
    assert torch.equal(sample(lambda z: form(bowl(z)), 2, 30, **FEW).x, sample(bowl, 2, 30, **FEW).x)


def test_a_v_that_needs_torch_s_methods_goes_on_getting_tensors():
    assert torch.equal(sample(lambda z: bowl(z.numpy()), 2, 30, **FEW).x, sample(bowl, 2, 30, **FEW).x)


def test_a_v_that_changes_its_points_changes_nothing_else(tmp_path):
    """Neither the particles nor what a checkpoint knows of them."""
    assert torch.equal(sample(moved, 2, 30, **FEW).x, sample(bowl, 2, 30, **FEW).x)
    runs = [PooledZODMC(Potential(f, 2)).sample(30, generator=torch.Generator().manual_seed(0)) for f in (moved, bowl)]
    assert torch.equal(runs[0].x, runs[1].x)
    first, second = (sample(moved, 2, 30, checkpoint=tmp_path / "run.answers", **FEW) for _ in range(2))
    assert torch.equal(first.x, second.x)


@pytest.mark.parametrize(
    ("function", "words", "cured"),
    [
        (lambda z: bowl(z)[:, None], r"take the last axis off: V\(z\)\[:, 0\]", lambda z: bowl(z)[:, None][:, 0]),
        (lambda z: bowl(z) * (1 + 0j), "its real part", lambda z: (bowl(z) * (1 + 0j)).real),
        (lambda z: -bowl(z), "change the sign if it is the log density", bowl),
    ],
)
def test_an_answer_that_means_something_else_has_a_cure_that_cures(function, words, cured):
    with pytest.raises(InputError, match=words):
        sample(function, 2, 30, **FEW)
    assert torch.equal(sample(cured, 2, 30, **FEW).x, sample(bowl, 2, 30, **FEW).x)


def gradient_norm(z):
    with torch.enable_grad():
        points = z.clone().requires_grad_()
        return torch.autograd.grad(bowl(points).sum(), points)[0].square().sum(1) / 2


def test_a_v_with_gradients_of_its_own():
    with pytest.raises(InputError, match="enable_grad"):
        sample(lambda z: torch.autograd.grad(bowl(z).sum(), z)[0].sum(1), 2, 30, **FEW)
    torch.testing.assert_close(sample(gradient_norm, 2, 30, **FEW).x, sample(bowl, 2, 30, **FEW).x)


@pytest.mark.parametrize(
    "function",
    [
        lambda z: -stats.norm.logpdf(z.astype(float)).sum(1),  # NumPy alone
        lambda z: (np.exp(z) - z).sum(axis=1),  # NumPy's functions take tensors too, and warn
        lambda z: (z @ torch.eye(2)).square().sum(1),  # float32 alone
    ],
)
@pytest.mark.parametrize("budget", [2600, 6000])
def test_calls_by_which_it_is_found_out_how_v_is_called_are_calls(function, budget):
    counted = Counted(function)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        draws = sample(counted, 2, 30, max_oracle_calls=budget)
    assert counted.points == draws.calls.total <= budget


@pytest.mark.parametrize("kind", [AdaptivePartialZODMC, PooledZODMC])
def test_what_a_run_finds_out_of_v_changes_no_later_run(kind):
    sampler = kind(Potential(lambda z: -stats.norm.logpdf(z.astype(float)).sum(1), 2), scale=3.0)
    runs = [sampler.sample(30, generator=torch.Generator().manual_seed(0), max_oracle_calls=6000) for _ in range(2)]
    assert torch.equal(runs[0].x, runs[1].x) and runs[0].calls == runs[1].calls


# ---- where V is asked


@pytest.mark.parametrize(
    ("where", "low", "high"),
    [
        ({"bounds": (0, 1)}, 0, 1),
        ({"bounds": (5, None)}, 5, math.inf),
        ({"bounds": (None, -5)}, -math.inf, -5),
        ({"prior": stats.uniform(5, 1)}, 5, 6),
        ({"prior": stats.gamma(2)}, 0, math.inf),
        ({"prior": stats.norm()}, -math.inf, math.inf),
        ({"prior": stats.cauchy()}, -math.inf, math.inf),
        ({"prior": lambda u: u}, 0, 1),
        ({"prior": lambda u: stats.norm.ppf(u)}, -math.inf, math.inf),
    ],
)
def test_v_is_asked_strictly_inside(where, low, high):
    """At a wall a logarithm is infinite, and plain Python's raises."""
    counted = Counted(lambda z: ((z - 5) ** 2).sum(1) / 100)
    sample(counted, 2, 30, **where, **FEW)
    assert low < counted.lowest and counted.highest < high


def test_a_logarithm_of_plain_python_is_a_v():
    draws = sample(lambda z: -math.log(z[0]) - math.log1p(-z[0]), 1, 200, bounds=(0, 1), vectorized=False)
    assert abs(float(draws.x.mean()) - 0.5) < 5 * math.sqrt(0.05 / 200)
    assert abs(draws.log_z - math.log(1 / 6)) < 5 * draws.log_z_error


def test_what_plain_python_cannot_compute_far_out_names_the_point_and_a_cure():
    def steep(z, cured):
        try:
            return math.exp(z[0]) - z[0]
        except OverflowError:
            return math.inf if cured else math.exp(z[0])

    with pytest.raises(InputError, match=r"at the point \[40000.0\].*return math.inf"):
        sample(lambda z: steep(z, False), 1, 30, vectorized=False, **FEW)
    assert abs(sample(lambda z: steep(z, True), 1, 400, vectorized=False).log_z) < 0.3


# ---- priors and settings


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ({"prior": stats.poisson(3)}, "discrete"),
        ({"prior": [stats.gamma, stats.norm()]}, "with its parameters"),
        ({"prior": stats.norm([0, 0], [1, 2])}, "no distribution of one number"),
        ({"prior": stats.norm(0, -1)}, "no distribution of one number"),
        ({"prior": {"a": stats.norm()}}, "for each of z0, z1, got a"),
        ({"prior": lambda u: np.array([u[0], u[1]])}, r"u\[:, 0\], not u\[0\]"),
        ({"prior": lambda u: u * math.nan}, "NaN"),
        ({"bounds": 5}, "one .lower, upper. a coordinate"),
        ({"bounds": (0, 1), "periodic": [True, False]}, "no coordinate True"),
        ({"bounds": (0, 1), "periodic": [None]}, "no coordinate None"),
        ({"names": "ab"}, "2 different words"),
        ({"names": 5}, "2 different words"),
        ({"seed": None}, "whole number"),
        ({"seed": 2**70}, "cannot be used here"),
        ({"device": "tpu"}, "cannot be used here"),
        ({"max_oracle_calls": "many"}, "positive number"),
        ({"max_oracle_calls": math.inf}, "None for no limit"),
        ({"checkpoint": 5}, "path of a file"),
        ({"checkpoint": ""}, "path of a file"),
        ({"poool": 3}, "no option 'poool'"),
        ({"dtype": "float32"}, "torch.float32"),
        ({"pool": ThreadPoolExecutor, "vectorized": False}, "an executor that is running"),
        ({"pool": Client(), "vectorized": False}, r"pool=client.get_executor\(\)"),
    ],
)
def test_what_cannot_be_meant_is_one_line(front, words):
    with pytest.raises(InputError, match=words) as caught:
        sample(bowl, 2, 20, **(FEW | front))
    assert "\n" not in str(caught.value)


def test_priors_by_name_are_those_in_order():
    one = make_space(2, names=["a", "b"], prior={"b": stats.norm(5, 2), "a": stats.gamma(2)})
    two = make_space(2, names=["a", "b"], prior=np.array([stats.gamma(2), stats.norm(5, 2)], dtype=object))
    y = torch.randn(50, 2, dtype=torch.float64)
    assert torch.equal(one.to_z(y), two.to_z(y))


def test_a_place_that_the_scale_does_not_reach_from_a_wall_names_a_scale_that_does():
    def function(z):
        return ((z[:, 0] - 50) / 5).square() / 2

    with pytest.raises(InputError, match="does not reach 50") as caught:
        sample(function, 1, 200, bounds=(0, None), loc=50, scale=5)
    told = float(re.search(r"give scale=(\d+)", str(caught.value))[1])
    draws = sample(function, 1, 200, bounds=(0, None), scale=told)
    assert abs(float(draws.x.mean()) - 50) < 5 * 5 / math.sqrt(200) and not draws.warnings


def test_points_of_the_reference_are_the_sampler_s_pool():
    sampler = AdaptivePartialZODMC(Potential(bowl, 2), pool=512)
    draws = sampler.sample(30, generator=torch.Generator().manual_seed(0))
    assert torch.equal(sample(bowl, 2, 30, points=512).x, draws.x)


# ---- pools and checkpoints


def test_a_v_without_a_name_is_told_how_to_get_one():
    with ProcessPoolExecutor(1) as pool, pytest.raises(InputError, match="with def at the top of a module"):
        sample(lambda z: 1.0, 2, 20, vectorized=False, pool=pool, **FEW)


def test_a_pool_that_is_closed_is_told():
    with ThreadPoolExecutor(1) as pool:
        pass
    with pytest.raises(InputError, match="the pool is closed"):
        sample(lambda z: 1.0, 2, 20, vectorized=False, pool=pool, **FEW)


@pytest.mark.parametrize("vectorized", [True, False])
@pytest.mark.parametrize(
    ("again", "words"),
    [
        ({"function": lambda z: 2 * either(z)}, "another V"),
        ({"seed": 4}, "seed was 3 and is 4"),
        ({"scale": 5.0}, "scale was 4.0 and is 5.0"),
        ({"n": 31}, "n was 30 and is 31"),
        ({"prior": stats.norm(0, 2)}, "at other points: the prior"),
    ],
)
def test_a_checkpoint_of_another_run_says_what_differs(tmp_path, vectorized, again, words):
    run = {"function": either, "dim": 2, "n": 30, "seed": 3, "prior": stats.norm(0, 1)}
    run |= {"vectorized": vectorized, "checkpoint": tmp_path / "run.answers"} | FEW
    sample(**run)
    with pytest.raises(InputError, match=words):
        sample(**(run | again))


def test_a_file_that_is_no_checkpoint_is_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(InputError, match="is no checkpoint"):
        sample(bowl, 2, 20, checkpoint=path, **FEW)
    assert path.read_text() == "mine"


# ---- what comes out


def test_coordinates_with_numbers_in_brackets_are_one_vector():
    draws = sample(bowl, 4, 30, names=["mu", "theta[1]", "theta[0]", "odd[7]"], max_oracle_calls=8000)
    found = variables(draws)
    assert set(found) == {"mu", "theta", "odd[7]"}
    assert np.array_equal(found["theta"], draws.to_numpy()[:, [2, 1]])


@pytest.mark.parametrize("calls", [2600, None])
def test_what_the_draws_warn_of_is_warned_of(calls):
    """And where they warn of nothing, nothing is."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        draws = sample(bowl, 2, 300, max_oracle_calls=calls)
    assert [str(one.message) for one in caught] == list(draws.warnings)
    assert bool(caught) == (calls is not None) and all(one.filename == __file__ for one in caught)


def test_draws_are_a_line_and_can_be_pickled():
    draws = sample(bowl, 2, 30, **FEW)
    assert repr(draws).startswith("Draws(30 × 2, ") and len(repr(draws)) < 120
    again = pickle.loads(pickle.dumps(draws))
    assert torch.equal(again.x, draws.x) and str(again.summary()) == str(draws.summary())

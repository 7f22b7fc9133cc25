"""Weight further out than all draws: what is lacking is told, and nothing where nothing lacks."""

import math

import pytest
import torch
from scipy import stats

from experiments.pzodmc import sample
from experiments.pzodmc.tails import LACKING, MOST_CALLS, lacking

N = 1000
LAWS = {
    "Gauss": (lambda y: y.square().sum(1) / 2, stats.norm()),
    "Laplace": (lambda y: y.abs().sum(1), stats.laplace()),
    "t3": (lambda y: 2 * torch.log1p(y.square() / 3).sum(1), stats.t(3)),
    "Cauchy": (lambda y: torch.log1p(y.square()).sum(1), stats.cauchy()),
}


def exact(law, seed, dim=1, most=math.inf):
    """N draws in [−most, most]."""
    u = torch.rand(N, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    low = law.cdf(-most)
    return torch.as_tensor(law.ppf((low + (1 - 2 * low) * u).numpy()))


@pytest.mark.parametrize("name", LAWS)
def test_independent_draws_lack_as_much_as_one_draw_is(name):
    """The weight beyond the outermost of N draws is exponential with mean 1/N: e⁻¹⁰ of all runs lack LACKING."""
    v, law = LAWS[name]
    found = [lacking(v, y := exact(law, seed), v(y))[0] for seed in range(60)]
    assert max(found) < LACKING
    assert 0.4 < sum(found) / len(found) < 1.8


@pytest.mark.parametrize("most", [10.0, 20.0])
def test_what_a_cut_law_lacks_is_known(most):
    v, law = LAWS["Cauchy"]
    true = 2 * N * law.sf(most)
    found = sorted(lacking(v, y := exact(law, seed, most=most), v(y))[0] for seed in range(9))
    assert 0.75 * true < found[4] < 1.5 * true and found[0] > LACKING


def test_it_costs_few_calls_and_knows_which_coordinate_it_is():
    calls = []

    def v(y):
        calls.append(len(y))
        return y[:, 0].square() / 2 + torch.log1p(y[:, 1].square()) + y[:, 2].square() / 2

    y = torch.cat([exact(LAWS[k][1], j, most=15.0) for j, k in enumerate(("Gauss", "Cauchy", "Gauss"))], dim=1)
    missing, which = lacking(v, y, v(y))
    assert missing > LACKING and which == 1 and sum(calls[1:]) <= MOST_CALLS


@pytest.mark.parametrize("scale", [4.0, 8.0])
def test_cauchy_tails_are_told_at_scales_that_seem_wide_and_the_cure_works(scale):
    draws = sample(lambda z: torch.log1p(z[:, 0] ** 2), 1, N, scale=scale)
    assert float(draws.x.abs().max()) < 100  # of so many exact ones six lie further out
    assert any("further out than all of them" in w and "prior=scipy.stats.cauchy" in w for w in draws.warnings)
    cured = sample(lambda z: 0 * z[:, 0], 1, N, prior=[stats.cauchy(0, 1)])
    assert not cured.warnings and float(cured.x.abs().max()) > 100


@pytest.mark.parametrize("name", ["Gauss", "Laplace"])
def test_light_tails_give_no_warning(name):
    for seed in (1, 2, 3):
        assert not sample(LAWS[name][0], 3, 500, scale=2.0, seed=seed).warnings

"""What a descent or a check has met once is among the draws, however narrow it is."""

import math

import pytest
import torch

from experiments.pzodmc.audit import join, joined_anew
from experiments.pzodmc.descent import local_widths
from experiments.pzodmc.moves import Population
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.places import look_again, look_around
from experiments.pzodmc.plan import Plan
from experiments.pzodmc.stages import grow_pool
from experiments.pzodmc.tempered import settle

SHARE = 0.3


def pair(width, dim, centre):
    """A Gaussian of width .3 and, SHARE of the weight, one of `width` at centre (dim,)."""

    def v(y):
        wide = math.log(1 - SHARE) - (y / 0.3).square().sum(1) / 2 - dim * math.log(0.3)
        narrow = math.log(SHARE) - ((y - centre) / width).square().sum(1) / 2 - dim * math.log(width)
        return -torch.logaddexp(wide, narrow)

    return v


@pytest.mark.parametrize("scale", [1e-3, 1.0])
def test_widths_are_those_of_a_gaussian_near_its_peak(scale):
    sd = scale * torch.tensor([0.02, 0.3, 0.005], dtype=torch.float64)
    v = lambda y: ((y - 1) / sd).square().sum(1) / 2  # noqa: E731
    near = 1 + 0.3 * sd
    torch.testing.assert_close(local_widths(v, near, float(v(near[None]))), sd, rtol=1e-6, atol=0)


def test_a_plain_and_a_cliff_have_no_widths():
    y = torch.ones(2, dtype=torch.float64)
    assert local_widths(lambda y: 0 * y[:, 0], y, 0.0) is None
    assert local_widths(lambda y: torch.where((y - 1).abs().sum(1) > 0, torch.inf, 0.0), y, 0.0) is None


@pytest.mark.parametrize(("dim", "width"), [(2, 0.001), (3, 0.01), (6, 0.05)])
def test_a_mode_that_a_check_has_met_is_among_the_draws(seeded, dim, width):
    """From a point three widths from the bottom, which the pool alone would find in few runs or in none."""
    centre = torch.full((dim,), 0.7, dtype=torch.float64)
    potential, shares = Potential(pair(width, dim, centre), dim), []
    for seed in (1, 2):
        start = centre[None] + 3 * width / dim**0.5
        found = settle(Oracle(potential), (tuple(range(dim)),), Plan(), seeded(seed), starts=start)
        shares.append(float(((found.y - centre).norm(dim=1) < 8 * width).double().mean()))
    assert max(abs(share - SHARE) for share in shares) < 5 * math.sqrt(SHARE * (1 - SHARE) / 1000), shares


def test_nothing_is_looked_for_outside_a_box(seeded):
    """The reference covers all that there is: no descent begins outside it."""
    for outside in (True, False):
        asked = []

        def v(y, asked=asked):
            asked.append(float(y.abs().max()))
            return y.square().sum(1)

        plan = Plan(pool=512, outside=outside)
        run = Population(Oracle(Potential(v, 2)), ((0, 1),), plan, seeded(1), lambda stage, share: None)
        grow_pool(run, 512)
        look_around(run)
        assert (max(asked) > 8) == outside


def test_points_joined_anew_are_independent_and_none_is_the_pilots(seeded):
    """The first m joined points use each value once, and no two values that the pilot joined."""
    m = 50
    pools = [(torch.arange(m, dtype=torch.float64)[:, None] + 100 * k, torch.zeros(m)) for k in range(3)]
    y = join(((0,), (1,), (2,)), [part for part, _ in joined_anew(pools, 0, m)], 3)
    assert all(len(column.unique()) == m for column in y.T)
    rows = y - torch.tensor([0.0, 100.0, 200.0])
    assert bool((rows[:, 0] != rows[:, 1]).all()) and bool((rows[:, 1] != rows[:, 2]).all())
    again = join(((0,), (1,), (2,)), [part for part, _ in joined_anew(pools, m, 2 * m)], 3)
    assert not {tuple(row) for row in y.tolist()} & {tuple(row) for row in again.tolist()}


def test_a_basin_that_proposals_stand_in_becomes_a_place(seeded):
    """A mode a hundredth of the pool's spread wide, in whose basin no point of the pool and five of the later ones
    stand: descents from the pool do not reach it, those from the later points do; from `first` on alone.
    """
    centre = torch.full((3,), 0.4, dtype=torch.float64)
    v = pair(0.01, 3, centre)
    run = Population(Oracle(Potential(v, 3)), ((0, 1, 2),), Plan(outside=False), seeded(1), lambda stage, share: None)
    away = torch.randn(4000, 3, generator=seeded(2), dtype=torch.float64)
    away = away[(away - centre).norm(dim=1) > 0.15]
    later = centre + 0.02 * torch.randn(5, 3, generator=seeded(3), dtype=torch.float64)
    for y, first, reached in ((away, 0, False), (torch.cat([away, later]), len(away), True)):
        run.places = None
        found = look_again(run, y, v(y), first)
        if found is not None:
            torch.testing.assert_close(found[1], v(found[0]))
        met = found is not None and bool(((found[0] - centre).norm(dim=1) < 0.02).any())
        assert met == reached
    assert len(found[0]) <= len(later)  # none but the later points is descended from

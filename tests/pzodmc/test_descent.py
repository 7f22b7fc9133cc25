"""Descents find the narrow mode that no point of the pool lies in, and nothing where there is nothing to find."""

import math

import pytest
import torch

from experiments.pzodmc.descent import FIRST, OUTWARD, STARTS, descend, far_points, low_points, steps
from tests.pzodmc.strangers import narrow_wide


def pool(v, dim, size, generator):
    y = torch.randn(size, dim, generator=generator, dtype=torch.float64)
    return y, v(y)


@pytest.mark.parametrize("dim", [3, 4, 5])
def test_a_narrow_mode_is_reached_from_the_low_points_of_a_pool(seeded, dim):
    """Width 0.05 of the reference: the pool has hardly a point within two widths, and some in the basin."""
    case, calls = narrow_wide(dim), [0]

    def v(y):
        calls[0] += len(y)
        return case.function(3 * y)

    found = 0
    for seed in range(4):
        y, values = pool(v, dim, 8192, seeded(seed))
        low, near = low_points(y, values)
        calls[0] = 0
        ends, depth = descend(v, y[low], values[low], near.clamp(max=FIRST), seeded(100 + seed))
        assert calls[0] == len(low) * steps(dim) <= STARTS * steps(dim)
        torch.testing.assert_close(depth, v(ends))
        found += bool(((ends + 1).norm(dim=1) < 0.15).any())
    assert found >= 3


def test_a_bowl_has_few_low_points_and_all_lead_to_its_bottom(seeded):
    v = lambda y: 8 * y.square().sum(1)  # noqa: E731
    y, values = pool(v, 3, 4096, seeded(1))
    low, near = low_points(y, values)
    assert 1 <= len(low) <= 6
    torch.testing.assert_close(near, torch.cdist(y[low], y).topk(2, largest=False).values[:, 1], rtol=1e-3, atol=1e-3)
    ends, _ = descend(v, y[low], values[low], near.clamp(max=FIRST), seeded(2))
    assert float(ends.norm(dim=1).max()) < 0.15


def test_walls_give_no_false_pits(seeded):
    """Where all is infinite but one point, that point is the pit; no infinite point ever is."""
    y = torch.randn(500, 3, generator=seeded(3), dtype=torch.float64)
    values = torch.full((500,), math.inf, dtype=torch.float64)
    assert len(low_points(y, values)[0]) == 0
    values[7] = 1.0
    assert low_points(y, values)[0].tolist() == [7]


def test_a_short_stride_stays_in_a_basin_on_a_slope(seeded):
    """From the rim of a basin .02 wide on the flank of a bowl: strides of .02 end at its bottom, of .3 in the bowl."""

    def v(y):
        narrow = ((y - 0.7) / 0.004).square().sum(1) / 2 - math.log(0.3) + 2 * math.log(0.004)
        return -torch.logaddexp(-4.5 * y.square().sum(1), -narrow)

    start = torch.full((24, 2), 0.7, dtype=torch.float64)
    start[:, 0] += 0.0205
    hits = []
    for first in (0.02, 0.3):
        ends, _ = descend(v, start, v(start), first, seeded(5))
        hits.append(int(((ends - 0.7).norm(dim=1) < 0.012).sum()))
    assert hits[0] >= 18 > 6 >= hits[1], hits


def test_far_points_lie_in_opposite_pairs_between_the_sizes(seeded):
    far = far_points(4, seeded(4))
    assert far.shape == (OUTWARD, 4) and torch.equal(far[: OUTWARD // 2], -far[OUTWARD // 2 :])
    size = far.norm(dim=1) / 2
    assert float(size.min()) == pytest.approx(4) and float(size.max()) == pytest.approx(16)

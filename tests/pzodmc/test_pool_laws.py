"""The pool that starts everything says how much it is worth, and says so truthfully."""

import math

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import CoupledPartialZODMC, PooledZODMC, Potential, targets
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.pareto import generalised_pareto, pareto_k
from experiments.pzodmc.pool import draw_pool, resample


@pytest.mark.parametrize("k", [-0.5, 0.1, 0.5, 1.0, 2.0])
def test_the_pareto_fit_finds_shape_and_scale(seeded, k):
    u = torch.rand(20_000, generator=seeded(1), dtype=torch.float64)
    shape, scale = generalised_pareto(3.0 * (u**-k - 1) / k)
    assert abs(shape - k) < 0.05 and abs(scale / 3.0 - 1) < 0.05


@pytest.mark.parametrize("k", [0.3, 0.7, 1.5])
def test_k_hat_is_the_tail_index_of_the_weights_whatever_their_scale(seeded, k):
    u = torch.rand(100_000, generator=seeded(2), dtype=torch.float64)
    log_weight = -k * u.log()
    assert abs(pareto_k(log_weight) - k) < 0.1
    assert pareto_k(log_weight + 500) == pytest.approx(pareto_k(log_weight), abs=1e-9)


def test_equal_weights_are_the_best_and_too_few_the_worst():
    assert pareto_k(torch.zeros(1000)) == -math.inf
    assert pareto_k(torch.tensor([0.0, -1.0, -math.inf])) == math.inf


def test_a_wide_pool_is_trusted_and_a_narrow_one_is_not(seeded):
    """Target N(0, 1), proposal N(0, s²): the weights have tail index 1 − s² below s = 1 and are bounded above."""
    target = targets.gaussian([0.0], [1.0])
    wide, narrow = (
        draw_pool(Oracle(target.potential), 50_000, scale, seeded(3), torch.float64) for scale in (2.0, 0.4)
    )
    assert wide.pareto_k < 0.3 and not wide.check_size(1000) and abs(wide.log_z) < 0.02
    assert narrow.pareto_k > 0.6
    with pytest.raises(InputError, match="does not cover"):
        narrow.check_cover()


def test_systematic_resampling_gives_each_point_its_share_to_within_one(seeded):
    weight = torch.rand(50, generator=seeded(4), dtype=torch.float64)
    weight /= weight.sum()
    counts = torch.bincount(resample(weight, 1000, seeded(5)), minlength=50)
    assert float((counts - 1000 * weight).abs().max()) < 1


@pytest.mark.parametrize("factor", [1e-6, 1e6])
@pytest.mark.parametrize("make", [PooledZODMC, lambda p, **front: CoupledPartialZODMC(p, ((0,), (1,)), **front)])
def test_units_change_nothing(seeded, make, factor):
    """V(z/f) with scale f·s: the same draws times f, log Z larger by d log f, in V's own precision."""
    target = targets.paper_mixture_2d()

    def drawn(f, dtype=torch.float64):
        potential = Potential(lambda z: target.potential.function(z.to(dtype) / f), 2)
        return make(potential, scale=f * target.scale).sample(300, generator=seeded(5))

    here, there = drawn(1.0), drawn(factor)
    assert here.x.dtype == torch.float64 and drawn(1.0, torch.float32).x.dtype == torch.float32
    torch.testing.assert_close(there.x / factor, here.x, rtol=1e-6, atol=1e-6)
    assert math.isclose(there.log_z - 2 * math.log(factor), here.log_z, abs_tol=1e-6)

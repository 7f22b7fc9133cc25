"""Bad input is one clear InputError that names the cure; a budget too small is never a silently wrong sample."""

import math

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import (
    ZODMC,
    AdaptivePartialZODMC,
    CoupledPartialZODMC,
    PartialZODMC,
    PooledZODMC,
    Potential,
    targets,
)
from experiments.pzodmc.blocks import check_blocks


def square(z):
    return z.square().sum(dim=1)


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([[0], [0, 1]], "overlap"),
        ([[0]], "leave coordinate 1 out"),
        ([[0, 1], [2]], "coordinate 2 does not exist"),
        ([[0, 1], []], "empty"),
        ([0, 1], "list of lists"),
    ],
)
def test_blocks_must_partition_the_coordinates(blocks, words):
    with pytest.raises(InputError, match=words):
        check_blocks(blocks, 2)
    with pytest.raises(InputError, match=words):
        PartialZODMC(Potential(square, 2), blocks)


def gibbs(potential, **settings):
    return CoupledPartialZODMC(potential, [[i] for i in range(potential.dim)], **settings)


@pytest.mark.parametrize("make", [ZODMC, PooledZODMC, gibbs, AdaptivePartialZODMC])
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda z: z.square(), "must map"),
        (lambda z: z.square().sum(dim=1, keepdim=True), "must map"),
        (lambda z: 1.0, "must map"),
        (lambda z: z.square().sum(dim=1) * math.nan, "NaN or infinite"),
        (lambda z: -z.square().sum(dim=1), "cannot be normalised"),
        (lambda z: torch.cos(z).sum(dim=1), "cannot be normalised"),
    ],
)
def test_a_bad_potential_is_named(make, function, words):
    with pytest.raises(InputError, match=words):
        make(Potential(function, 2)).sample(10, generator=generator())


@pytest.mark.parametrize("make", [PooledZODMC, gibbs, AdaptivePartialZODMC])
def test_a_scale_that_does_not_cover_is_named(make):
    with pytest.raises(InputError, match="does not cover.* use scale=4"):
        make(targets.gaussian([11.0, 0.0], [1.0, 1.0]).potential, scale=2.0).sample(10, generator=generator())


def test_the_scale_that_is_named_as_a_cure_cures():
    potential, scale = targets.gaussian([11.0, 0.0], [1.0, 1.0]).potential, 2.0
    for _ in range(4):
        try:
            draws = AdaptivePartialZODMC(potential, scale=scale).sample(300, generator=generator())
        except InputError:
            scale *= 2
    assert abs(float(draws.x[:, 0].mean()) - 11) < 0.3


@pytest.mark.parametrize("make", [PooledZODMC, gibbs, AdaptivePartialZODMC])
@pytest.mark.parametrize("hole", [math.nan, math.inf, -math.inf])
def test_holes_in_v_are_zero_density_counted_and_visible(make, hole):
    """V is no number in half of the plane: no draw falls there, and the answers are counted."""
    potential = Potential(lambda z: torch.where(z[:, 0] > 0, square(z) / 2, hole), 2, max_invalid=0.9)
    draws = make(potential, scale=2.0).sample(300, generator=generator())
    assert float(draws.x[:, 0].min()) > 0 and torch.isfinite(draws.x).all() and draws.invalid > 0
    with pytest.raises(InputError, match="max_invalid"):
        make(Potential(potential.function, 2, max_invalid=0.1), scale=2.0).sample(300, generator=generator())


def test_an_anchor_of_zero_density_is_named():
    walled = Potential(lambda z: torch.where((z > 1).all(dim=1), square(z), math.inf), 2, max_invalid=1.0)
    with pytest.raises(InputError, match="anchor"):
        PartialZODMC(walled, [[0], [1]]).sample(10, generator=generator())
    draws = PartialZODMC(walled, [[0], [1]], anchor=(2.0, 2.0)).sample(200, generator=generator())
    assert float(draws.x.min()) > 1


def test_a_pool_too_poor_is_a_visible_warning():
    draws = PooledZODMC(targets.joint_mixture(10).potential, scale=5.0, pool=1000).sample(100, generator=generator())
    assert "worth only" in draws.warnings[0] and "Pareto" in draws.warnings[1] and draws.pareto_k > 0.7


def test_coupled_blocks_are_refused_rather_than_made_independent():
    coupled = Potential(lambda z: square(z) + 0.01 * z[:, 0] * z[:, 1], 2)
    with pytest.raises(InputError, match="not a sum over these blocks"):
        PartialZODMC(coupled, [[0], [1]]).sample(10, generator=generator())
    assert PartialZODMC(coupled, [[0, 1]]).sample(10, generator=generator()).x.shape == (10, 2)


def test_wrong_block_functions_are_noticed():
    wrong = Potential(square, 2, ((0,), (1,)), (lambda z: z[:, 0] ** 2, lambda z: 2 * z[:, 0] ** 2))
    with pytest.raises(InputError, match="not a sum over these blocks"):
        PartialZODMC(wrong).sample(10, generator=generator())


@pytest.mark.parametrize(
    "make",
    [
        lambda p: ZODMC(p),
        lambda p: PooledZODMC(p),
        lambda p: PartialZODMC(p, [[0], [1]]),
        lambda p: PartialZODMC(p, [[0], [1]], engine="rejection"),
        lambda p: gibbs(p),
    ],
)
def test_a_budget_too_small_is_named(make):
    with pytest.raises(InputError, match="too few|positive"):
        make(Potential(square, 2)).sample(100, generator=generator(), max_oracle_calls=150)


@pytest.mark.parametrize(
    "call",
    [
        lambda p: ZODMC(p, proposals=0),
        lambda p: ZODMC(p, enough=0),
        lambda p: ZODMC(p, empty="ignore"),
        lambda p: ZODMC(p, scale=-1.0),
        lambda p: ZODMC(p, end=3.0),
        lambda p: PooledZODMC(p, pool=1),
        lambda p: PooledZODMC(p, scale=0.0),
        lambda p: PartialZODMC(p),
        lambda p: PartialZODMC(p, [[0], [1]], engine="guess"),
        lambda p: PartialZODMC(p, [[0], [1]], anchor=(0.0,)),
        lambda p: PartialZODMC(p, [[0], [1]], engine=(PooledZODMC,)),
        lambda p: gibbs(p, stages=0),
        lambda p: gibbs(p, population=0),
        lambda p: Potential(square, 0),
        lambda p: Potential("x**2", 2),
        lambda p: Potential(square, 2, max_invalid=2),
        lambda p: Potential(square, 2, ((0,), (1,)), (square,)),
        lambda p: ZODMC(p).sample(0, generator=generator()),
        lambda p: ZODMC(p).sample(10, generator=None),
        lambda p: ZODMC(p).sample(10, generator=generator(), max_oracle_calls=0),
    ],
)
def test_bad_settings_and_requests_are_input_errors(call):
    with pytest.raises(InputError):
        call(Potential(square, 2))

"""Bad input is one clear InputError that names the cure; a budget too small is never a silently wrong sample."""

import math

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import ZODMC, PartialZODMC, PooledZODMC, Potential, targets
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


@pytest.mark.parametrize("make", [ZODMC, PooledZODMC])
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


def test_a_scale_that_does_not_cover_is_named():
    with pytest.raises(InputError, match="does not cover"):
        PooledZODMC(targets.gaussian([11.0, 0.0], [1.0, 1.0]).potential, scale=2.0).sample(10, generator=generator())


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

"""Modes and hidden structure: labels have their exact probabilities, the error of mode weights its floor, and V the
graph that was hidden in it.
"""

import math
from dataclasses import replace
from functools import cache

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import targets
from experiments.pzodmc.discovery import discover
from experiments.pzodmc.metrics import mode_weight_error
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.targets import TARGETS

named = cache(targets.named)


@pytest.mark.parametrize("name", TARGETS)
def test_modes_have_their_exact_weights(seeded, name):
    target, n = named(name), 50_000
    labels, w = target.labels(target.exact(n, seeded(1))), target.label_weights
    assert labels.dtype == torch.int64
    shares = torch.stack([(labels == k).double().mean(0) for k in range(w.shape[1])], dim=1)
    assert ((shares - w).abs() < 4.5 * torch.sqrt(w * (1 - w) / n) + 2e-4).all()


def test_the_floor_of_the_mode_weight_error(seeded):
    """n exact draws score the mean over the places of Σ √(w (1 − w)/(2π n)): .021 for hidden30 at n = 1000."""
    target, n = named("hidden30"), 1000
    w = target.label_weights
    known = float(torch.sqrt(w * (1 - w) / (2 * math.pi * n)).sum(1).mean())
    g = seeded(2)
    scores = [mode_weight_error(target.labels(target.exact(n, g)), w) for _ in range(20)]
    assert math.isclose(sum(scores) / len(scores), known, rel_tol=0.05)
    assert math.isclose(known, 0.021, abs_tol=5e-4)


def test_the_mode_weight_error_is_the_total_variation(seeded):
    """A missing mode costs its weight, and places count alike."""
    weights = torch.tensor([[0.7, 0.3], [0.5, 0.5]])
    labels = torch.tensor([[0, 0], [0, 1], [0, 0], [0, 1]])
    assert math.isclose(mode_weight_error(labels, weights), 0.15, rel_tol=1e-6)


@pytest.mark.parametrize(
    "labels",
    [
        torch.zeros(4, 1, dtype=torch.long),
        torch.zeros(4, dtype=torch.long),
        torch.zeros(0, 2, dtype=torch.long),
        torch.zeros(4, 2),
        torch.full((4, 2), 2),
        torch.full((4, 2), -1),
    ],
)
def test_labels_that_do_not_fit_are_input_errors(labels):
    with pytest.raises(InputError):
        mode_weight_error(labels, torch.full((2, 2), 0.5))


@pytest.mark.parametrize(
    "wrong",
    [{"scale": 0.0}, {"labels": None}, {"label_weights": torch.full((2, 2), 0.4)}, {"label_weights": torch.ones(2)}],
)
def test_a_target_that_contradicts_itself_is_an_input_error(wrong):
    with pytest.raises(InputError):
        replace(targets.double_wells(2), **wrong)


def graph(name, seeded):
    target = named(name)
    return discover(Oracle(target.potential), target.exact(16, seeded(3)))


def test_hidden30_has_the_hidden_blocks_and_does_not_tell(seeded):
    found = graph("hidden30", seeded)
    hidden = {tuple(sorted(pair)) for pair in targets.hidden_order(30).view(15, 2).tolist()}
    assert set(found.components) == hidden and found.calls < 5000
    assert named("hidden30").potential.blocks is None
    assert any(b - a > 1 for a, b in hidden)


@pytest.mark.parametrize("name", ["rotated", "rotated_modes"])
def test_a_turned_product_has_no_independent_coordinates(seeded, name):
    edges = graph(name, seeded).edges
    assert (edges | torch.eye(len(edges), dtype=torch.bool)).all()


def test_turning_is_orthogonal_and_keeps_the_values_of_the_product(seeded):
    base, turned = targets.two_modes(5), named("rotated_modes")
    x, z = base.exact(50, seeded(4)), turned.exact(50, seeded(4))
    q = torch.linalg.lstsq(x, z).solution
    torch.testing.assert_close(x @ q, z)
    torch.testing.assert_close(q @ q.T, torch.eye(5, dtype=torch.float64))
    torch.testing.assert_close(turned.potential.function(z), base.potential.function(x))
    assert torch.equal(turned.labels(z), base.labels(x))


def test_phi4_couples_neighbours_alone(seeded):
    sites = torch.arange(32)
    assert torch.equal(graph("phi4", seeded).edges, (sites[:, None] - sites).abs() == 1)


@pytest.mark.parametrize("name", ["double_wells5", "two_modes5", "many_well", "banana"])
def test_declared_blocks_are_the_finest(seeded, name):
    assert graph(name, seeded).components == named(name).potential.blocks

"""Blocks are found from values of V alone, exactly, and what is found is used and told."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.errors import InputError
from experiments.pzodmc import AdaptivePartialZODMC, Potential, targets
from experiments.pzodmc.blocks import check_blocks
from experiments.pzodmc.discovery import Graph, discover, mend
from experiments.pzodmc.metrics import permutation_test
from experiments.pzodmc.oracle import Oracle
from experiments.pzodmc.structure import pieces

LEVEL = 0.01


@st.composite
def hidden_edges(draw):
    """(dim, set of pairs): a random graph on 2 … 9 coordinates."""
    dim = draw(st.integers(2, 9))
    pairs = [(i, j) for i in range(dim) for j in range(i + 1, dim)]
    return dim, draw(st.sets(st.sampled_from(pairs), max_size=8)), draw(st.integers(0, 10_000))


@settings(max_examples=60, deadline=None)
@given(hidden_edges())
def test_the_graph_found_is_the_graph_hidden(case):
    dim, edges, seed = case

    def function(z):
        v = ((z * z - 1) ** 2).sum(1)
        for i, j in edges:
            v = v + 0.05 * torch.sin(z[:, i] + 2 * z[:, j])
        return v

    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(16, dim, generator=generator, dtype=torch.float64)
    graph = discover(Oracle(Potential(function, dim)), points)
    found = {(i, j) for i in range(dim) for j in range(i + 1, dim) if graph.edges[i, j]}
    assert found == edges
    assert graph.calls == 8 * (1 + dim + dim * (dim - 1) // 2)
    check_blocks(graph.components, dim)
    check_blocks(pieces(graph.components, graph.edges, 2), dim)


def test_thirty_hidden_singletons_cost_the_announced_calls(seeded):
    target = targets.double_wells(30)
    points = torch.randn(16, 30, generator=seeded(), dtype=torch.float64)
    graph = discover(Oracle(target.potential), points)
    assert graph.calls == 3728 and len(graph.components) == 30


def hidden_pairs(seeded, pairs):
    """2-D mixtures in pairs of coordinates that are scrambled: V, an exact sampler, and the pairs."""
    base = targets.paper_mixture_2d()
    order = torch.randperm(2 * pairs, generator=seeded(99))
    blocks = [tuple(sorted(order[2 * k : 2 * k + 2].tolist())) for k in range(pairs)]

    def function(z):
        return sum(base.potential.function(z[:, list(block)]) for block in blocks)

    def exact(n, generator):
        x = torch.empty(n, 2 * pairs, dtype=torch.float64)
        for block in blocks:
            x[:, list(block)] = base.exact(n, generator)
        return x

    return Potential(function, 2 * pairs), exact, tuple(sorted(blocks))


def test_hidden_blocks_are_found_and_sampled(seeded):
    potential, exact, blocks = hidden_pairs(seeded, 5)
    draws = AdaptivePartialZODMC(potential, scale=10.0).sample(500, generator=seeded(1))
    assert draws.blocks == blocks
    assert abs(draws.log_z) < 0.1  # each block's Z is 1
    assert permutation_test(draws.x.double(), exact(500, seeded(2)), seeded(3)) > LEVEL


@st.composite
def hidden_groups(draw):
    """(dim, groups of two or three coordinates without overlap, seed)."""
    dim = draw(st.integers(3, 12))
    order = draw(st.permutations(range(dim)))
    sizes = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    groups, start = [], 0
    for size in sizes:
        if start + size <= dim:
            groups.append(tuple(sorted(order[start : start + size])))
            start += size
    return dim, groups, draw(st.integers(0, 10_000))


@settings(max_examples=40, deadline=None)
@given(hidden_groups())
def test_whatever_the_probes_miss_the_check_finds(case):
    """A graph without any edge, as if all probes had failed: held-out points restore exactly the hidden groups."""
    dim, groups, seed = case

    def function(z):
        v = ((z * z - 1) ** 2).sum(1)
        for group in groups:
            v = v + 0.1 * z[:, list(group)].prod(dim=1)
        return v

    points = torch.randn(8, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    empty = Graph(torch.zeros(dim, dim, dtype=torch.float64), calls=0)
    oracle = Oracle(Potential(function, dim))
    graph = mend(oracle, empty, points)
    assert {block for block in graph.components if len(block) > 1} == set(groups) == set(graph.merged)
    assert graph.calls == oracle.calls


def test_a_merger_is_told_and_sampled(seeded):
    """The coupling lives where both coordinates exceed 1: one probe misses it often, the check never here."""

    def function(z):
        return 0.5 * z.square().sum(1) + 2 * torch.relu(z[:, 0] - 1) * torch.relu(z[:, 2] - 1)

    sampler = AdaptivePartialZODMC(Potential(function, 4), scale=2.0, probes=1, checks=64)
    told = []
    for seed in range(8):
        draws = sampler.sample(20, generator=seeded(seed), max_oracle_calls=20_000)
        assert draws.blocks == ((0, 2), (1,), (3,))
        told += [note for note in draws.notes if "coordinates 0, 2 interact" in note]
    assert 1 <= len(told) <= 8


def test_modes_that_hide_their_coupling_are_not_taken_for_blocks(seeded):
    """Within either mode of a narrow and a wide Gaussian V splits; only between them it does not."""
    target = targets.narrow_wide()
    for seed in range(20):
        found = AdaptivePartialZODMC(target.potential, scale=target.scale).discover(seeded(seed))
        assert found.components == ((0, 1),)


def test_log_z_of_a_decomposed_potential_keeps_its_constant(seeded):
    target = targets.double_wells(6)
    shifted = Potential(lambda z: target.potential.function(z) + 7.0, 6)
    draws = AdaptivePartialZODMC(shifted, scale=target.scale).sample(100, generator=seeded(9))
    assert len(draws.blocks) == 6 and abs(draws.log_z - (target.log_z - 7.0)) < 0.1


def test_one_large_component_is_sampled_by_gibbs(seeded):
    """A chain of six Gaussians with neighbours coupled: the precision is known, so is the covariance."""
    precision = 2 * torch.eye(6, dtype=torch.float64)
    for i in range(5):
        precision[i, i + 1] = precision[i + 1, i] = -0.8
    potential = Potential(lambda z: 0.5 * torch.einsum("ni,ij,nj->n", z, precision.to(z), z), 6)
    draws = AdaptivePartialZODMC(potential, scale=1.5, largest=2).sample(1500, generator=seeded(4))
    assert draws.blocks == ((0, 1, 2, 3, 4, 5),) and draws.parts[0].blocks == ((0, 1), (2, 3), (4, 5))
    assert not draws.warnings
    assert abs(draws.log_z - (3 * math.log(2 * math.pi) - torch.logdet(precision) / 2)) < 0.1
    covariance = torch.cov(draws.x.double().T)
    torch.testing.assert_close(covariance, torch.linalg.inv(precision), atol=0.12, rtol=0)


def test_a_seed_decides_everything_and_the_budget_holds(seeded):
    potential, _, _ = hidden_pairs(seeded, 2)
    sampler = AdaptivePartialZODMC(potential, scale=10.0)
    first, again = (sampler.sample(50, generator=seeded(5), max_oracle_calls=30_000) for _ in range(2))
    assert torch.equal(first.x, again.x) and first.calls.total <= 30_000
    with pytest.raises(InputError, match="give at least 500"):
        sampler.sample(50, generator=seeded(5), max_oracle_calls=499)


def test_bad_settings_are_input_errors():
    potential = targets.double_wells(2).potential
    for bad in ({"probes": 0}, {"pilot": 3}, {"checks": 0}, {"largest": 0}, {"scale": 0.0}, {"scale": math.nan}):
        with pytest.raises(InputError):
            AdaptivePartialZODMC(potential, **bad)

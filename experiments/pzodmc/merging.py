"""Blocks that do not add up are merged, and what showed it leads to what they hid."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .blocks import Blocks
from .descent import FIRST, descend, steps
from .discovery import Graph, mend
from .oracle import Oracle
from .plan import LEAST_POOL

if TYPE_CHECKING:
    from .blockwise import Blockwise

MOST_STARTS = 4  # of descents of a merged block, at points at which V lies below the sum of its blocks
CLIMBS = 2  # of them moved to where it lies furthest below


def merged(run: "Blockwise", bad: Tensor) -> Graph:
    """Blocks merged that do not add up between the anchor and a few of the bad points (k, dim); all of them, should
    none be found.
    """
    before, away = run.graph.components, bad[:4]
    points = torch.cat([run.structure.anchor.repeat(len(away), 1), away])
    found = mend(run.whole, run.graph, points, run.structure.rounding)
    if found.components != before:
        return found
    return replace(run.graph, strength=torch.full_like(run.graph.strength, torch.inf))


def starts_of_merged(run: "Blockwise", blocks: Blocks, bad: Tensor) -> Tensor:
    """Where descents of merged blocks begin, (k, dim): the first of the points that showed that they belong together,
    and where the gap leads to from there.
    """
    top, left = bad[:CLIMBS], run.left()
    cost = (1 + len(blocks)) * len(top) * (1 + steps(top.shape[1]))
    if left is not None and left < cost + LEAST_POOL:
        return bad[:MOST_STARTS]
    before = [(run.oracles[block].calls, run.oracles[block].invalid) for block in blocks]
    ends = furthest_below(run.whole, [run.oracles[block] for block in blocks], blocks, top, run.generator)
    for block, spent in zip(blocks, before, strict=True):
        run.count(block, *spent)
    return torch.cat([ends, bad[: MOST_STARTS - len(ends)]])


def furthest_below(
    oracle: Oracle, parts: Sequence[Oracle], blocks: Blocks, y: Tensor, generator: torch.Generator
) -> Tensor:
    """From points y (k, dim) at which V lies below the sum of its blocks to where it lies furthest below, within the
    reference: (k, dim). (1 + blocks) · k · steps(dim) calls.

    A mode that no block shows is seen in the gap many of its widths before V itself falls towards it.
    """

    def energy(points: Tensor) -> Tensor:
        whole = oracle(points)
        total = torch.stack([one(points[:, list(block)]) for one, block in zip(parts, blocks, strict=True)]).sum(dim=0)
        gap = torch.where(torch.isinf(whole), 0.0, total - whole).clamp(min=0, max=1e300)
        # Its logarithm below one nat: where the gap is hardly more than its rounding it grows steeply all the same.
        return 0.5 * points.square().sum(dim=1) - torch.where(gap < 1, gap.log(), gap - 1)

    return descend(energy, y, energy(y), FIRST / 3, generator)[0]

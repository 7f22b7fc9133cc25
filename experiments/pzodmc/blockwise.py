"""The blocks that discovery found, sampled one by one, joined, checked against V, and merged where V says so.

V is asked at joined points of the blocks' pools, stages and populations. Where it is not what the blocks add up to,
blocks are merged, and only what was merged is sampled again.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .audit import conflicts, ladders, missed
from .blocks import Blocks
from .cover import check_cover
from .discovery import Graph, mend
from .draws import Calls, Draws
from .errors import InputError
from .normal import in_normal_coordinates, resting
from .oracle import Oracle
from .plan import Plan, Settled
from .progress import Progress
from .report import block_draws, joined_draws
from .structure import Structure, pieces
from .tempered import settle

if TYPE_CHECKING:
    from .adaptive import AdaptivePartialZODMC

SHARE = 0.1  # of the calls that checks of the blocks may take
STAGE_CHECKS = 128
# Points of the reference, the least times 2^d: what joins d coordinates takes up the less of it the more they are.
LEAST_CHECK, LARGEST_CHECK = 128, 8192
LEAST_BLOCK = 320  # calls with which a block can be sampled at all


@dataclass(frozen=True)
class Done:
    """A sampled block: its population, the pieces it was moved in, the oracle that counted, what it might spend."""

    found: Settled
    pieces: Blocks
    oracle: Oracle
    plan: Plan


class Blockwise:
    """One run of the adaptive sampler after discovery."""

    def __init__(
        self,
        sampler: "AdaptivePartialZODMC",
        structure: Structure,
        n: int,
        generator: torch.Generator,
        budget: int | None,
        bar: Progress,
    ):
        self.sampler, self.structure, self.n, self.generator = sampler, structure, n, generator
        self.budget, self.bar = budget, bar
        self.potential = in_normal_coordinates(sampler.potential, structure.space, structure.offset)
        self.whole, self.graph = Oracle(self.potential), structure.graph
        self.calls, self.invalid, self.notes, self.nans = Calls(full=structure.calls), structure.invalid, (), ()
        self.done: dict[tuple[int, ...], Done] = {}
        self.checked, self.below, self.reference = 0, 0.0, 0

    def draws(self, keep_path: bool) -> Draws:
        blocks, space = self._settled_blocks(), self.structure.space
        calls, n = self.calls + Calls(full=self.whole.calls), self.n
        found = [self.done[block].found for block in blocks]
        joined = min(n, *(len(one.y) for one in found)) if len(blocks) > 1 else n
        bound = missed(blocks, self.reference if len(blocks) > 1 else 0, joined, self.below, self.checked)
        parts = [
            block_draws(
                n, d.found, d.pieces, d.plan, Calls(**{d.oracle.potential.counts_as: d.oracle.calls}), keep_path,
                d.oracle.invalid,
            )
            for d in (self.done[block] for block in blocks)
        ]  # fmt: skip
        check_cover(space, blocks, parts)
        function = self.sampler.potential.function
        anchor_value = float(self.potential.function(self.structure.anchor[None])[0])
        dtype = self.sampler.dtype or function.digits or torch.float64
        told = tuple(dict.fromkeys(self.structure.warnings + self.nans))
        notes = self.structure.notes + self.notes
        constant = self.structure.offset + anchor_value
        calls += Calls(full=1)
        met = min(len(one.pool[0]) for one in found)
        return joined_draws(space, blocks, parts, calls, constant, bound, told, notes, dtype, self.invalid, met)

    def _settled_blocks(self) -> Blocks:
        """Blocks over which V adds up wherever it was asked, each sampled."""
        dim = self.potential.dim
        for _ in range(dim + 1):
            blocks = self.graph.components
            fresh = [block for block in blocks if block not in self.done]
            for k, block in enumerate(fresh):
                self._sample(blocks, block, len(fresh) - k)
            if len(blocks) == 1 and not self.checked:
                break
            bad = self._conflicts(blocks)
            if not len(bad):
                break
            self.graph = self._merged(bad)
            self.notes += (
                f"V at {len(bad)} of the joined points was not the sum of its blocks: {len(blocks)} blocks were merged "
                f"to {len(self.graph.components)} and sampled again",
            )
        return self.graph.components

    def _sample(self, blocks: Blocks, block: tuple[int, ...], left_blocks: int) -> None:
        left = None if self.budget is None else self.budget - self.calls.total - self.whole.calls
        plan = self._plan(len(block), len(blocks), left_blocks, left)
        one = resting(self.potential, blocks, blocks.index(block), self.structure.anchor)
        oracle, inside = Oracle(one), list(block)
        moved = pieces((tuple(range(len(block))),), self.graph.edges[inside][:, inside], self.sampler.largest)
        report = self.bar.part(blocks.index(block), len(blocks), len(self.done) / len(blocks))
        # The pilot asked the whole V at points of the reference: one block's pool begins with them.
        known = self.structure.pilot if len(block) == self.potential.dim else None
        self.done[block] = Done(settle(oracle, moved, plan, self.generator, report, known), moved, oracle, plan)
        self.calls = self.calls + Calls(**{one.counts_as: oracle.calls + 1})
        self.invalid, self.nans = self.invalid + oracle.invalid, self.nans + oracle.warnings()

    def _conflicts(self, blocks: Blocks) -> Tensor:
        """Joined points (k, dim) at which V is not the blocks' sum."""
        self.bar.stage("checking the blocks", 0.97)
        found = [self.done[block].found for block in blocks]
        draws = min(self.n, *(len(one.y) for one in found))
        room = 10**9 if self.budget is None else self.budget - self.calls.total - self.whole.calls
        spent = sum(one.trace[-1][3] for one in found if one.trace)
        least = LEAST_CHECK * 2 ** min(self.potential.dim, 6)
        reference = max(0, min(max(int(SHARE * spent), least), LARGEST_CHECK, room - draws - 3 * STAGE_CHECKS))
        groups = ladders(found, reference, STAGE_CHECKS if room > 4 * STAGE_CHECKS + draws else 0, draws)
        bad, self.below = conflicts(self.whole, blocks, groups, self.structure.rounding)
        self.checked += sum(len(group[0][0]) for group in groups)
        # Pools are joined again when they are used up; the bound counts the first time, whose points are independent.
        self.reference = min(reference, *(len(one.pool[0]) for one in found))
        return bad

    def _merged(self, bad: Tensor) -> Graph:
        """Blocks merged that do not add up between the anchor and a few of the bad points; all of them, should none
        be found.
        """
        before, away = self.graph.components, bad[:4]
        points = torch.cat([self.structure.anchor.repeat(len(away), 1), away])
        merged = mend(self.whole, self.graph, points, self.structure.rounding)
        if merged.components != before:
            return merged
        return replace(self.graph, strength=torch.full_like(self.graph.strength, torch.inf))

    def _plan(self, dim: int, blocks: int, left_blocks: int, left: int | None) -> Plan:
        """What one block may spend of the calls that are left."""
        s = self.sampler
        population = 2 * (max(self.n, s.population) // 2)
        # On a line half the pool meets all that the whole one does.
        pool = s.pool if dim > 1 else max(s.pool // 2, 32)
        plan = Plan(pool, population, s.candidates, components=s.components)
        if left is None:
            return plan
        each = int((left - min(self.n, population) * (blocks > 1)) * (1 - SHARE * (blocks > 1))) // left_blocks - 2
        # A pool and some six rounds of moves must fit in; with a few hundred calls, one.
        population = min(population, max(32, 2 * (each // (2 * 60))))
        pool = min(pool, each // 3)
        if each < LEAST_BLOCK:
            raise InputError(
                f"AdaptivePartialZODMC: {max(left, 0)} oracle calls are left after discovery, too few for "
                f"{left_blocks} blocks; "
                f"give at least {LEAST_BLOCK * left_blocks * 5 // 4 + 4 * left_blocks + self.n - left} more"
            )
        return replace(plan, pool=pool, population=population, calls=each)

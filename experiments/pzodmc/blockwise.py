"""The blocks that discovery found, sampled one by one, joined, checked against V, and merged where V says so.

V is asked at joined points of the blocks' pools, stages and populations. Where it is not what the blocks add up to,
blocks are merged, and only what was merged is sampled again.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .audit import conflicts, joined_anew, ladders, missed
from .blocks import Blocks
from .budget import FEWER, UNMERGED, Budget, affordable
from .cover import check_cover, check_tails
from .draws import Calls, Draws
from .merging import merged, starts_of_merged
from .normal import in_normal_coordinates, resting
from .oracle import Oracle, told_of_nans
from .plan import LEAST_POOL, SHARE
from .progress import Progress
from .reference import filled_up
from .report import Done, block_draws, joined_draws
from .structure import Structure, pieces
from .tempered import settle

if TYPE_CHECKING:
    from .adaptive import AdaptivePartialZODMC

STAGE_CHECKS = 128
DRAWN_CHECKS = 4096  # joined points of the blocks' populations, from MANY coordinates on
# Points of the reference: as many as a pool would have had; in many coordinates what joins them takes up less of it.
LEAST_CHECK, LARGEST_CHECK, MANY = 4096, 10_240, 6
MERGING, LEAST_MERGED = 20, 256  # calls a block that finding the conflict takes, and that sampling what is merged does
FIRST_CHECK = 128  # the number doubles from there, so that little is asked of blocks that are wrong


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
        self.budget, self.bar = Budget(sampler, n, structure.space.enclosed, budget), bar
        self.potential = in_normal_coordinates(sampler.potential, structure.space, structure.offset)
        self.whole, self.graph = Oracle(self.potential), structure.graph
        self.calls, self.invalid, self.notes = Calls(full=structure.calls), structure.invalid, ()
        self.done: dict[tuple[int, ...], Done] = {}
        self.pools: dict[tuple[int, ...], tuple[Tensor, Tensor]] = {}  # a block's first points and its V there
        self.oracles: dict[tuple[int, ...], Oracle] = {}
        self.checked, self.below, self.reference, self.joined = 0, 0.0, 0, 0
        # Of merged blocks: points (k, dim) that showed they belong together.
        self.starts: dict[tuple[int, ...], Tensor] = {}
        self.told, self.unchecked = (), False  # whether fewer points were checked than without a limit

    def draws(self, keep_path: bool) -> Draws:
        blocks, space = self._settled_blocks(), self.structure.space
        calls, n = self.calls + Calls(full=self.whole.calls), self.n
        found = [self.done[block].found for block in blocks]
        # Pools are joined again when they are used up; the bound counts the first time, whose points are independent.
        independent = min(self.reference, *(len(self.pools[block][0]) for block in blocks))
        bound = missed(blocks, independent, self.joined, self.below, self.checked)
        parts = [block_draws(n, self.done[block], keep_path) for block in blocks]
        narrow = check_cover(space, blocks, parts, self.structure.coarse)
        if self.unchecked and len(blocks) > 1:
            self.told += (FEWER.format(self.reference),)
        function = self.sampler.potential.function
        anchor_value = float(self.potential.function(self.structure.anchor[None])[0])
        dtype = self.sampler.dtype or function.digits or torch.float64
        nans = told_of_nans(self.whole, *self.oracles.values())
        told = tuple(dict.fromkeys(self.structure.warnings + nans + self.told + narrow))
        notes = self.structure.notes + self.notes
        constant = self.structure.offset + anchor_value
        calls += Calls(full=1)
        met = min(len(one.pool[0]) for one in found)
        return joined_draws(space, blocks, parts, calls, constant, bound, told, notes, dtype, self.invalid, met)

    def _settled_blocks(self) -> Blocks:
        """Blocks over which V adds up wherever it was asked, each sampled."""
        for _ in range(self.potential.dim + 1):
            blocks = self.graph.components
            self._look_at(blocks)
            bad = self._check_reference(blocks, LEAST_CHECK if self.potential.dim < MANY else LARGEST_CHECK)
            if not len(bad):
                fresh = [block for block in blocks if block not in self.done]
                for k in range(len(fresh)):
                    self._sample(blocks, fresh[k:])
                bad = self._check_draws(blocks) if len(blocks) > 1 else bad
            if not len(bad):
                break
            if (left := self.left()) is not None and left < MERGING * len(blocks) + LEAST_MERGED:
                self.told = (UNMERGED.format(len(bad)),)
                break
            self.graph, self.reference, starts = merged(self, bad), 0, starts_of_merged(self, blocks, bad)
            self.starts |= {block: starts for block in self.graph.components if block not in blocks}
            self.notes += (
                f"V at {len(bad)} of the joined points was not the sum of its blocks: {len(blocks)} blocks were merged "
                f"to {len(self.graph.components)}",
            )
        return self.graph.components

    def left(self) -> int | None:
        return None if self.budget.limit is None else self.budget.limit - self.calls.total - self.whole.calls

    def _look_at(self, blocks: Blocks) -> None:
        """The first points of each block's pool. The pilot asked the whole V at points of the reference: these begin
        with their coordinates, so that V is known where they are joined as they were.
        """
        fresh = [block for block in blocks if block not in self.pools]
        for k, block in enumerate(fresh):
            plan = self.budget.plan(fresh[k:], self.pools, self.left(), len(blocks) > 1)
            one = resting(self.potential, blocks, blocks.index(block), self.structure.anchor)
            self.oracles[block] = oracle = Oracle(one)
            self.calls += Calls(**{one.counts_as: 1})
            self.pools[block] = pilot = self.structure.pilot
            if len(blocks) > 1:
                size = min(LEAST_POOL, max(plan.pool // 2, min(32, plan.pool)))
                y = filled_up(pilot[0][:size, list(block)], size, self.generator)
                self.pools[block] = y, oracle(y)
                self.count(block, 0, 0)

    def count(self, block: tuple[int, ...], calls: int, invalid: int) -> None:
        """What a block's oracle has answered since it had answered so many."""
        oracle = self.oracles[block]
        self.calls += Calls(**{oracle.potential.counts_as: oracle.calls - calls})
        self.invalid += oracle.invalid - invalid

    def _sample(self, blocks: Blocks, fresh: Blocks) -> None:
        block = fresh[0]
        plan = self.budget.plan(fresh, self.pools, self.left(), len(blocks) > 1)
        oracle, inside = self.oracles[block], list(block)
        moved = pieces((tuple(range(len(block))),), self.graph.edges[inside][:, inside], self.sampler.largest)
        report = self.bar.part(blocks.index(block), len(blocks), len(self.done) / len(blocks))
        before = oracle.calls, oracle.invalid
        starts = self.starts.get(block, self.structure.anchor[None][:0])[:, inside]
        found = settle(oracle, moved, plan, self.generator, report, self.pools[block], starts)
        left = None if plan.calls is None else plan.calls - (oracle.calls - before[0])
        told = check_tails(self.structure.space, block, found, oracle, left)
        found = replace(found, warnings=found.warnings + told)
        self.done[block] = Done(found, moved, oracle)
        self.count(block, *before)

    def _check_reference(self, blocks: Blocks, wanted: int) -> Tensor:
        """Points (k, dim) of the reference at which V is not the blocks' sum, of the pilot's and `wanted` joined ones,
        less those that these blocks have been checked at.
        """
        bad = self.structure.anchor[None][:0]
        if len(blocks) == 1:
            return bad
        self.bar.stage("checking the blocks", 0.97 if self.done else 0.02)
        pools, left, rounding = [self.pools[block] for block in blocks], self.left(), self.structure.rounding
        m = min(len(v := self.structure.pilot[1]), *(len(pool[0]) for pool in pools))
        wanted = wanted - m
        rest = [block for block in blocks if block not in self.done]
        if left is not None and left - (wanted - self.reference) < self.n + self.budget.least(rest, self.pools):
            wanted = min(wanted, self.reference + int(SHARE * left))
            self.unchecked = True
        if not self.reference:
            bad, self.below = conflicts(self.whole, blocks, [[(y[:m], v[:m]) for y, v in pools]], rounding, v[:m])
        while not len(bad) and self.reference < wanted:
            stop = min(wanted, max(2 * self.reference, FIRST_CHECK))
            group = joined_anew(pools, self.reference, stop)
            bad, below = conflicts(self.whole, blocks, [group], rounding)
            self.checked, self.below = self.checked + stop - self.reference, max(self.below, below)
            self.reference = stop
        return bad

    def _check_draws(self, blocks: Blocks) -> Tensor:
        """The same at the draws and along the stages, and as many more points as a tenth of the calls pays for."""
        found = [self.done[block].found for block in blocks]
        bad = self._check_reference(blocks, min(LARGEST_CHECK, int(SHARE * self.calls.total)))
        draws, left = min(self.n, *(len(one.y) for one in found)), self.left()
        self.joined = draws if left is None else max(min(draws, left - 1), 0)
        groups = ladders(found, STAGE_CHECKS, self.joined)
        first = len(groups) - 1
        if self.potential.dim >= MANY:
            # There the reference hardly meets the bulk of the target, in which a dependence can lie as well.
            groups.append(joined_anew([(one.y, one.v) for one in found], 0, DRAWN_CHECKS))
        if left is not None:
            groups = affordable(groups, first, left - 1)
        if not groups:
            return bad
        more, below = conflicts(self.whole, blocks, groups, self.structure.rounding, kept=True)
        self.checked, self.below = self.checked + sum(len(group[0][0]) for group in groups), max(self.below, below)
        return torch.cat([bad, more])

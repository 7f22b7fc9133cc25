"""Partial ZOD-MC that finds its blocks: discover which coordinates interact, then sample accordingly.

Every component of the dependency graph is sampled alone by the tempered population, for V is a sum over them; large
ones
are moved by block-Gibbs over neighbourhoods in the graph. Then V is asked at joined points, and where it is not what
the blocks add up to, blocks are merged and sampled again. What that can have missed is told in `Draws.missed`.

Products in turned axes couple all coordinates: they come out as one block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .audit import conflicts, ladders, missed
from .coordinates import make_space
from .cover import check_cover
from .discovery import Graph, mend
from .draws import Calls, Draws, check_request
from .errors import InputError
from .journal import Journal
from .normal import in_normal_coordinates, resting
from .oracle import Oracle, Potential
from .plan import Plan
from .progress import Progress
from .report import block_draws, joined_draws
from .rounding import Rounding
from .space import Space
from .structure import Structure, find_structure, pieces
from .tempered import settle

SHARE = 0.1  # of the calls that checks of the blocks may take
STAGE_CHECKS = 128
LEAST_BLOCK = 320  # calls with which a block can be sampled at all


@dataclass(frozen=True)
class AdaptivePartialZODMC:
    """Give V's width in `scale`, one number or one a coordinate, and its centre in `loc`; or where the coordinates
    live.

    bounds: (lower, upper) a coordinate, None for no wall. periodic: coordinates that are circles between their bounds.
    prior: a frozen distribution of scipy.stats a coordinate, or a function of the unit cube; exp(−V) is then the
    likelihood and log Z the log evidence. names: of the coordinates.
    pilot: points of the reference from which probes and checks are taken. probes: pairs of points swapped to find
    edges; checks: further points up to which V must add up over the components found.
    largest: coordinates of a piece that is moved as one. pool, population, candidates, components: of each block's
    tempered population. dtype: of the draws; None is what V computes in.
    """

    potential: Potential
    scale: float | Sequence[float] = 4.0
    pilot: int = 512
    probes: int = 8
    checks: int = 16
    largest: int = 2
    pool: int = 8192
    candidates: int = 4
    population: int = 1000
    components: int = 8
    dtype: torch.dtype | None = None
    loc: float | Sequence[float] = 0.0
    bounds: Any = None
    periodic: Sequence[int | str] = ()
    prior: Any = None
    names: Sequence[str] | None = None

    def __post_init__(self):
        if (
            min(self.probes, self.checks, self.largest) < 1
            or min(self.pool, self.population) < 32
            or self.candidates < 1
        ):
            raise InputError(
                "AdaptivePartialZODMC: need probes, checks, largest, candidates ≥ 1 and pool, population ≥ 32, got "
                f"{self.probes}, {self.checks}, {self.largest}, {self.candidates}, {self.pool}, {self.population}"
            )
        if self.pilot < 4 * (self.probes + self.checks):
            raise InputError(f"AdaptivePartialZODMC: need pilot ≥ 4 (probes + checks), got {self.pilot}")
        self.space()

    def space(self) -> Space:
        return make_space(
            self.potential.dim, scale=self.scale, loc=self.loc, bounds=self.bounds, periodic=self.periodic,
            prior=self.prior, names=self.names,
        )  # fmt: skip

    def discover(self, generator: torch.Generator) -> Structure:
        """The dependency graph of V, checked; its `calls` include the pilot's."""
        return find_structure(self.potential, self.space(), self.pilot, self.probes, self.checks, generator)

    def sample(
        self,
        n: int,
        *,
        generator: torch.Generator,
        max_oracle_calls: int | None = None,
        keep_path: bool = False,
        progress: bool | Any = False,
        checkpoint: str | Path | None = None,
    ) -> Draws:
        """n draws. The budget covers discovery, sampling and checks; `Draws.blocks` are the blocks found.

        progress: a bar, or a function of (calls, stage, share done). checkpoint: a file that V's answers are kept
        in; a run with the same settings and seed takes them from there and goes on, to the same draws.
        """
        check_request(n, generator, max_oracle_calls)
        d = self.potential.dim
        least = self.pilot + 168 + self.probes * (1 + d + d * (d - 1) // 2) + self.checks * (2 + d)
        if max_oracle_calls is not None and max_oracle_calls <= least + 256:
            raise InputError(
                f"AdaptivePartialZODMC: discovery alone takes {least} calls; give at least {2 * least + 1000}"
            )
        with Journal(checkpoint, self._identity(n, generator, max_oracle_calls)) as journal, Progress(progress) as bar:
            run = replace(self, potential=bar.watch(journal.wrap(self.potential)))
            return run._sample(n, generator, max_oracle_calls, keep_path, bar)

    def _identity(self, n: int, generator: torch.Generator, budget: int | None) -> dict:
        """What must be the same for a checkpoint to be this run's."""
        settings = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "potential"}
        told = {name: str(value) for name, value in settings.items() if name != "prior"}
        return {"n": n, "budget": budget, "dim": self.potential.dim, "seed": generator.initial_seed()} | told

    def _sample(self, n: int, generator: torch.Generator, budget: int | None, keep_path: bool, bar: Progress) -> Draws:
        bar.stage("finding blocks", 0.0)
        found = self.discover(generator)
        potential = in_normal_coordinates(self.potential, found.space, found.offset)
        graph, rounding, calls = found.graph, found.rounding, Calls(full=found.calls)
        whole, settled, warnings, below, checked = Oracle(potential), {}, found.warnings, 0.0, 0
        invalid, nans = found.invalid, ()
        for _ in range(self.potential.dim + 1):
            blocks = graph.components
            fresh = [k for k, block in enumerate(blocks) if block not in settled]
            for k in fresh:
                left = None if budget is None else budget - calls.total - whole.calls
                plan = self._plan(n, len(blocks[k]), len(blocks), len(fresh) - fresh.index(k), left)
                one = resting(potential, blocks, k, found.anchor)
                oracle = Oracle(one)
                pieces_ = pieces(
                    (tuple(range(len(blocks[k]))),), graph.edges[list(blocks[k])][:, list(blocks[k])], self.largest
                )
                done = len(settled) / len(blocks)
                result = settle(oracle, pieces_, plan, generator, bar.part(k, len(blocks), done))
                settled[blocks[k]] = (result, pieces_, oracle, plan)
                calls = calls + Calls(**{one.counts_as: oracle.calls + 1})
                invalid, nans = invalid + oracle.invalid, nans + oracle.warnings()
            results = [settled[block][0] for block in blocks]
            if len(blocks) == 1 and len(blocks[0]) == self.potential.dim and not checked:
                break
            bar.stage("checking the blocks", 0.97)
            population = min(len(result.y) for result in results)
            room = None if budget is None else budget - calls.total - whole.calls
            reference = int(SHARE * sum(len(result.trace) and result.trace[-1][3] for result in results))
            reference = max(0, min(reference, 8192, (room or 10**9) - min(n, population) - 3 * STAGE_CHECKS))
            draws = min(n, population)
            groups = ladders(
                results, reference, STAGE_CHECKS if room is None or room > 4 * STAGE_CHECKS + draws else 0, draws
            )
            bad, below = conflicts(whole, blocks, groups, rounding)
            checked += sum(len(group[0][0]) for group in groups)
            if not len(bad):
                break
            graph = self._merged(whole, graph, found.anchor, bad, rounding)
            warnings = warnings + (
                f"V at {len(bad)} of the joined points was not the sum of its blocks: {len(blocks)} blocks were "
                f"merged to "
                f"{len(graph.components)} and sampled again",
            )
        blocks = graph.components
        calls = calls + Calls(full=whole.calls)
        results = [settled[block][0] for block in blocks]
        reference = min([len(groups[0][0][0]), *(len(r.pool[0]) for r in results)]) if len(blocks) > 1 else 0
        bound = missed(
            blocks, reference, min(n, *(len(r.y) for r in results)) if len(blocks) > 1 else n, below, checked
        )
        parts = [
            block_draws(
                n, result, pieces_, plan, Calls(**{oracle.potential.counts_as: oracle.calls}), keep_path, oracle.invalid
            )
            for result, pieces_, oracle, plan in (settled[block] for block in blocks)
        ]
        check_cover(found.space, blocks, parts)
        anchor_value = float(potential.function(found.anchor[None])[0])
        dtype = self.dtype or self.potential.function.digits or torch.float64
        return joined_draws(
            found.space, blocks, parts, calls + Calls(full=1), found.offset + anchor_value, bound,
            tuple(dict.fromkeys(warnings + nans)), dtype, invalid,
        )  # fmt: skip

    def _merged(self, oracle: Oracle, graph: Graph, anchor: Tensor, bad: Tensor, rounding: Rounding) -> Graph:
        """Blocks merged that do not add up between the anchor and a few of the bad points; all of them, should none
        be found.
        """
        before = graph.components
        away = bad[:4]
        merged = mend(oracle, graph, torch.cat([anchor.repeat(len(away), 1), away]), rounding)
        if merged.components != before:
            return merged
        return replace(graph, strength=torch.full_like(graph.strength, torch.inf))

    def _plan(self, n: int, dim: int, blocks: int, left_blocks: int, left: int | None) -> Plan:
        """What one block may spend of the calls that are left."""
        population = 2 * (max(n, self.population) // 2)
        # On a line half the pool meets all that the whole one does.
        pool = self.pool if dim > 1 else max(self.pool // 2, 32)
        plan = Plan(pool, population, self.candidates, components=self.components)
        if left is None:
            return plan
        each = int((left - min(n, population) * (blocks > 1)) * (1 - SHARE * (blocks > 1))) // left_blocks - 2
        # A pool and some six rounds of moves must fit in; with a few hundred calls, one.
        population = min(population, max(32, 2 * (each // (2 * 60))))
        pool = min(pool, each // 3)
        if each < LEAST_BLOCK:
            raise InputError(
                f"AdaptivePartialZODMC: {max(left, 0)} oracle calls are left after discovery, too few for "
                f"{left_blocks} blocks; "
                f"give at least {LEAST_BLOCK * left_blocks * 5 // 4 + 4 * left_blocks + n - left} more"
            )
        return replace(plan, pool=pool, population=population, calls=each)

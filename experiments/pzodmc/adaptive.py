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

from .audit import conflicts, join, ladders, missed
from .blocks import Blocks
from .discovery import Graph, discover, likely_points, mend
from .draws import Calls, Draws, check_request
from .errors import InputError
from .journal import Journal
from .normal import in_normal_coordinates, resting
from .oracle import Oracle, Potential, answered
from .pool import COVERED
from .progress import Progress
from .report import block_draws, joined_draws
from .rounding import TOO_COARSE, Rounding, measure_rounding
from .space import Space, make_space, phi
from .tempered import Plan, Settled, settle

SHARE = 0.1  # of the calls that checks of the blocks may take
STAGE_CHECKS = 128
LARGEST_PILOT = 65_536
LEAST_BLOCK = 320  # calls with which a block can be sampled at all


@dataclass(frozen=True)
class Structure:
    """What the pilot found: the dependency graph, an anchor (d,) float64 where V is low, both in normal coordinates."""

    graph: Graph
    anchor: Tensor
    space: Space
    offset: float  # V near the anchor, without the slope
    rounding: Rounding
    invalid: int = 0
    notes: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        return self.graph.calls

    @property
    def components(self) -> Blocks:
        return self.graph.components

    @property
    def warnings(self) -> tuple[str, ...]:
        names = self.space.names
        return self.notes + tuple(
            f"the probes missed that coordinates {', '.join(_word(names[i], i) for i in group)} interact; the check on "
            "other points found it and merged their blocks"
            for group in self.graph.merged
        )


def _word(name: str, i: int) -> str:
    return str(i) if name == f"z{i}" else name


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
        space = self.space()
        oracle = Oracle(in_normal_coordinates(self.potential, space))
        oracle.check_normalisable(1.0, generator, torch.float64)
        z, v = self._pilot(oracle, generator)
        space = space.turned(_cuts(space, z, v))
        if space.shift is not None:
            # The circles are cut where the pilot saw least weight; its points stay, in the new coordinates.
            u = torch.remainder(phi(z) - space.shift.to(z), 1.0).clamp(1e-16, 1 - 1e-16)
            circles = torch.tensor([kind == "circle" for kind in space.kinds], device=z.device)
            turned = torch.where(circles, torch.special.ndtri(u), z)
            v = v + 0.5 * (turned.square() - z.square()).sum(1)
            z = turned
        log_q = -z.square().sum(1) / 2
        likely = likely_points(z, v, 2 * self.probes + (self.checks + 1) // 2, generator, log_q)
        probed, held_out = likely[: 2 * self.probes], likely[2 * self.probes :]
        # The check starts where sampling does, at the anchor, and goes to likely points as well as anywhere.
        anchor, anywhere = z[v.argmin()], z[: self.checks // 2]
        offset = float(v.min())
        spent, bad = oracle.calls, oracle.invalid
        oracle = Oracle(in_normal_coordinates(self.potential, space, offset))
        finite = z[torch.isfinite(v)]
        rounding = measure_rounding(oracle, probed[:4], finite[:4], generator)
        raw = answered(self.potential.function, space.to_z(finite[:8])).double()
        if bool((raw == raw.float().double()).all()):
            # Values that all fit into float32 have its rounding, whatever holds them.
            rounding = replace(rounding, relative=max(rounding.relative, torch.finfo(torch.float32).eps / 2))
        size = torch.tensor(4 * (1 + abs(offset)))
        notes = oracle_notes(rounding, float(rounding.bound(size)), self.potential)
        away = torch.cat([held_out, anywhere])
        graph = mend(
            oracle, discover(oracle, probed, rounding), torch.cat([anchor.repeat(len(away), 1), away]), rounding
        )
        graph = replace(graph, calls=spent + oracle.calls + len(raw))
        return Structure(graph, anchor, space, offset, rounding, bad + oracle.invalid, notes)

    def _pilot(self, oracle: Oracle, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points of the reference with V, as many as it takes for enough of them to have a finite V."""
        z, v, wanted = None, None, 4 * (self.probes + self.checks)
        while z is None or (int(torch.isfinite(v).sum()) < wanted and len(z) < LARGEST_PILOT):
            size = self.pilot if z is None else len(z)
            more = torch.randn(
                size, oracle.potential.dim, generator=generator, dtype=torch.float64, device=generator.device
            )
            values = oracle(more)
            z, v = (more, values) if z is None else (torch.cat([z, more]), torch.cat([v, values]))
        if int(torch.isfinite(v).sum()) < 2 * self.probes + self.checks:
            raise InputError(
                f"V is NaN or infinite at all but {int(torch.isfinite(v).sum())} of {len(z)} pilot points; give "
                f"bounds=… if it "
                "lives between walls, or change the scale and loc so that it is met"
            )
        return z, v

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
        _check_cover(found.space, blocks, parts, self.scale)
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


def oracle_notes(rounding: Rounding, allowed: float, potential: Potential) -> tuple[str, ...]:
    """A warning where V is too coarse to be told apart."""
    if allowed <= TOO_COARSE:
        return ()
    return (
        f"V's values are rounded so coarsely that couplings below {allowed:.2g} nats cannot be seen and the draws "
        f"may be "
        "wrong by as much: compute V in float64, or take its large constant off inside",
    )


def _cuts(space: Space, y: Tensor, v: Tensor) -> Tensor:
    """(d,) turns: where on each circle the pilot's points (m, d) carry least weight."""
    shift = torch.zeros(space.dim, dtype=torch.float64)
    log_w = -v + 0.5 * y.square().sum(1)
    # Tempered, so that a few best points do not hide where the others are.
    weight = torch.softmax(log_w.clamp(min=float(log_w[torch.isfinite(log_w)].max()) - 20.0) * 0.3, dim=0)
    for i, kind in enumerate(space.kinds):
        if kind == "circle":
            u = phi(y[:, i])
            places = torch.arange(16, dtype=torch.float64, device=y.device) / 16
            near = (torch.remainder(u[:, None] - places + 0.5, 1.0) - 0.5).abs() < 1 / 16
            shift[i] = places[(weight[:, None] * near).sum(0).argmin()].cpu()
    return shift


def _check_cover(space: Space, blocks: Blocks, parts: list[Draws], scale: Any) -> None:
    """InputError where much of the draws lies outside the reference, in a coordinate that goes on there."""
    y = join(blocks, [part.x for part in parts], space.dim)
    open_ = ~space.enclosed.to(y.device)
    outside = ((y.abs() > COVERED) & open_).any(dim=1)
    # From a wall on the reference begins at the wall: nothing lies outside on that side.
    for i, kind in enumerate(space.kinds):
        if kind in ("above", "below"):
            others = open_.clone()
            others[i] = False
            outside = ((y.abs() > COVERED) & others).any(dim=1) | (y[:, i] > COVERED)
    share = float(outside.double().mean())
    if share > 0.2:
        worst = int(((y.abs() > COVERED) & open_).double().mean(dim=0).argmax())
        width = float(space.scale[worst])
        raise InputError(
            f"scale={width:g} does not cover the target: {share:.0%} of the weight lies further out than "
            f"{COVERED * width:.3g}{_where(space, worst)}; use scale={2 * width:g} or more, or a loc=… nearer by"
        )


def _where(space: Space, i: int) -> str:
    name = _word(space.names[i], i)
    return f" from {float(space.loc[i]):g}, most of it in coordinate {name}" if space.dim > 1 else ""


def pieces(components: Blocks, edges: Tensor, largest: int) -> Blocks:
    """Cut components that are too large into neighbourhoods of at most `largest`, grown along the edges."""
    near, cut = edges.tolist(), []
    for component in components:
        left = list(component)
        while left:
            piece = [left.pop(0)]
            while left and len(piece) < largest:
                # The coordinate with the most edges into the piece joins next; ties go to the first.
                best = max(left, key=lambda j: (sum(near[i][j] for i in piece), -j))
                if not any(near[i][best] for i in piece):
                    break
                left.remove(best)
                piece.append(best)
            cut.append(tuple(sorted(piece)))
    return tuple(cut)


__all__ = ["AdaptivePartialZODMC", "Settled", "Structure", "pieces"]

"""Partial ZOD-MC that finds its blocks: discover which coordinates interact, then sample accordingly.

Every component of the dependency graph is sampled alone, for V is a sum over them: by importance sampling where that is
enough, else by the tempered population, which moves large ones by block-Gibbs over neighbourhoods in the graph. Then
V is asked at joined points, and where it is not what the blocks add up to, blocks are merged and sampled again. What
that can have missed is told in `Draws.missed`.

Products in turned axes couple all coordinates: they come out as one block.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from .blockwise import Blockwise
from .coordinates import make_space
from .draws import Draws, check_request
from .errors import InputError
from .journal import Journal
from .oracle import Potential
from .progress import Progress
from .space import Space
from .structure import Structure, find_structure

LEAST = 500  # calls below which nothing can be said of V
EACH = 64  # calls a coordinate that are left to sample with where the search for blocks is worth its calls


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
    population; a smaller pool saves calls and meets fewer narrow modes. dtype: of the draws; None is what V
    computes in.
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

    def discover(self, generator: torch.Generator, max_oracle_calls: int | None = None) -> Structure:
        """The dependency graph of V, checked; its `calls` include the pilot's."""
        most = math.inf if max_oracle_calls is None else max_oracle_calls - self._least() + self.pilot
        return find_structure(self.potential, self.space(), self.pilot, self.probes, self.checks, generator, most)

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

        A run that needs no more calls than its budget gives the draws that it gives without one. Where they are fewer,
        they buy fewer different draws and checks, which is warned of.

        progress: a bar, or a function of (calls, stage, share done). checkpoint: a file that V's answers are kept
        in; a run with the same settings and seed takes them from there and goes on, to the same draws.
        """
        check_request(n, generator, max_oracle_calls)
        search = max_oracle_calls is None or max_oracle_calls >= self._least()
        if not search and max_oracle_calls < LEAST:
            raise InputError(
                f"AdaptivePartialZODMC: {max_oracle_calls} calls are too few; give at least {LEAST}, or take plain "
                f"importance resampling (--method sir, {__package__}.baselines.SIR)"
            )
        with Journal(checkpoint, self._identity(n, generator, max_oracle_calls)) as journal, Progress(progress) as bar:
            watched = replace(self, potential=bar.watch(journal.wrap(self.potential)))
            bar.stage("finding blocks", 0.0)
            found = (
                watched.discover(generator, max_oracle_calls)
                if search
                else watched._one_block(generator, max_oracle_calls)
            )
            return Blockwise(watched, found, n, generator, max_oracle_calls, bar).draws(keep_path)

    def _one_block(self, generator: torch.Generator, budget: int) -> Structure:
        """All coordinates as one block, where the calls do not allow a search for blocks."""
        pilot = min(64 + (budget - LEAST) // 3, self.pilot)
        found = find_structure(self.potential, self.space(), pilot, 0, 0, generator)
        if self.potential.dim == 1:
            return found
        told = (
            f"{budget:,} calls are too few to look for blocks: all coordinates were sampled as one; give "
            f"{self._least():,} or more, or a tighter scale and loc"
        )
        return replace(found, warnings=(*found.warnings, told))

    def _least(self) -> int:
        """Calls from which on blocks are looked for."""
        d = self.potential.dim
        search = self.pilot + 168 + self.probes * (1 + d + d * (d - 1) // 2) + self.checks * (2 + d)
        return search + EACH * d + LEAST

    def _identity(self, n: int, generator: torch.Generator, budget: int | None) -> dict:
        """What must be the same for a checkpoint to be this run's."""
        settings = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "potential"}
        told = {name: str(value) for name, value in settings.items() if name != "prior"}
        return {"n": n, "budget": budget, "dim": self.potential.dim, "seed": generator.initial_seed()} | told

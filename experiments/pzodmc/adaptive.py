"""Partial ZOD-MC that finds its blocks: discover which coordinates interact, then sample accordingly.

Every component of the dependency graph is sampled alone, for V is a sum over them: small ones by the pooled engine,
larger ones by block-Gibbs with population moves over neighbourhoods in the graph, from a tempered start.

A coupling that shows at none of the probed and none of the held-out points is not found; its strength there is below
1e-9 of V. Products in turned axes couple all coordinates: they come out as one block, and sampling is block-Gibbs
then.
"""

from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from .additive import additivity
from .blocks import Blocks
from .coupled import CoupledPartialZODMC
from .discovery import Graph, discover, likely_points, mend
from .draws import Calls, Draws, Sampler, check_request
from .errors import InputError
from .oracle import Oracle, Potential
from .partial import PartialZODMC
from .pool import LEAST
from .pooled import PooledZODMC


@dataclass(frozen=True)
class Structure:
    """What the pilot found: the dependency graph, an anchor (d,) float64 where V is low, warnings."""

    graph: Graph
    anchor: Tensor

    @property
    def calls(self) -> int:
        return self.graph.calls

    @property
    def components(self) -> Blocks:
        return self.graph.components

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(
            f"the probes missed that coordinates {', '.join(map(str, group))} interact; the check on held-out points "
            "found it and merged their blocks"
            for group in self.graph.merged
        )


@dataclass(frozen=True)
class AdaptivePartialZODMC:
    """pilot: points of N(0, scale² I) from which probes and checks are taken. probes: pairs of points swapped to find
    edges; checks: further points up to which V must add up over the components found.

    Single coordinates are sampled by the pooled engine. Larger components go by block-Gibbs with population moves over
    pieces of at most `largest` coordinates, from a pool of `pool` points.
    """

    potential: Potential
    scale: float = 4.0
    pilot: int = 512
    probes: int = 8
    checks: int = 16
    largest: int = 2
    pool: int = 16_384
    candidates: int = 8
    dtype: torch.dtype = torch.float32

    def __post_init__(self):
        if min(self.probes, self.checks, self.largest) < 1 or not self.scale > 0:
            raise InputError(
                "AdaptivePartialZODMC: need probes, checks, pooled, largest ≥ 1 and scale > 0, got "
                f"{self.probes}, {self.checks}, {self.largest}, {self.scale}"
            )
        if self.pilot < 4 * (self.probes + self.checks):
            raise InputError(f"AdaptivePartialZODMC: need pilot ≥ 4 (probes + checks), got {self.pilot}")

    def discover(self, generator: torch.Generator) -> Structure:
        """The dependency graph of V, checked; its `calls` include the pilot's."""
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, torch.float64)
        z = self.scale * torch.randn(
            self.pilot, self.potential.dim, generator=generator, dtype=torch.float64, device=generator.device
        )
        v = oracle(z)
        log_q = -(z / self.scale).square().sum(1) / 2
        likely = likely_points(z, v, 2 * self.probes + (self.checks + 1) // 2, generator, log_q)
        probed, held_out = likely[: 2 * self.probes], likely[2 * self.probes :]
        # The check starts where sampling does, at the anchor, and goes to likely points as well as anywhere.
        anchor, anywhere = z[v.argmin()], z[torch.isfinite(v)][: self.checks // 2]
        away = torch.cat([held_out, anywhere])
        graph = mend(oracle, discover(oracle, probed), torch.cat([anchor.repeat(len(away), 1), away]))
        return Structure(replace(graph, calls=oracle.calls), anchor)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws. The budget covers discovery and sampling; `Draws.blocks` are the blocks found."""
        check_request(n, generator, max_oracle_calls)
        d = self.potential.dim
        least = self.pilot + 128 + self.probes * (1 + d + d * (d - 1) // 2) + self.checks * (2 + d)
        if max_oracle_calls is not None and max_oracle_calls <= least:
            raise InputError(f"AdaptivePartialZODMC: discovery alone takes {least} calls; give more")
        found = self.discover(generator)
        sampler = PartialZODMC(
            self.potential,
            found.components,
            engine=tuple(self._engine(found.graph, block) for block in found.components),
            anchor=tuple(found.anchor.tolist()),
            verify=0,  # done in discover, which mends what it finds
        )
        constant = additivity(self.potential, found.components, found.anchor[None][:0], found.anchor)[1]
        spent = Calls(**{self.potential.counts_as: found.calls}) + sampler.checking_cost(0)
        left = None if max_oracle_calls is None else max_oracle_calls - spent.total
        if left is not None and left < 1:
            raise InputError(f"AdaptivePartialZODMC: discovery alone took {spent.total} calls; give more")
        draws = sampler.sample(n, generator=generator, max_oracle_calls=left, keep_path=keep_path)
        log_zs = [part.log_z for part in draws.parts]
        return replace(
            draws,
            calls=draws.calls + spent,
            log_z=None if None in log_zs else sum(log_zs) - constant,
            warnings=found.warnings + draws.warnings,
        )

    def _engine(self, graph: Graph, block: tuple[int, ...]) -> partial[Sampler]:
        """How this component is sampled: a function from its potential to a sampler."""
        settings = {"scale": self.scale, "pool": self.pool, "dtype": self.dtype}
        if len(block) == 1:
            # In one dimension half the pool is plenty, and two steps take the repetitions out.
            return partial(
                PooledZODMC, **(settings | {"pool": max(self.pool // 2, LEAST), "candidates": 8, "steps": 2})
            )
        edges = graph.edges[list(block)][:, list(block)]
        cut = pieces((tuple(range(len(block))),), edges, self.largest)
        settings |= {"candidates": self.candidates}
        if len(cut) == 1:
            # A piece of several coordinates moved as one needs more candidates, and no other moves.
            settings |= {"sweeps": 1, "axes": 0, "steps": 3, "candidates": 2 * self.candidates}
        return partial(CoupledPartialZODMC, blocks=cut, **settings)


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

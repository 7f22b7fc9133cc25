"""Partial ZOD-MC that finds its blocks: discover which coordinates interact, then sample accordingly.

Small components are sampled alone (exact, and V's additivity over them is verified on fresh points); where a
component is too large for that, block-Gibbs with population moves runs over pieces of the graph.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.pzodmc.blocks import Blocks
from experiments.pzodmc.coupled import CoupledPartialZODMC
from experiments.pzodmc.discovery import Graph, discover, likely_points
from experiments.pzodmc.draws import Calls, Draws, check_request
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.partial import PartialZODMC


@dataclass(frozen=True)
class AdaptivePartialZODMC:
    """pilot: points of N(0, scale² I) from which the probes are taken; probes: pairs of points swapped to find edges.

    largest: components up to this size are sampled alone by the pooled engine. pool, candidates, steps: the engine's.
    """

    potential: Potential
    scale: float = 4.0
    pilot: int = 1024
    probes: int = 8
    largest: int = 5
    pool: int = 16_384
    candidates: int = 32
    steps: int = 3
    dtype: torch.dtype = torch.float32

    def __post_init__(self):
        if self.probes < 1 or self.pilot < 8 * self.probes or self.largest < 1 or not self.scale > 0:
            raise InputError(
                "AdaptivePartialZODMC: need probes ≥ 1, pilot ≥ 8 probes, largest ≥ 1 and scale > 0, got "
                f"{self.probes}, {self.pilot}, {self.largest}, {self.scale}"
            )

    def discover(self, generator: torch.Generator) -> Graph:
        """The dependency graph of V; its `calls` include the pilot's."""
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, torch.float64)
        z = self.scale * torch.randn(
            self.pilot, self.potential.dim, generator=generator, dtype=torch.float64, device=generator.device
        )
        points = likely_points(z, oracle(z), 2 * self.probes, generator, -(z / self.scale).square().sum(1) / 2)
        return replace(discover(oracle, points), calls=oracle.calls)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws. The budget covers discovery and sampling; `Draws.blocks` are the blocks found."""
        check_request(n, generator, max_oracle_calls)
        d = self.potential.dim
        least = self.pilot + 128 + self.probes * (1 + d + d * (d - 1) // 2)
        if max_oracle_calls is not None and max_oracle_calls <= least:
            raise InputError(f"AdaptivePartialZODMC: discovery alone takes {least} calls; give more")
        graph = self.discover(generator)
        components = graph.components
        if max(map(len, components)) <= self.largest:
            settings = {"pool": self.pool, "candidates": self.candidates, "steps": self.steps}
            settings |= {"scale": self.scale, "dtype": self.dtype}
            # Differences of V, even where the potential names blocks of its own: these are the ones found.
            sampler = PartialZODMC(self.potential, components, engine="pooled", settings=settings)
        else:
            sampler = CoupledPartialZODMC(
                self.potential, pieces(components, graph.edges, self.largest), scale=self.scale, dtype=self.dtype
            )
        left = None if max_oracle_calls is None else max_oracle_calls - graph.calls
        draws = sampler.sample(n, generator=generator, max_oracle_calls=left, keep_path=keep_path)
        return replace(draws, calls=draws.calls + Calls(**{self.potential.counts_as: graph.calls}))


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

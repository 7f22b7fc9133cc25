"""Partial ZOD-MC when V couples its blocks: block-Gibbs with i-SIR steps, and moves that no single block can make.

One persistent z a particle. At each falling time t, block by block, one i-SIR step on the conditional
exp(−V(z_B, z_−B)) N(z_B; e^t x_B, (e^{2t} − 1) I) with the particle's own neighbours: each step leaves
p(z | x_t) invariant, so V need not split. What it cannot do is leave a mode through one block at a time; the shares
of particles in modes then stay what they were at the start. The population move mends them.

What V's coupling costs without such care is told by `PartialZODMC(..., verify=0)`: over differences of V at an anchor
the neighbours are frozen, over block marginals (`targets.marginals`) the dependence between blocks is gone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.pzodmc.blocks import Blocks, check_blocks
from experiments.pzodmc.diffusion import bridge, log_grid, noising
from experiments.pzodmc.draws import Calls, Draws, check_request
from experiments.pzodmc.isir import isir
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.pool import LEAST, draw_pool
from experiments.pzodmc.population import population_move
from experiments.pzodmc.tiles import CHUNK


@dataclass(frozen=True)
class CoupledPartialZODMC:
    """`sweeps` passes over the blocks at each of `steps` times, `candidates` a block.

    pool: points of one wide N(0, scale² I) that start all particles (SIR). whole: candidates of an i-SIR step that
    moves all coordinates together after each sweep; 0 leaves it out. components: of the Gaussian mixture of the
    population move after each time; 0 leaves that out.
    """

    potential: Potential
    blocks: Blocks | None = None
    scale: float = 4.0
    pool: int = 65_536
    candidates: int = 16
    sweeps: int = 2
    whole: int = 16
    components: int = 8
    steps: int = 5
    horizon: float = 0.7
    end: float = 0.02
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    PREPARATION = 128  # Oracle.check_normalisable

    def __post_init__(self):
        blocks = self.blocks if self.blocks is not None else self.potential.blocks
        if blocks is None:
            raise InputError("CoupledPartialZODMC: give blocks=[[0, 1], [2], …], for the potential names none")
        object.__setattr__(self, "blocks", check_blocks(blocks, self.potential.dim))
        if min(self.candidates, self.sweeps) < 1 or min(self.whole, self.components) < 0:
            raise InputError("CoupledPartialZODMC: need candidates and sweeps ≥ 1, whole and components ≥ 0")
        if self.pool < LEAST or not self.scale > 0:
            raise InputError(
                f"CoupledPartialZODMC: need pool ≥ {LEAST} and scale > 0, got {self.pool} and {self.scale}"
            )
        log_grid(self.steps, self.horizon, self.end)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget shrinks the pool and all candidates in proportion."""
        check_request(n, generator, max_oracle_calls)
        pool, candidates, whole = self._affordable(n, max_oracle_calls)
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        start = draw_pool(oracle, pool, self.scale, generator, self.dtype, self.chunk)
        warnings = start.check_cover() + start.check_size(n)
        z, v = start.resample(n, generator)
        times = log_grid(self.steps, self.horizon, self.end)

        def gauss() -> Tensor:
            return torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)

        x, path, effective = None, [], []
        for k, t in enumerate(times):
            if k and not self.components:
                x = bridge(x, z, times[k - 1], t, gauss())
            else:
                # After a jump of z, x_t is drawn anew from its law given z: the pair keeps the joint law.
                s, sigma = noising(t)
                x = s * z + sigma * gauss()
            path.append(x)
            ess = []
            for _ in range(self.sweeps):
                for block in self.blocks:
                    z, v, weight = self._move_block(oracle, x, t, z, v, list(block), candidates, generator)
                    ess.append(weight)
                if whole:
                    chosen = isir(lambda points, owner: oracle(points), x, t, (z, v), whole, generator, self.chunk)
                    z, v = chosen.z, chosen.v
            if self.components:
                z, v, _ = population_move(oracle, z, v, self.components, candidates, generator)
            effective.append(sum(ess) / len(ess))
        return Draws(
            x=z,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            ess=(start.ess, *effective),
            invalid=oracle.invalid,
            log_z=start.log_z,
            pareto_k=start.pareto_k,
            warnings=warnings,
            path=torch.stack([*path, z]) if keep_path else None,
            blocks=self.blocks,
        )

    def _move_block(
        self, oracle: Oracle, x: Tensor, t: float, z: Tensor, v: Tensor, block: list[int], candidates: int, generator
    ) -> tuple[Tensor, Tensor, float]:
        """One i-SIR step of z's columns `block` (list of int) for all particles: z, V(z), mean effective number."""

        def energy(points: Tensor, owner: Tensor) -> Tensor:
            joined = z[owner]
            joined[:, block] = points
            return oracle(joined)

        chosen = isir(energy, x[:, block], t, (z[:, block], v), candidates, generator, self.chunk)
        z = z.clone()
        z[:, block] = chosen.z
        return z, chosen.v, float(chosen.ess.mean())

    def _affordable(self, n: int, budget: int | None) -> tuple[int, int, int]:
        """(pool, candidates, whole), scaled down to the budget."""

        def cost(pool: int, candidates: int, whole: int) -> int:
            sweep = len(self.blocks) * candidates + whole
            jump = candidates if self.components else 0
            return self.PREPARATION + pool + n * self.steps * (self.sweeps * sweep + jump)

        whole = (self.pool, self.candidates, self.whole)
        if budget is None or cost(*whole) <= budget:
            return whole
        share = (budget - self.PREPARATION) / (cost(*whole) - self.PREPARATION)
        pool, candidates = int(self.pool * share), int(self.candidates * share)
        if pool < LEAST or candidates < 1:
            raise InputError(
                f"CoupledPartialZODMC: {budget} oracle calls are too few for {n} draws; give at least "
                f"{cost(LEAST, 1, 0) * 2 + LEAST * self.pool // self.candidates}"
            )
        return pool, candidates, int(self.whole * share)

"""Partial ZOD-MC when V couples its blocks: block-Gibbs with i-SIR steps, and moves that no single block can make.

One persistent z a particle. At each falling time t, block by block, one i-SIR step on the conditional
exp(−V(z_B, z_−B)) N(z_B; e^t x_B, (e^{2t} − 1) I) with the particle's own neighbours: each step leaves
p(z | x_t) invariant, so V need not split. What it cannot do is leave a mode through one block at a time; the shares
of particles in modes then stay what they were at the start. The population move mends them; moves along the
population's principal axes take along what only moves together; and where the pool is too
poor to start from, tempered stages carry it to the target.

It fails where a mode is so narrow beside another that no pool point falls into it at any temperature (equal shares,
σ = 0.15 beside 1, from 4 dimensions on), and in the neck of a funnel, whose width falls by orders of magnitude:
nothing in the run can tell, for a place never visited leaves no trace.

What V's coupling costs without such care is told by `PartialZODMC(..., verify=0)`: over differences of V at an anchor
the neighbours are frozen, over block marginals (`targets.marginals`) the dependence between blocks is gone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .annealing import MOST_STAGES, anneal
from .axes import axis_move
from .blocks import Blocks, check_blocks
from .coupled_run import WIDTHS, affordable, judged
from .diffusion import bridge, log_grid, noising
from .draws import Calls, Draws, check_request
from .errors import InputError
from .isir import Chosen, isir
from .oracle import Oracle, Potential
from .pool import LEAST, USUAL, draw_pool
from .population import population_move
from .tiles import CHUNK


@dataclass(frozen=True)
class CoupledPartialZODMC:
    """`sweeps` passes over the blocks at each of `steps` times, `candidates` a block.

    pool: points of one wide N(0, scale² I) that start all particles. stages: at most so many tempered stages from the
    pool to the target where the pool is worth less than half the particles; 1 starts from the pool however poor (SIR).
    population: particles at least, also for fewer draws (the first n are returned), unless a budget forbids.
    axes: moves along principal axes of the population after the sweeps, at most one a dimension; 0 leaves them out.
    components: of the Gaussian mixture of the population move after each time; 0 leaves that out.
    horizon, end: of the times, those of z/(scale/4). dtype: None is what V computes in.
    """

    potential: Potential
    blocks: Blocks | None = None
    scale: float = 4.0
    pool: int = 65_536
    candidates: int = 16
    sweeps: int = 2
    axes: int = 16
    components: int = 8
    steps: int = 5
    stages: int = MOST_STAGES
    population: int = 1000
    horizon: float = 0.7
    end: float = 0.02
    dtype: torch.dtype | None = None
    chunk: int = CHUNK

    PREPARATION = 128  # Oracle.check_normalisable

    def __post_init__(self):
        blocks = self.blocks if self.blocks is not None else self.potential.blocks
        if blocks is None:
            raise InputError("CoupledPartialZODMC: give blocks=[[0, 1], [2], …], for the potential names none")
        object.__setattr__(self, "blocks", check_blocks(blocks, self.potential.dim))
        if min(self.candidates, self.sweeps, self.stages, self.population) < 1 or min(self.axes, self.components) < 0:
            raise InputError(
                "CoupledPartialZODMC: need candidates, sweeps, stages, population ≥ 1, axes and components ≥ 0"
            )
        if self.pool < LEAST or not self.scale > 0:
            raise InputError(f"CoupledPartialZODMC: need pool ≥ {LEAST} and scale > 0, got {self.pool}, {self.scale}")
        log_grid(self.steps, self.horizon, self.end)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget shrinks the pool and all candidates in proportion, and ends the tempered stages early."""
        check_request(n, generator, max_oracle_calls)
        run = affordable(self, n, max_oracle_calls)
        oracle = Oracle(self.potential)
        dtype = oracle.check_normalisable(run.scale, generator, run.dtype)
        pool = draw_pool(oracle, run.pool, run.scale, generator, dtype, run.chunk)
        m = max(n, run.population)
        start = anneal(oracle, pool, m, lambda *state: run._stage(*state, generator), generator, run.stages)
        unit = run.scale / USUAL
        z, v, times = start.z / unit, start.v, log_grid(run.steps, run.horizon, run.end)

        def energy(points: Tensor) -> Tensor:
            return oracle(unit * points)

        def gauss() -> Tensor:
            return torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)

        x, path, effective, accepted, jumps = None, [], [], [], []
        moved = torch.zeros(m, dtype=torch.bool, device=z.device)
        for k, t in enumerate(times):
            if k and not run.components:
                x = bridge(x, z, times[k - 1], t, gauss())
            else:
                # After a jump of z, x_t is drawn anew from its law given z: the pair keeps the joint law.
                s, sigma = noising(t)
                x = s * z + sigma * gauss()
            path.append(unit * x[:n])
            before, ess, fresh = z, [], []
            for _ in range(run.sweeps):
                for block in run.blocks:
                    step = run._move_block(energy, x, t, z, v, list(block), run.candidates, generator)
                    fresh.append(float((step.v != v).double().mean()))
                    z, v = step.z, step.v
                    ess.append(float(step.ess.mean()))
            z, v = run._move_axes(energy, z, v, generator)
            if run.components:
                jumps.append(population_move(energy, z, v, run.components, run.candidates, generator))
                z, v = jumps[-1].z, jumps[-1].v
            moved |= (z != before).any(dim=1)
            effective.append(sum(ess) / len(ess))
            accepted.append(sum(fresh) / len(fresh))
        z = unit * z
        log_z, k_hat, warnings = judged(run.scale, pool, start, jumps, z, n)
        return Draws(
            x=z[:n],
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            acceptance=tuple(accepted),
            ess=(*start.ess, *effective),
            failures=int((~moved[:n]).sum()),
            attempts=n,
            invalid=oracle.invalid,
            log_z=log_z,
            pareto_k=k_hat,
            warnings=warnings,
            path=torch.stack([*path, z[:n]]) if keep_path else None,
            blocks=self.blocks,
        )

    def _stage(
        self, energy: Callable[[Tensor], Tensor], z: Tensor, e: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Moves at one temperature: z (m, d) with energies (m,), which `energy` gives without the constant."""
        for width in WIDTHS:
            sd = width * float(z.std(dim=0).median())
            t = math.log1p(sd * sd) / 2
            s, sigma = noising(t)
            x = s * z + sigma * torch.randn(z.shape, generator=generator, dtype=z.dtype, device=z.device)
            for block in self.blocks:
                step = self._move_block(energy, x, t, z, e, list(block), self.candidates, generator)
                z, e = step.z, step.v
        z, e = self._move_axes(energy, z, e, generator)
        if self.components:
            jump = population_move(energy, z, e, self.components, self.candidates, generator)
            z, e = jump.z, jump.v
        return z, e

    def _move_block(
        self,
        energy: Callable[[Tensor], Tensor],
        x: Tensor,
        t: float,
        z: Tensor,
        e: Tensor,
        block: list[int],
        candidates: int,
        generator: torch.Generator,
    ) -> Chosen:
        """One i-SIR step of z's columns `block` for all particles; z (n, d) whole, its energies, effective numbers."""

        def joined(points: Tensor, owner: Tensor) -> Tensor:
            whole = z[owner]
            whole[:, block] = points
            return energy(whole)

        chosen = isir(joined, x[:, block], t, (z[:, block], e), candidates, generator, self.chunk)
        z = z.clone()
        z[:, block] = chosen.z
        return replace(chosen, z=z)

    def _move_axes(
        self, energy: Callable[[Tensor], Tensor], z: Tensor, e: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        moves = min(self.axes, self.potential.dim)
        return axis_move(energy, z, e, moves, self.candidates, generator, self.chunk) if moves else (z, e)

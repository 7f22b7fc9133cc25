"""Around a run of the coupled sampler: what it can afford beforehand, and what its weights say afterwards."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .annealing import Start
from .errors import InputError
from .pareto import TRUSTED, pareto_k
from .pool import LEAST, USUAL, Pool, cover_warnings
from .population import Moved

if TYPE_CHECKING:
    from .coupled import CoupledPartialZODMC

# Widths of the tempered stages' proposals, in standard deviations of the population: across it and within a mode.
WIDTHS = (0.5, 0.15)
USUAL_STAGES = 8  # what a budget sets aside calls for


def affordable(sampler: "CoupledPartialZODMC", n: int, budget: int | None) -> "CoupledPartialZODMC":
    """This sampler with pool, candidates and stages scaled down to the budget."""
    if budget is None:
        return sampler

    def costs(run: "CoupledPartialZODMC") -> tuple[int, int]:
        """Of a run without tempered stages, and of a stage."""
        m, blocks = max(n, run.population), len(run.blocks)
        together = min(run.axes, run.potential.dim) + (1 if run.components else 0)
        base = run.PREPARATION + run.pool + m * run.steps * run.candidates * (run.sweeps * blocks + together)
        return base, m * run.candidates * (len(WIDTHS) * blocks + together)

    run = sampler
    for population in (sampler.population, 1):
        run = replace(sampler, population=population)
        base, stage = costs(run)
        wanted = base + stage * min(sampler.stages - 1, USUAL_STAGES)
        share = min(1.0, (budget - sampler.PREPARATION) / (wanted - sampler.PREPARATION))
        sizes = {name: int(share * getattr(sampler, name)) for name in ("pool", "candidates")}
        if sizes["pool"] >= LEAST and sizes["candidates"] >= 1:
            run = replace(run, **sizes)
            base, stage = costs(run)
            return replace(run, stages=min(sampler.stages, 1 + (budget - base) // stage))
    least = math.ceil((wanted - sampler.PREPARATION) * max(LEAST / sampler.pool, 1 / sampler.candidates)) + 1
    raise InputError(
        f"CoupledPartialZODMC: {budget} oracle calls are too few for {n} draws; give at least "
        f"{sampler.PREPARATION + least}"
    )


def judged(
    scale: float, pool: Pool, start: Start, jumps: list[Moved], z: Tensor, n: int
) -> tuple[float, float, tuple[str, ...]]:
    """log Ẑ, the k̂ of the weights behind it, warnings. The population's weights say more than the pool's.

    The weights of the last half of the population moves are pooled, whatever they look like: to take the best
    would bias log Ẑ down.
    """
    log_z, k_hat = start.log_z, pool.pareto_k
    warnings = cover_warnings(z, torch.full((len(z),), 1 / len(z)).to(z), scale)
    if jumps:
        log_weight = torch.cat([jump.log_weight for jump in jumps[len(jumps) // 2 :]])
        k_hat = pareto_k(log_weight)
        if k_hat <= TRUSTED:
            unit = z.shape[1] * math.log(scale / USUAL)
            log_z = float(torch.logsumexp(log_weight, dim=0)) - math.log(len(log_weight)) + unit
        elif len(start.betas) > 1 or pool.pareto_k > TRUSTED:
            warnings += (
                f"Pareto k̂ of the population's Gaussian mixture is {k_hat:.2f} > {TRUSTED}: it fits the target too "
                "poorly to mend the shares of modes; they and log Ẑ are those of the tempered start",
            )
        else:
            k_hat = pool.pareto_k
    if len(start.betas) == 1:
        warnings += pool.check_size(n)
    elif start.ess[-1] < n / 10:
        warnings += (
            f"the last tempered stage was worth {start.ess[-1]:.0f} draws for {n} wanted; allow more stages or calls",
        )
    return log_z, k_hat, warnings

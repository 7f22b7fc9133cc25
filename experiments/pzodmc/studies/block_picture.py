"""Why block-wise rejection accepts exponentially more often: measured acceptance beside its exact value.

For V = Σ v(z_i) a proposal for all of d coordinates passes with the product of d probabilities. Proposals needed for
one accepted draw therefore multiply in the full sampler and add in the partial one.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from experiments.pzodmc.benchmark.cells import one_thread
from experiments.pzodmc.diffusion import noising, posterior_sd
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.targets import double_wells
from experiments.pzodmc.tiles import CHUNK
from experiments.results import Recorder, Result
from experiments.study import Report, silent


@dataclass(frozen=True)
class Config:
    """Proposals are made at time t for the particle `at` in every coordinate."""

    dims: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8)
    t: float = 1.4
    at: float = 0.1  # x_t
    proposals: int = 1_048_576  # per dimension and seed, streamed
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    fewest: int = 8  # accepted in all; below, a share is too uncertain to be shown
    shown: int = 600  # proposals in the picture


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    with one_thread():
        exact = _exact(config)
        measured: dict[int, dict] = {}
        for k, d in enumerate(config.dims):
            report(k / len(config.dims), f"acceptance in {d} dimensions")
            counts = [_accepted(config, d, seed) for seed in config.seeds]
            if sum(counts) >= config.fewest:
                measured[d] = interval([count / config.proposals for count in counts])
        values = _values(config, exact, measured)
        arrays = _picture(config)
    report(1.0, "done")
    return recorder.result(values, arrays)


def _exact(config: Config) -> float:
    """The acceptance of one coordinate, ∫ exp(−v(z)) N(z; e^t x, e^{2t} − 1) dz, by the trapezoid rule (min v = 0)."""
    grid = torch.linspace(-5, 5, 40_001, dtype=torch.float64)
    sd, centre = posterior_sd(config.t), math.exp(config.t) * config.at
    proposal = torch.exp(-0.5 * ((grid - centre) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
    return float(torch.trapezoid(torch.exp(-((grid**2 - 1) ** 2)) * proposal, grid))


def _propose(config: Config, m: int, d: int, generator: torch.Generator) -> torch.Tensor:
    noise = torch.randn(m, d, generator=generator)
    return math.exp(config.t) * config.at + posterior_sd(config.t) * noise


def _accepted(config: Config, d: int, seed: int) -> int:
    target, generator = double_wells(d), torch.Generator().manual_seed(seed)
    count = 0
    for start in range(0, config.proposals, CHUNK):
        z = _propose(config, min(CHUNK, config.proposals - start), d, generator)
        u = 1 - torch.rand(len(z), generator=generator)
        count += int((u.log() <= -target.potential.function(z)).sum())
    return count


def _values(config: Config, exact: float, measured: dict[int, dict]) -> dict:
    dims = np.array(sorted(measured))
    share = np.array([measured[d]["value"] for d in dims])
    values = {
        "acceptance_one": exact,
        "acceptance": {f"d{d}": measured[d] for d in dims},
        "acceptance_exact": {f"d{d}": exact**d for d in config.dims},
        # Proposals for one accepted draw of all d coordinates: a product against a sum.
        "proposals_full": {f"d{d}": exact**-d for d in config.dims},
        "proposals_partial": {f"d{d}": d / exact for d in config.dims},
        "advantage": {f"d{d}": exact**-d / (d / exact) for d in config.dims},
        "t": config.t,
    }
    if len(dims) > 1:
        # Fit log(1/acceptance) = rate · d, which theory says is a line through the origin.
        rate = float((dims * -np.log(share)).sum() / (dims**2).sum())
        residual = -np.log(share) - rate * dims
        values["fit"] = {
            "rate": rate,
            "rate_exact": -math.log(exact),
            "factor_per_dimension": math.exp(rate),
            "r2": float(1 - residual.var() / np.log(share).var()),
        }
    return values


def _picture(config: Config) -> dict[str, np.ndarray]:
    """Proposals in the plane (m, 2) with who accepts them: both coordinates at once, or each for itself.

    Each coordinate throws its own die. The joint test accepts where both do, which has the same probability.
    """
    generator = torch.Generator().manual_seed(config.seeds[0])
    z = _propose(config, config.shown, 2, generator)
    u = 1 - torch.rand(config.shown, 2, generator=generator)
    each = u.log() <= -((z**2 - 1) ** 2)
    s, sigma = noising(config.t)
    return {
        "z": z.numpy(),
        "each": each.numpy(),
        "joint": each.all(dim=1).numpy(),
        "centre": np.array([math.exp(config.t) * config.at] * 2, dtype=np.float32),
        "process": np.array([s, sigma, posterior_sd(config.t)], dtype=np.float32),
    }

"""Particles through the reverse process, two of d coordinates: full against partial at the same queries a score, and
the sampler that finds its blocks by itself.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from experiments.pzodmc.adaptive import AdaptivePartialZODMC
from experiments.pzodmc.benchmark.cells import one_thread, timed
from experiments.pzodmc.draws import Calls, Sampler
from experiments.pzodmc.metrics import sliced_w2
from experiments.pzodmc.partial import PartialZODMC
from experiments.pzodmc.targets import Target, two_modes
from experiments.pzodmc.zodmc import ZODMC
from experiments.results import Recorder, Result
from experiments.study import Report, silent


@dataclass(frozen=True)
class Config:
    """Each of `dim` coordinates has a mode at ±distance with weights left and 1 − left."""

    dim: int = 10
    distance: float = 4.0
    left: float = 0.3
    n: int = 500
    proposals: int = 400
    candidates: int = 16  # of the adaptive sampler's i-SIR, a particle, block and time
    steps: int = 39
    horizon: float = 3.0  # e^{−3} · 4 = 0.2: the start N(0, I) is close to the process's own law there
    seed: int = 7
    bins: int = 96  # of the density's picture
    reach: float = 8.0


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = (config.seed,)
    target = two_modes(config.dim, distance=config.distance, left=config.left)
    settings = {
        "proposals": config.proposals,
        "enough": None,
        "steps": config.steps,
        "horizon": config.horizon,
        "scale": target.scale,
    }
    samplers = {
        "full": ZODMC(target.potential, **settings),
        "partial": PartialZODMC(target.potential, engine="rejection", settings=settings),
        "adaptive": _Adaptive(target, config),
    }
    generator = torch.Generator().manual_seed(1_000_000 + config.seed)
    exact, perfect = target.exact(config.n, generator), target.exact(config.n, generator)
    values: dict = {"dim": config.dim, "proposals": config.proposals, "truth": _modes(exact, config)}
    values["floor"] = {"sliced_w2": sliced_w2(perfect, exact), "mode_error": _mode_error(perfect, config)}
    arrays = {"density": _density(target, config).numpy().astype(np.float32)}
    with one_thread():
        for k, (name, sampler) in enumerate(samplers.items()):
            report(k / len(samplers), f"{name} sampler in {config.dim} dimensions")
            cell = timed(_WithPath(sampler), config.n, config.seed)
            draws = cell.draws
            arrays[name] = draws.path[:, :, :2].numpy().astype(np.float16)
            # The last position, without noise, is at no time of a grid.
            arrays[f"{name}_times"] = np.array([*draws.times, 0.0][: len(draws.path)], dtype=np.float32)
            values[name] = {
                "sliced_w2": sliced_w2(draws.x, exact),
                "mode_error": _mode_error(draws.x, config),
                "modes": _modes(draws.x, config),
                "cpu_seconds": cell.cpu,
                "calls": draws.calls.total,
                "blocks": len(draws.blocks or ()),
                "failure_share": draws.failure_share,
            }
    report(1.0, "done")
    return recorder.result(values, arrays)


@dataclass(frozen=True)
class _Adaptive:
    """Discovery, then the pooled recipe over what was found, at as many times as the others have, so that one can look.

    The potential names its blocks; the sampler is not told.
    """

    target: Target
    config: Config

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = True
    ):
        c, potential = self.config, replace(self.target.potential, blocks=None, block_functions=None)
        found = AdaptivePartialZODMC(potential, scale=self.target.scale).discover(generator)
        settings = {"pool": 8192, "candidates": c.candidates, "steps": c.steps, "horizon": c.horizon, "end": 0.005}
        sampler = PartialZODMC(potential, found.components, settings=settings | {"scale": self.target.scale})
        draws = sampler.sample(n, generator=generator, keep_path=keep_path)
        return replace(draws, calls=draws.calls + Calls(full=found.calls))


@dataclass(frozen=True)
class _WithPath:
    """A sampler that keeps its path."""

    sampler: Sampler

    def sample(self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None):
        return self.sampler.sample(n, generator=generator, max_oracle_calls=max_oracle_calls, keep_path=True)


def _modes(x: Tensor, config: Config) -> list[float]:
    """Shares of the four modes of the first two coordinates: −−, −+, +−, ++."""
    index = 2 * (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
    return (torch.bincount(index, minlength=4).double() / len(x)).tolist()


def _mode_error(x: Tensor, config: Config) -> float:
    """Total variation distance of those shares from the true ones."""
    a = config.left
    true = [a * a, a * (1 - a), (1 - a) * a, (1 - a) ** 2]
    return 0.5 * sum(math.fabs(p - q) for p, q in zip(_modes(x, config), true, strict=True))


def _density(target: Target, config: Config) -> Tensor:
    """The true density of two coordinates on a grid (bins, bins), largest value 1."""
    axis = torch.linspace(-config.reach, config.reach, config.bins, dtype=torch.float64)
    line = torch.exp(-target.potential.block_functions[0](axis[:, None]))
    density = line[:, None] * line[None, :]
    return density / density.max()

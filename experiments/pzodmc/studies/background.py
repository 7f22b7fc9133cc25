"""What stored proposals cost in memory, and what self-normalised importance sampling costs in bias.

Memory: one score for n particles from N proposals each, once with all n·N·d numbers kept, as rejection is often
written, once streamed. Bias: a posterior mean from N weighted proposals is off by about −Cov(W, W (f − μ))/N, and the
variance of the weights W multiplies with the dimension; THEORY.md derives both.
"""

import math
import multiprocessing
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from experiments.pzodmc.benchmark.cells import one_thread
from experiments.pzodmc.diffusion import noising, posterior_sd
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.oracle import Oracle, Potential
from experiments.pzodmc.rejection import Floor, reject
from experiments.pzodmc.studies.quadrature import Coordinate
from experiments.pzodmc.targets import double_wells, gaussian
from experiments.results import Recorder, Result
from experiments.study import Report, silent

FLOAT32 = 4  # bytes


@dataclass(frozen=True)
class Config:
    """Memory of a score at `memory_t`; bias at time t where x_t is `at` in every coordinate and V = Σ z_i²/2."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    particles: int = 50
    memory_t: float = 1.0
    memory_dims: tuple[int, ...] = (2, 10, 20, 30)  # at the largest number of proposals
    memory_proposals: tuple[int, ...] = (1000, 4000, 8000)  # in the highest dimension
    t: float = 0.5
    at: float = 1.0
    dims: tuple[int, ...] = (1, 2, 5, 10)
    sizes: tuple[int, ...] = (1, 4, 16, 64, 256, 1024, 4096)  # N, each dividing `points`
    points: int = 1_048_576  # proposals a seed, cut into estimates of N
    effective: int = 100  # draws that the weighted proposals shall be worth


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    with one_thread():
        memory = _memory(config, lambda done, what: report(0.6 * done, what))
        importance = _importance(config, lambda done, what: report(0.6 + 0.4 * done, what))
    report(1.0, "done")
    return recorder.result({"memory": memory, "importance": importance})


def stored(potential: Potential, x: Tensor, t: float, proposals: int, generator: torch.Generator) -> Tensor:
    """Posterior means (n, d) by rejection in its shortest form: all proposals kept until the last is judged."""
    n, d = x.shape
    z = posterior_sd(t) * torch.randn(n, proposals, d, generator=generator)
    z += math.exp(t) * x[:, None]
    v = potential.function(z.view(-1, d)).view(n, proposals)
    kept = torch.rand(n, proposals, generator=generator).log() <= v.min() - v
    return (z * kept[..., None]).sum(1) / kept.sum(1, keepdim=True)


def streamed(potential: Potential, x: Tensor, t: float, proposals: int, generator: torch.Generator) -> Tensor:
    """The same from this package: `rejection.reject`, all proposals used."""
    return reject(Oracle(potential), Floor(0.0), x, t, proposals, None, generator).mean


WAYS: dict[str, Callable[..., Tensor]] = {"stored": stored, "streamed": streamed}


def _memory(config: Config, report: Report) -> dict:
    """Peak memory in MB by way, against the dimension and against the proposals, each cell in a process of its own."""
    most, highest = max(config.memory_proposals), max(config.memory_dims)
    cells = {(d, most) for d in config.memory_dims} | {(highest, size) for size in config.memory_proposals}
    jobs = [(way, d, size) for way in WAYS for d, size in sorted(cells)]
    # Children of a server that has loaded torch once: they start at once, and none sees another's peak.
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload([__name__])
    found = {}
    with context.Pool(1, maxtasksperchild=1) as pool:
        for k, (way, d, size) in enumerate(jobs):
            report(k / len(jobs), f"memory of {size} proposals in {d} dimensions, {way}")
            each = [(way, d, size, config.particles, config.memory_t, seed) for seed in config.seeds]
            found[way, d, size] = interval([peak / 1e6 for peak in pool.starmap(peak_of, each, chunksize=1)])
    numbers = {(d, size): config.particles * size * d * FLOAT32 / 1e6 for d, size in cells}
    return {
        "dimension": {way: {f"d{d}": found[way, d, most] for d in config.memory_dims} for way in WAYS}
        | {"proposals_alone": {f"d{d}": numbers[d, most] for d in config.memory_dims}},
        "proposals": {way: {f"n{size}": found[way, highest, size] for size in config.memory_proposals} for way in WAYS}
        | {"proposals_alone": {f"n{size}": numbers[highest, size] for size in config.memory_proposals}},
    }


def peak_of(way: str, d: int, proposals: int, particles: int, t: float, seed: int) -> int:
    """Bytes by which one score raises this process's peak memory; a small one first loads what is loaded once."""
    torch.set_num_threads(1)
    generator, potential = torch.Generator().manual_seed(seed), double_wells(d).potential
    x = torch.randn(particles, d, generator=generator)
    WAYS[way](potential, x[:2], t, 16, generator)
    before = peak_bytes(reset=True)
    WAYS[way](potential, x, t, proposals, generator)
    return max(peak_bytes() - before, 0)


def peak_bytes(reset: bool = False) -> int:
    """The highest resident memory of this process so far; `reset` begins anew from what is resident now (Linux)."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        # Not getrusage: on Linux a child starts with its parent's peak there.
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    except OSError:  # macOS, which counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _importance(config: Config, report: Report) -> dict:
    s, sigma = noising(config.t)
    known = Coordinate(gaussian([0.0], [1.0])).weights(config.at, config.t)
    values: dict = {"bias": {}, "leading": {}, "points": {}, "points_exact": {}, "slope": s / sigma**2}
    rows = {seed: _one_seed(config, seed, known.mean) for seed in config.seeds}
    for k, d in enumerate(config.dims):
        report(k / len(config.dims), f"bias of importance sampling in {d} dimensions")
        values["bias"][f"d{d}"] = {
            f"n{size}": interval([s / sigma**2 * rows[seed][d][0][i] for seed in config.seeds])
            for i, size in enumerate(config.sizes)
        }
        spread = known.second_moment**d
        values["leading"][f"d{d}"] = s / sigma**2 * (known.mean - known.mean_squared) * spread
        values["points"][f"d{d}"] = interval([config.effective * rows[seed][d][1] for seed in config.seeds])
        values["points_exact"][f"d{d}"] = config.effective * spread
    return values


def _one_seed(config: Config, seed: int, mean: float) -> dict[int, tuple[list[float], float]]:
    """d → (bias of the first coordinate's mean at each N, E W²/(E W)²), from nested sets of the same points."""
    generator = torch.Generator().manual_seed(seed)
    shape = (config.points, max(config.dims))
    z = torch.randn(shape, generator=generator, dtype=torch.float64)
    z = math.exp(config.t) * config.at + posterior_sd(config.t) * z
    log_w = (-0.5 * z.square()).cumsum(dim=1)
    away = z[:, 0] - mean
    found = {}
    for d in config.dims:
        w = log_w[:, d - 1].exp()
        found[d] = [bias(w, away, size) for size in config.sizes], float(w.square().mean() / w.mean() ** 2)
    return found


def bias(w: Tensor, away: Tensor, size: int) -> float:
    """The mean error of ΣwF/Σw over groups of `size`, where E wF = 0; w and away (= F) (points,).

    ΣwF is known to be 0 in expectation and nearly proportional to the error when the group is large, so it serves as
    a control variate. Its factor comes from the other half of the groups, so that it adds no bias.
    """
    top = (w * away).view(-1, size).mean(1)
    error = top / w.view(-1, size).mean(1)
    halves = []
    for mine, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        factor = (error[other] * top[other]).mean() / top[other].square().mean()
        halves.append(float((error[mine] - factor * top[mine]).mean()))
    return sum(halves) / 2

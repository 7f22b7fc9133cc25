"""Oracle calls against the dimension at a fixed quality: O(exp(b)) for the whole, O(exp(d) · b/d) for blocks of d.

Twice. First one score at the horizon, the hardest noise level: proposals until a fixed number is accepted, which fixes
the score's error (THEORY.md). They are measured where a run is affordable and computed from exact acceptance integrals
beyond. Then the whole sampler: calls until the draws are as good as exact ones up to a bar.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from experiments.pzodmc.benchmark.cells import one_thread, scores
from experiments.pzodmc.diffusion import noising
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.partial import PartialZODMC
from experiments.pzodmc.studies.costs import fit, geometric, proposals_needed
from experiments.pzodmc.studies.ladder import JUDGED
from experiments.pzodmc.studies.quadrature import Coordinate
from experiments.pzodmc.targets import Target, double_wells, two_modes
from experiments.pzodmc.zodmc import ZODMC
from experiments.results import Recorder, Result
from experiments.study import Report, silent

TARGETS: dict[str, Callable[..., Target]] = {"double_wells": double_wells, "two_modes": two_modes}
STEP = math.sqrt(2)  # between budgets that are tried
FEWEST = 3  # dimensions; through two points every line is perfect


@dataclass(frozen=True)
class Config:
    """Blocks of `blocks` coordinates against the whole ("full"), for products of b = `dims` coordinates."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    blocks: tuple[int, ...] = (1, 2, 5)
    # One score: particles x_t from the exact p_t at t = horizon, each until `accepted` draws are there.
    horizon: float = 2.0
    dims: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30)
    accepted: int = 8
    particles: int = 1000  # a seed, where costs are computed
    measured_particles: int = 16  # a seed, where they are measured
    affordable: float = 8e6  # proposals expected of a seed's particles, up to which they are measured
    # The whole sampler: `n` draws with sliced W2 and MMD² within `bar` floors, for at most `most` proposals a score.
    quality_targets: tuple[str, ...] = ("double_wells",)
    n: int = 500
    bar: float = 1.5
    floor_pairs: int = 16
    full_dims: tuple[int, ...] = (1, 2, 3, 4, 5)
    block_dims: tuple[int, ...] = (2, 5, 10)
    most: int = 4096


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    values: dict = {"score": {}, "quality": {}, "n": config.n}
    with one_thread():
        for k, name in enumerate(TARGETS):
            report(0.4 * k / len(TARGETS), f"proposals a score, {name}")
            values["score"][name] = _score(config, TARGETS[name])
        for name in config.quality_targets:
            values["quality"][name] = _quality(config, TARGETS[name], lambda done, what: report(0.4 + 0.6 * done, what))
    report(1.0, "done")
    return recorder.result(values)


def ways(blocks: Sequence[int]) -> dict[str, int | None]:
    """Name → size of the blocks; None: one block of everything."""
    return {"full": None} | {f"blocks_{size}": size for size in blocks}


def _score(config: Config, factory: Callable[..., Target]) -> dict:
    """Proposals a particle for one score: typical (geometric mean over particles) totals over the blocks."""
    one, t = Coordinate(factory(1)), config.horizon
    rate, values = one.rate(config.horizon), {}
    logs = {seed: one.log_acceptance(particles(config, factory, seed), t) for seed in config.seeds}
    for name, size in ways(config.blocks).items():
        entry = values[name] = {"computed": {}, "measured": {}, "theory": {}}
        rows: dict[str, dict[int, list[float]]] = {"computed": {}, "measured": {}}
        for b in (b for b in config.dims if b % (size or b) == 0):
            block = size or b
            entry["theory"][f"d{b}"] = b / block * config.accepted * math.exp(rate * block)
            expected = [_expected(config, logs[seed], b, block) for seed in config.seeds]
            rows["computed"][b] = [float(log.mean()) for log in expected]
            # Not the mean over all x, which is infinite: what these very particles are expected to take.
            dearest = max(float(np.exp(log[: config.measured_particles]).sum()) for log in expected)
            if dearest <= config.affordable:
                rows["measured"][b] = [_measured(config, factory, seed, b, block) for seed in config.seeds]
        for kind, row in rows.items():
            entry[kind] = {f"d{b}": geometric(costs) for b, costs in row.items()}
        entry["fit"] = {kind: fit(row, size is not None) for kind, row in rows.items() if len(row) >= FEWEST}
    return {"rate": rate, "factor": math.exp(rate), "ways": values}


def particles(config: Config, factory: Callable[..., Target], seed: int) -> np.ndarray:
    """x_t of exact draws, (particles, max dims)."""
    s, sigma = noising(config.horizon)
    generator, dim = torch.Generator().manual_seed(seed), max(config.dims)
    z = factory(dim).exact(config.particles, generator)
    return (s * z + sigma * torch.randn(z.shape, generator=generator, dtype=z.dtype)).numpy()


def _expected(config: Config, log_alpha: np.ndarray, b: int, block: int) -> np.ndarray:
    """log Σ_B accepted/α_B(x_B), the expected total of each particle; log_alpha (particles, ≥ b) → (particles,)"""
    by_block = -log_alpha[:, :b].reshape(len(log_alpha), b // block, block).sum(axis=2)
    return math.log(config.accepted) + np.logaddexp.reduce(by_block, axis=1)


def _measured(config: Config, factory: Callable[..., Target], seed: int, b: int, block: int) -> float:
    """The mean log of the same totals, with proposals counted."""
    x = torch.from_numpy(particles(config, factory, seed)[: config.measured_particles, :b])
    target, generator = factory(block), torch.Generator().manual_seed(seed)
    lowest = block * Coordinate(factory(1)).lowest
    rows = x.reshape(-1, block).float()
    used = proposals_needed(target, lowest, rows, config.horizon, config.accepted, generator)
    return float(used.view(len(x), -1).sum(1).double().log().mean())


def _quality(config: Config, factory: Callable[..., Target], report: Report) -> dict:
    """Oracle calls of the cheapest budget that is good enough, seed by seed."""
    values: dict = {}
    plan = ways(config.blocks)
    for k, (name, size) in enumerate(plan.items()):
        dims = [b for b in (config.block_dims if size else config.full_dims) if b % (size or b) == 0]
        rows: dict[int, list[float]] = {}
        start = dict.fromkeys(config.seeds, 1)
        for i, b in enumerate(dims):
            report((k + i / len(dims)) / len(plan), f"calls for quality, {name} in {b} dimensions")
            floor = _floor(config, factory(b))
            found = [_climb(config, factory, b, size, floor, seed, start[seed]) for seed in config.seeds]
            if None in found:
                break
            rows[b] = [math.log(calls) for _, calls in found]
            # The next dimension needs no less, up to noise of a step or two.
            start = {seed: max(1, int(p / STEP**2)) for seed, (p, _) in zip(config.seeds, found, strict=True)}
        values[name] = {"calls": {f"d{b}": geometric(row) for b, row in rows.items()}}
        if len(rows) >= FEWEST:
            values[name]["fit"] = fit(rows, size is not None)
    return values


def _floor(config: Config, target: Target) -> dict[str, float]:
    rows = []
    for k in range(config.floor_pairs):
        generator = torch.Generator().manual_seed(1_000_000 + k)
        rows.append(scores(target.exact(config.n, generator), target.exact(config.n, generator), JUDGED))
    return {score: float(np.mean([row[score] for row in rows])) for score in JUDGED}


def _climb(
    config: Config,
    factory: Callable[..., Target],
    b: int,
    size: int | None,
    floor: dict[str, float],
    seed: int,
    start: int,
) -> tuple[int, int] | None:
    """(proposals a score, oracle calls) of the first budget within the bar; None where none up to `most` is."""
    target = factory(b, block=size or b)
    exact = target.exact(config.n, torch.Generator().manual_seed(2_000_000 + seed))
    proposals = start
    while proposals <= config.most:
        draws = _sampler(target, size, proposals).sample(config.n, generator=torch.Generator().manual_seed(seed))
        found = scores(draws.x, exact, JUDGED)
        if all(found[score] <= config.bar * floor[score] for score in JUDGED):
            return proposals, draws.calls.total
        proposals = max(proposals + 1, round(proposals * STEP))
    return None


def _sampler(target: Target, size: int | None, proposals: int) -> Sampler:
    """The paper's algorithm: all proposals used, the mean 0 where none passed."""
    settings = {"proposals": proposals, "enough": None, "empty": "origin", "scale": target.scale}
    if size is None:
        return ZODMC(target.potential, **settings)
    return PartialZODMC(target.potential, engine="rejection", settings=settings)

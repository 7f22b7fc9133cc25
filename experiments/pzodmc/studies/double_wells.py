"""The first write-up's setting again: double wells in 2 … 30 dimensions, full against partial.

Three questions. What do time, oracle calls and quality do with the dimension at an equal number of queries a score?
How much time does Partial ZOD-MC save at equal quality? And what was W2 telling at 100 draws?
"""

from dataclasses import dataclass

import numpy as np
import torch

from experiments.pzodmc.benchmark.cells import Cell, one_thread, scores, timed, warm_up
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.metrics import SCORES, interval, permutation_test
from experiments.pzodmc.partial import PartialZODMC
from experiments.pzodmc.pooled import PooledZODMC
from experiments.pzodmc.studies import ladder
from experiments.pzodmc.studies.equal_quality import equal_quality
from experiments.pzodmc.studies.exact_sets import floor_of, truth
from experiments.pzodmc.targets import Target, double_wells
from experiments.pzodmc.zodmc import ZODMC
from experiments.results import Recorder, Result
from experiments.study import Report, silent


@dataclass(frozen=True)
class Config:
    """proposals: queries a score at equal queries, for the whole of V and for each block alike, without early stop."""

    dims: tuple[int, ...] = (2, 5, 10, 20, 30)
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    proposals: int = 200
    floor_pairs: int = 16  # the floor is the mean over so many pairs of exact sets
    # Pooled: the full sampler gets in one pool what the blocks get together, up to `largest_pool`.
    pool: int = 16_384
    largest_pool: int = 131_072
    # Equal quality: the cheapest budget whose sliced W2 and MMD are at most `bar` times the floor.
    quality_dims: tuple[int, ...] = (2, 5, 10, 15)
    bar: float = 1.5
    rungs: tuple[int, ...] = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)  # proposals a particle and step
    enough: tuple[int, ...] = (4,)  # early stop; of the rungs every third
    pools: tuple[int, ...] = (256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576)
    # The first write-up's batch and its queries a score.
    owner_dims: tuple[int, ...] = (5, 10, 20, 30)
    owner_n: int = 100
    owner_proposals: int = 500


def methods(target: Target, config: Config, proposals: int) -> dict[str, Sampler]:
    """The four samplers of the comparison, with equal queries a score."""
    faithful = {"proposals": proposals, "enough": None, "scale": target.scale}
    pooled = {"scale": target.scale, "candidates": 16, "steps": 3}
    whole = min(config.pool * target.dim, config.largest_pool)
    return {
        "full": ZODMC(target.potential, **faithful),
        "partial": PartialZODMC(target.potential, engine="rejection", settings=faithful),
        "full_pooled": PooledZODMC(target.potential, pool=whole, **pooled),
        "partial_pooled": PartialZODMC(target.potential, settings={"pool": config.pool, **pooled}),
    }


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    with one_thread():
        warm_up(list(methods(double_wells(2), config, 16).values()))
        values, arrays = _against_dimension(config, lambda done, what: report(0.55 * done, what))
        values |= {"equal_quality": {}, "n": config.n, "owner_n": config.owner_n}
        for k, d in enumerate(config.quality_dims):
            report(0.55 + 0.4 * k / len(config.quality_dims), f"equal quality in {d} dimensions")
            equal_quality(config, d, values)
        report(0.95, f"the setting with {config.owner_n} draws")
        values["owner"] = {f"d{d}": _owner_setting(config, d) for d in config.owner_dims}
    report(1.0, "done")
    return recorder.result(values, arrays)


def _against_dimension(config: Config, report: Report) -> tuple[dict, dict[str, np.ndarray]]:
    names = list(methods(double_wells(2), config, 1))
    quality, cost, p_values = ({name: {} for name in names} for _ in range(3))
    values = {"floor": {}, "quality": quality, "cost": cost, "permutation_p": p_values}
    kinds = ("equal_queries", "equal_queries_pooled")
    values |= {"time_saved": {kind: {} for kind in kinds}, "time_ratio": {kind: {} for kind in kinds}}
    values["floor_ratio"] = {name: {} for name in names}
    shape = (len(names), len(config.dims), len(config.seeds))
    arrays = {key: np.zeros(shape) for key in ("cpu_seconds", "calls", *SCORES)}
    for i, d in enumerate(config.dims):
        target, key = double_wells(d), f"d{d}"
        samplers = methods(target, config, config.proposals)
        cells: dict[str, list[Cell]] = {name: [] for name in names}
        found: dict[str, list[dict]] = {name: [] for name in names}
        ranks: dict[str, list[float]] = {name: [] for name in names}
        for s, seed in enumerate(config.seeds):
            report((i + s / len(config.seeds)) / len(config.dims), f"double wells in {d} dimensions, seed {seed}")
            exact, _ = truth(target, config.n, seed)
            for m, (name, sampler) in enumerate(samplers.items()):
                cell = timed(sampler, config.n, seed)
                cells[name].append(cell)
                found[name].append(scores(cell.draws.x, exact, list(SCORES)))
                generator = torch.Generator().manual_seed(seed)
                ranks[name].append(permutation_test(cell.draws.x.double(), exact, generator, 100))
                arrays["cpu_seconds"][m, i, s], arrays["calls"][m, i, s] = cell.cpu, cell.draws.calls.total
                for score in SCORES:
                    arrays[score][m, i, s] = found[name][-1][score]
        values["floor"][key] = floor_of(d, config.n, config.floor_pairs)
        for name in names:
            quality[name][key] = {score: interval([row[score] for row in found[name]]) for score in SCORES}
            values["floor_ratio"][name][key] = {
                score: quality[name][key][score]["value"] / values["floor"][key][score]["value"]
                for score in ("paper_mmd", "sliced_w2", "w2")
            }
            cost[name][key] = summary(cells[name])
            p_values[name][key] = float(np.median(ranks[name]))
        for kind, suffix in zip(kinds, ("", "_pooled"), strict=True):
            pair = [[cell.cpu for cell in cells[name + suffix]] for name in ("full", "partial")]
            values["time_saved"][kind][key] = ladder.saved(*pair)
            values["time_ratio"][kind][key] = ladder.ratio(*pair)
    return values, {key: array.astype(np.float32) for key, array in arrays.items()}


def summary(cells: list[Cell]) -> dict:
    """What runs cost and how they went, with intervals over seeds."""
    draws = [cell.draws for cell in cells]
    return {
        "cpu_seconds": interval([cell.cpu for cell in cells]),
        "wall_seconds": interval([cell.wall for cell in cells]),
        "calls": interval([d.calls.total for d in draws]),
        "calls_full": interval([d.calls.full for d in draws]),
        "calls_block": interval([d.calls.block for d in draws]),
        "failure_share": interval([d.failure_share for d in draws]),
        "ess_lowest": interval([min(d.ess) for d in draws]),
        **({"acceptance_first": interval([d.acceptance[0] for d in draws])} if draws[0].acceptance else {}),
    }


def _owner_setting(config: Config, d: int) -> dict:
    """A small batch, scored as the first write-up did; "full_origin" gives empty scores the mean 0 as its code did."""
    target = double_wells(d)
    samplers = methods(target, config, config.owner_proposals)
    samplers["full_origin"] = ZODMC(
        target.potential, proposals=config.owner_proposals, enough=None, scale=target.scale, empty="origin"
    )
    del samplers["full_pooled"]
    found: dict[str, list[dict]] = {name: [] for name in samplers}
    names = ("paper_mmd", "w2", "sliced_w2")
    floor = floor_of(d, config.owner_n, config.floor_pairs)
    for seed in config.seeds:
        exact, _ = truth(target, config.owner_n, seed)
        for name, sampler in samplers.items():
            cell = timed(sampler, config.owner_n, seed)
            row = scores(cell.draws.x, exact, names) | {"cpu_seconds": cell.cpu}
            found[name].append(row | {"failure_share": cell.draws.failure_share})
    measured = {name: {key: interval([row[key] for row in rows]) for key in rows[0]} for name, rows in found.items()}
    return {"floor": {name: floor[name] for name in names}, **measured}

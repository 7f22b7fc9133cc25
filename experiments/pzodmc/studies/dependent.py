"""Dependent variables: the sampler that finds its own blocks, beside the annealing samplers an expert would take.

Each target hides its structure: blocks in scrambled coordinates, a chain, a bent density, a product turned so that no
two coordinates are independent. All get the same oracle, and the others at least as many calls as the adaptive sampler.
"""

from dataclasses import dataclass

import torch

from experiments.pzodmc.benchmark.cells import Cell, one_thread, timed, warm_up
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.studies.entrants import ENTRANTS
from experiments.pzodmc.studies.truth import Scoring, exact_set, floor, in_floors, scoring
from experiments.pzodmc.targets import TARGETS, Target
from experiments.pzodmc.targets.hidden import hidden_order
from experiments.results import Recorder, Result
from experiments.study import Report, silent

SCORED = ("sliced_w2", "paper_mmd")
IN_FLOORS = (*SCORED, "modes")


@dataclass(frozen=True)
class Config:
    targets: tuple[str, ...] = ("hidden30", "phi4", "joint10", "banana", "rotated")
    others: tuple[str, ...] = ("smc", "tempering")
    calls: int = 2_500_000  # for the others; what the adaptive sampler took, if that is more
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    floor_pairs: int = 16


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    names = ("adaptive", *config.others)
    values: dict = {"n": config.n, "floor": {}, "dim": {}, "found": {}}
    values |= {key: {name: {} for name in names} for key in ("quality", "floor_ratio", "cost")}
    with one_thread():
        easy = TARGETS["gmm2d"]()
        warm_up([ENTRANTS[name](easy, 32, 50_000) for name in names], calls=50_000)
        for i, key in enumerate(config.targets):
            target = TARGETS[key]()
            values["dim"][key] = target.dim
            score = scoring(target, SCORED)
            values["floor"][key] = floor(target, config.n, score, config.floor_pairs)
            most = config.calls
            for k, name in enumerate(names):
                report((i + k / len(names)) / len(config.targets), f"{name} on {key}")
                budget = None if name == "adaptive" else most
                sampler = ENTRANTS[name](target, config.n, most)
                cells = [timed(sampler, config.n, seed, budget, repeats=1) for seed in config.seeds]
                if name == "adaptive":
                    most = max(most, *(cell.draws.calls.total for cell in cells))
                    values["found"][key] = _found(key, target, config, cells)
                _record(values, name, key, target, score, config, cells)
    report(1.0, "done")
    return recorder.result(values)


def _record(
    values: dict, name: str, key: str, target: Target, score: Scoring, config: Config, cells: list[Cell]
) -> None:
    rows = []
    for cell, seed in zip(cells, config.seeds, strict=True):
        row = score(cell.draws.x, exact_set(target, config.n, seed))
        if cell.draws.log_z is not None and target.log_z is not None:
            row["log_z_error"] = abs(cell.draws.log_z - target.log_z)
        rows.append(row)
    quality = {name: interval([row[name] for row in rows]) for name in rows[0]}
    values["quality"][name][key] = quality
    values["floor_ratio"][name][key] = in_floors(quality, values["floor"][key], IN_FLOORS)
    values["cost"][name][key] = {
        "cpu_seconds": interval([cell.cpu for cell in cells]),
        "calls": interval([cell.draws.calls.total for cell in cells]),
        "warned": sum(bool(cell.draws.warnings) for cell in cells) / len(cells),
    }


def _found(key: str, target: Target, config: Config, cells: list[Cell]) -> dict:
    """The blocks that the adaptive sampler worked with, and what finding them cost."""
    sampler = ENTRANTS["adaptive"](target, config.n, config.calls)
    graphs = [sampler.discover(torch.Generator().manual_seed(seed)) for seed in config.seeds]
    blocks = cells[0].draws.blocks or ()
    found = {
        "calls": interval([graph.calls for graph in graphs]),
        "components": len(graphs[0].components),
        "blocks": len(blocks),
        "largest": max(map(len, blocks), default=target.dim),
    }
    if key == "hidden30":
        # The truth, which V does not tell: pairs of coordinates behind a fixed permutation.
        true = {tuple(sorted(pair)) for pair in hidden_order(target.dim).view(-1, 2).tolist()}
        found["exact"] = sum(set(graph.components) == true for graph in graphs) / len(graphs)
    return found

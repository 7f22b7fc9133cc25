"""Joint targets, where blocks depend on each other: what each way of sampling block by block keeps and loses."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.pzodmc.benchmark.cells import Cell, one_thread, scores, timed, warm_up
from experiments.pzodmc.blocks import singletons
from experiments.pzodmc.coupled import CoupledPartialZODMC
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.partial import PartialZODMC
from experiments.pzodmc.studies.ladder import saved
from experiments.pzodmc.studies.truth import exact_set, floor
from experiments.pzodmc.targets import Target, joint_mixture, marginals
from experiments.pzodmc.zodmc import ZODMC
from experiments.results import Recorder, Result
from experiments.study import Report, silent

SCORED = ("paper_mmd", "sliced_w2", "w2", "mmd2")


@dataclass(frozen=True)
class Config:
    """Blocks of one coordinate; proposals: queries a score of the two samplers by rejection, without early stop."""

    dims: tuple[int, ...] = (2, 5, 10, 15)
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    proposals: int = 64
    pool: int = 65_536
    floor_pairs: int = 16


def methods(target: Target, config: Config) -> dict[str, Sampler]:
    """From the paper's algorithm over the first implementation to what keeps the dependence."""
    blocks, potential = singletons(target.dim), target.potential
    paper = {"proposals": config.proposals, "enough": None, "scale": target.scale, "empty": "origin"}
    pooled = {"scale": target.scale, "pool": 16_384}
    coupled = {"scale": target.scale, "pool": config.pool}
    # The neighbours rest at the mean of the heaviest component, as good a place as any.
    weights, means, _ = target.components
    anchor = tuple(means[max(range(len(weights)), key=lambda k: weights[k])].tolist())
    return {
        "full": ZODMC(potential, **paper),
        "marginals": PartialZODMC(marginals(target, blocks), engine="rejection", settings=paper, verify=0),
        "frozen": PartialZODMC(potential, blocks, settings=pooled, anchor=anchor, verify=0),
        "gibbs": CoupledPartialZODMC(potential, blocks, axes=0, components=0, stages=1, **coupled),
        "population": CoupledPartialZODMC(potential, blocks, **coupled),
    }


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    names = list(methods(joint_mixture(2), config))
    values: dict = {"n": config.n, "floor": {}, "time_saved": {}}
    values |= {key: {name: {} for name in names} for key in ("quality", "floor_ratio", "cost")}
    with one_thread():
        warm_up(list(methods(joint_mixture(2), config).values()))
        for i, d in enumerate(config.dims):
            target, key = joint_mixture(d), f"d{d}"
            perfect = values["floor"][key] = floor(target, config.n, _score, config.floor_pairs)
            for k, (name, sampler) in enumerate(methods(target, config).items()):
                report((i + k / len(names)) / len(config.dims), f"{name} on a joint target in {d} dimensions")
                cells = [timed(sampler, config.n, seed) for seed in config.seeds]
                rows = [
                    _score(cell.draws.x, exact_set(target, config.n, s))
                    for cell, s in zip(cells, config.seeds, strict=True)
                ]
                values["quality"][name][key] = {s: interval([row[s] for row in rows]) for s in rows[0]}
                values["floor_ratio"][name][key] = {
                    s: values["quality"][name][key][s]["value"] / perfect[s]["value"] for s in SCORED if s != "mmd2"
                }
                values["cost"][name][key] = _cost(cells)
                if name == "full":
                    full = [cell.cpu for cell in cells]
                elif name == "marginals":
                    values["time_saved"][key] = saved(full, [cell.cpu for cell in cells])
    report(1.0, "done")
    return recorder.result(values)


def _score(x: Tensor, exact: Tensor) -> dict[str, float]:
    return scores(x, exact, SCORED) | {"dependence": dependence(x, exact)}


def dependence(x: Tensor, exact: Tensor) -> float:
    """How much of the correlation between coordinates is there: 1 kept, 0 lost, by projection on the true one.

    ⟨C_x, C⟩/⟨C, C⟩ over the off-diagonal entries of the correlation matrices.
    """
    off = ~torch.eye(x.shape[1], dtype=torch.bool)
    found, true = (torch.corrcoef(a.double().T).nan_to_num()[off] for a in (x.cpu(), exact.cpu()))
    return float((found * true).sum() / true.square().sum())


def _cost(cells: list[Cell]) -> dict:
    draws = [cell.draws for cell in cells]
    return {
        "cpu_seconds": interval([cell.cpu for cell in cells]),
        "calls": interval([d.calls.total for d in draws]),
        "calls_full": interval([d.calls.full for d in draws]),
        "calls_block": interval([d.calls.block for d in draws]),
        "failure_share": interval([d.failure_share for d in draws]),
        "ess_start": interval([d.ess[0] for d in draws]),
    }

"""Quality against budget on the paper's targets: how good is each sampler after so many oracle calls?"""

from dataclasses import dataclass

from experiments.errors import InputError
from experiments.pzodmc.benchmark.cells import Cell, one_thread, timed, warm_up
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.studies.entrants import ENTRANTS
from experiments.pzodmc.studies.truth import Scoring, exact_set, floor, in_floors, scoring
from experiments.pzodmc.targets import TARGETS, Target
from experiments.results import Recorder, Result
from experiments.study import Report, silent

SCORED = ("sliced_w2", "paper_mmd")
IN_FLOORS = (*SCORED, "modes")


@dataclass(frozen=True)
class Config:
    targets: tuple[str, ...] = ("gmm2d", "ring", "mueller_brown", "discontinuous", "gmm5d")
    samplers: tuple[str, ...] = ("zodmc", "pooled", "sir", "smc", "tempering", "rdmc")
    budgets: tuple[int, ...] = (20_000, 60_000, 200_000, 600_000, 2_000_000)  # oracle calls
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    floor_pairs: int = 16
    bar: float = 1.5  # floors, in sliced W2 and MMD, that count as right


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    values: dict = {"n": config.n, "budgets": list(config.budgets), "floor": {}, "dim": {}}
    with one_thread():
        present = _present(config)
        values |= {key: {name: {} for name in present} for key in ("quality", "floor_ratio", "cost", "reached")}
        for i, key in enumerate(config.targets):
            target = TARGETS[key]()
            values["dim"][key] = target.dim
            score = scoring(target, SCORED)
            values["floor"][key] = floor(target, config.n, score, config.floor_pairs)
            for k, name in enumerate(present):
                report((i + k / len(present)) / len(config.targets), f"{name} on {key}")
                _ladder(config, target, key, name, score, values)
    report(1.0, "done")
    return recorder.result(values)


def _present(config: Config) -> list[str]:
    """The samplers whose packages are installed, each run once to warm up."""
    easy, present = TARGETS["gmm2d"](), []
    for name in config.samplers:
        try:
            warm_up([ENTRANTS[name](easy, 32, 20_000)], calls=20_000)
        except InputError:
            continue
        present.append(name)
    return present


def _ladder(config: Config, target: Target, key: str, name: str, score: Scoring, values: dict) -> None:
    """One sampler on one target over all budgets; a budget that the sampler refuses as too small is left out."""
    quality, ratios, cost = ({} for _ in range(3))
    for budget in config.budgets:
        try:
            cells = [
                timed(ENTRANTS[name](target, config.n, budget), config.n, s, budget, repeats=1) for s in config.seeds
            ]
        except InputError:
            continue
        rows = [
            score(cell.draws.x, exact_set(target, config.n, seed)) | _evidence(target, cell)
            for cell, seed in zip(cells, config.seeds, strict=True)
        ]
        step = f"b{budget}"
        quality[step] = {key: interval([row[key] for row in rows]) for key in rows[0]}
        ratios[step] = in_floors(quality[step], values["floor"][key], IN_FLOORS)
        cost[step] = {
            "cpu_seconds": interval([cell.cpu for cell in cells]),
            "calls": interval([cell.draws.calls.total for cell in cells]),
            "failure_share": interval([cell.draws.failure_share for cell in cells]),
        }
    values["quality"][name][key], values["floor_ratio"][name][key], values["cost"][name][key] = quality, ratios, cost
    good = [step for step, ratio in ratios.items() if max(ratio[score] for score in SCORED) <= config.bar]
    # The cheapest budget that is right, and every dearer one that was tried as well.
    steps = list(ratios)
    settled = [step for step in good if all(later in good for later in steps[steps.index(step) :])]
    values["reached"][name][key] = int(settled[0][1:]) if settled else None


def _evidence(target: Target, cell: Cell) -> dict[str, float]:
    """|log Ẑ − log Z| where the sampler estimates it."""
    if cell.draws.log_z is None or target.log_z is None:
        return {}
    return {"log_z_error": abs(cell.draws.log_z - target.log_z)}

"""Where it fails: widths that a pool sees unevenly, modes that it never meets, a scale that does not reach.

A failure that the run reports itself (a warning, or a refusal) is another matter than one in silence; both are counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from experiments.errors import InputError
from experiments.pzodmc.benchmark.cells import one_thread, timed
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.metrics import interval
from experiments.pzodmc.pooled import PooledZODMC
from experiments.pzodmc.studies.entrants import adaptive, pooled
from experiments.pzodmc.studies.truth import exact_set, floor, scoring
from experiments.pzodmc.targets import Target, joint_mixture, narrow_wide, paper_mixture_2d
from experiments.results import Recorder, Result
from experiments.study import Report, silent

SCORED = ("sliced_w2", "paper_mmd")


@dataclass(frozen=True)
class Config:
    widths_dims: tuple[int, ...] = (1, 2, 3, 4, 6, 8)  # of the pair of a narrow and a wide mode
    joint_dims: tuple[int, ...] = (5, 10, 15, 20)
    scales: tuple[float, ...] = (0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 3.0)  # of the recommended width of the pool
    calls: int = 500_000  # of the pooled sampler
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    floor_pairs: int = 8


# A case: where on the axis it stands, its target, its sampler.
Case = tuple[float, Target, Sampler]


def run(config: Config, recorder: Recorder, report: Report = silent) -> Result:
    recorder.seeds = config.seeds
    values: dict = {"n": config.n}
    rows: dict[str, Callable[[], Sequence[Case]]] = {
        "widths_pooled": lambda: [
            (d, t := narrow_wide(d), pooled(t, config.n, config.calls)) for d in config.widths_dims
        ],
        "widths_adaptive": lambda: [(d, t := narrow_wide(d), adaptive(t, config.n, 0)) for d in config.widths_dims],
        "joint_adaptive": lambda: [(d, t := joint_mixture(d), adaptive(t, config.n, 0)) for d in config.joint_dims],
        "scale_pooled": lambda: [(s, *_scaled(s)) for s in config.scales],
    }
    with one_thread():
        for k, (name, cases) in enumerate(rows.items()):
            report(k / len(rows), name.replace("_", ", "))
            values[name] = {f"{at:g}": _case(target, sampler, config) for at, target, sampler in cases()}
    report(1.0, "done")
    return recorder.result(values)


def _scaled(share: float) -> tuple[Target, Sampler]:
    target = paper_mixture_2d()
    return target, PooledZODMC(target.potential, scale=share * target.scale)


def _case(target: Target, sampler: Sampler, config: Config) -> dict:
    """Error of the modes' shares and scores with their floors; the share of runs that warned, and that refused."""
    rows, warned, score = [], 0, scoring(target, SCORED)
    for seed in config.seeds:
        try:
            draws = timed(sampler, config.n, seed, repeats=1).draws
        except InputError:
            continue
        warned += bool(draws.warnings)
        rows.append(score(draws.x, exact_set(target, config.n, seed)))
    perfect = floor(target, config.n, score, config.floor_pairs)
    refused = len(config.seeds) - len(rows)
    return {
        "quality": {name: interval([row[name] for row in rows]) for name in perfect} if rows else {},
        "floor": perfect,
        "warned": warned / len(config.seeds),
        "refused": refused / len(config.seeds),
    }

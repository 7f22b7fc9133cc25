"""Equal quality: the cheapest of a ladder of budgets at which a sampler is as good as the floor allows.

Comparing times at an equal number of queries says little when one of the two samples has failed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from torch import Tensor

from experiments.pzodmc.benchmark.cells import scores, timed
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.metrics import interval

JUDGED = ("sliced_w2", "paper_mmd")  # both must be within the bar
HOPELESS = 2.0  # a first seed this many times beyond the bar settles a rung without the other seeds


@dataclass(frozen=True)
class Judge:
    """n draws a seed, against one exact set a seed; `floor` is the mean score of a perfect sampler."""

    n: int
    seeds: tuple[int, ...]
    exact: tuple[Tensor, ...]
    floor: dict[str, float]
    bar: float  # in floors

    def worst(self, rows: Sequence[dict[str, float]]) -> float:
        """The largest score in floors, averaged over seeds."""
        return max(float(np.mean([row[s] for row in rows])) / self.floor[s] for s in JUDGED)


@dataclass(frozen=True)
class Rung:
    """One budget: its settings, cost by seed, and score in floors."""

    settings: dict[str, Any]
    cpu: tuple[float, ...]
    calls: tuple[int, ...]
    worst: float
    passed: bool

    def record(self) -> dict:
        plain = asdict(self)
        return plain | {"cpu": interval(self.cpu), "calls": interval(self.calls)}


def climb(rungs: Sequence[tuple[dict, Sampler]], judge: Judge) -> list[Rung]:
    """Rungs (settings, sampler) from cheap to dear, up to the first that passes.

    A rung that is hopeless at its first seed is not repeated for the others.
    """
    climbed = []
    for settings, sampler in rungs:
        cells, rows = [], []
        for seed, exact in zip(judge.seeds, judge.exact, strict=True):
            cells.append(timed(sampler, judge.n, seed))
            rows.append(scores(cells[-1].draws.x, exact, JUDGED))
            if judge.worst(rows[:1]) > HOPELESS * judge.bar:
                break
        worst = judge.worst(rows)
        cpu, calls = tuple(c.cpu for c in cells), tuple(c.draws.calls.total for c in cells)
        climbed.append(Rung(settings, cpu, calls, worst, len(rows) == len(judge.seeds) and worst <= judge.bar))
        if climbed[-1].passed:
            break
    return climbed


def cheapest(rungs: Sequence[Rung]) -> Rung | None:
    """The passing rung with the least CPU time, if any passes."""
    return min((rung for rung in rungs if rung.passed), key=lambda rung: float(np.mean(rung.cpu)), default=None)


def dearest(rungs: Sequence[Rung]) -> Rung:
    return max(rungs, key=lambda rung: float(np.mean(rung.cpu)))


def ratio(full: Sequence[float], partial: Sequence[float]) -> dict[str, float]:
    """partial/full, paired by seed (the fewer of the two)."""
    return interval([b / a for a, b in zip(full, partial, strict=False)])


def saved(full: Sequence[float], partial: Sequence[float]) -> dict[str, float]:
    """The share saved, 1 − partial/full, paired by seed (the fewer of the two)."""
    return interval([1 - b / a for a, b in zip(full, partial, strict=False)])

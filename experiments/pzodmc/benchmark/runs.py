"""A run of a sampler over several seeds, in a process of its own, and what came of it."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import InputError


@dataclass(frozen=True)
class Run:
    """`method` with `settings` draws n from `target` (a name in `targets.TARGETS`), once a seed."""

    target: str
    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    n: int = 1000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Outcome:
    """Lists hold one value a seed. Scores are those of `child.scored`; `floors` what exact draws of the same n score.

    peak_mb: how far memory rose above the interpreter with the same imports, which had run the same operations once.
    cpu: CPU seconds of one thread; short runs are repeated and the quickest counts.
    """

    target: str
    method: str
    settings: dict[str, Any]
    n: int
    seeds: list[int]
    calls: list[int]
    cpu: list[float]
    wall: list[float]
    scores: dict[str, list[float]]
    floors: dict[str, float]
    log_z_error: list[float] | None
    peak_mb: float
    discovery_calls: list[int] | None
    partition_found: list[bool] | None

    def median(self, what: str) -> float:
        return statistics.median(getattr(self, what))

    def score(self, name: str) -> float:
        """Mean over seeds."""
        return statistics.fmean(self.scores[name])

    def in_floors(self, name: str) -> list[float]:
        """A score a seed, over its floor."""
        return [score / self.floors[name] for score in self.scores[name]]

    def worst(self) -> float:
        """The larger of sliced W2 and the paper's MMD, each as mean over seeds, in floors."""
        return max(statistics.fmean(self.in_floors(name)) for name in ("sliced_w2", "paper_mmd"))


@dataclass
class Bench:
    """Starts runs, one at a time, and remembers them, so that two bars can read one run."""

    seeds: tuple[int, ...]
    faithful_seeds: tuple[int, ...]
    faithful_proposals: int
    told: Callable[[str], None] = lambda line: None
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def measure(self, target: str, method: str, seeds: Sequence[int] | None = None, **settings: Any) -> Outcome:
        run = Run(target, method, settings, seeds=tuple(seeds or self.seeds))
        key = json.dumps(asdict(run), sort_keys=True)
        if key not in self.outcomes:
            self.told(f"{target}: {method} {', '.join(f'{k}={v}' for k, v in settings.items())}")
            self.outcomes[key] = in_child(run)
        return self.outcomes[key]

    def faithful(self, target: str, proposals: int | None = None) -> Outcome:
        """The paper's algorithm as published: 24 steps from T = 2, no early stop, mean 0 where none was accepted."""
        proposals = proposals or self.faithful_proposals
        settings = {"proposals": proposals, "enough": None, "empty": "origin"}
        return self.measure(target, "zodmc", self.faithful_seeds, **settings)


def in_child(run: Run) -> Outcome:
    """Measure in a fresh interpreter of one thread. Raises InputError with what the child said if it failed."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-m", f"{__package__}.child"],
        input=json.dumps(asdict(run)),
        capture_output=True,
        text=True,
        env=os.environ | threads,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise InputError(f"benchmark: {run.method} on {run.target} failed: {said[0]}")
    return Outcome(**asdict(run) | json.loads(done.stdout))

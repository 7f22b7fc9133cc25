"""What is due and why, by the lock file; and the run, by pytask."""

import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from showcase.lock import forget, read_lock
from showcase.nodes import Presence, Step
from showcase.projects import PROJECTS

if TYPE_CHECKING:
    from experiments.cluster import Cluster


@dataclass(frozen=True)
class Finding:
    """A step and why it has to run; no reason, no run."""

    step: Step
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """`state`: made, kept (nothing it rests on differs after all), failed, or waiting (for a step that failed)."""

    step: Step
    state: str
    error: BaseException | None = None
    trace: str = ""


def look(root: Path, steps: Sequence[Step], force: bool = False) -> list[Finding]:
    """What is due, and why; nothing is run. A step comes after those whose products it rests on."""
    lock = read_lock(root)
    findings, maker = [], {}
    for step in steps:
        reasons = ["asked for with --force"] if force else _changes(step, lock.get(step.name))
        # A redrawn picture keeps its place, so presence passes nothing on.
        reasons += [
            f"follows {maker[node.signature].label}"
            for node in step.rests_on
            if node.signature in maker and (not isinstance(node, Presence) or node.state() is None)
        ]
        if reasons:
            maker |= {node.signature: step for node in step.makes}
        findings.append(Finding(step, tuple(dict.fromkeys(reasons))))
    return findings


class BrokenOff(Exception):
    """The steps were not all run, for no reason that pytask names: it was stopped, or did not begin."""


class Overheard(io.StringIO):
    """What pytask prints, and the error that it prints instead of raising it."""

    error: BaseException | None = None

    def write(self, text: str) -> int:
        self.error = sys.exc_info()[1] or self.error
        return super().write(text)


def run(
    root: Path,
    steps: Sequence[Step],
    expected: Mapping[str, float],
    *,
    force: bool = False,
    jobs: int = 1,
    cluster: "Cluster | None" = None,
) -> list[Outcome]:
    """Run steps in the order of what rests on what; a failed one stops only those that rest on it. `expected` holds
    the seconds that a step is likely to take, by name, where that is known. With a `cluster` it has all studies at
    once, and the rest runs in one process here.

    Raises whatever keeps the steps from being run or remembered, KeyboardInterrupt where a step met it, and BrokenOff.
    """
    import pytask

    jobs = len(steps) if cluster else min(jobs, len(steps))

    several = {}
    if cluster or jobs > 1:
        from showcase.workers import register

        several = {"n_workers": jobs, "parallel_backend": register(root, cluster, expected)}
        # A stop ends the workers at once; what they shared with their own processes goes with them, without a word.
        os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker")
        # Otherwise each process starts as many threads as there are cores.
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // jobs)))
    # The longest experiments begin first, one a process, then the next ones: nothing waits for a long one at the end.
    studies = sorted((step for step in steps if step.kind == "study"), key=lambda step: expected.get(step.name, 0.0))
    order = {step.name: None for step in studies[-2 * jobs :]} | {step.name: "try_first" for step in studies[-jobs:]}
    for step in steps:
        mark = order.get(step.name, "try_last")
        step.markers = [pytask.Mark(mark, (), {})] if mark else []
    told, pytask.console.file = pytask.console.file, Overheard()  # the display is ours
    try:
        session = pytask.build(
            tasks=list(steps),
            config=root / "pyproject.toml",
            paths=root / "showcase/tasks",
            # A throw-away database: what is known stands in the lock file alone.
            database_url="sqlite://",
            capture="no",
            verbose=0,
            show_traceback=False,
            force=force,
            **several,
        )
    finally:
        heard, pytask.console.file = pytask.console.file, told
    states = {
        pytask.TaskOutcome.SUCCESS: "made",
        pytask.TaskOutcome.SKIP_UNCHANGED: "kept",
        pytask.TaskOutcome.SKIP_PREVIOUS_FAILED: "waiting",
    }
    outcomes = []
    for report in session.execution_reports:
        error = report.exc_info[1] if report.exc_info else None
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt
        state = states.get(report.outcome, "failed")
        outcomes.append(Outcome(report.task, state, error, _trace(report) if state == "failed" else ""))
    if len(outcomes) < len(steps):
        # What ends a run pytask prints; pytask-parallel leaves its loop without a word when it is stopped.
        raise heard.error or BrokenOff("the build broke off: " + heard.getvalue())
    forget(root, [project.name for project in PROJECTS])
    return outcomes


def _changes(step: Step, entry: dict | None) -> list[str]:
    """How a step differs from its entry in the lock file."""
    if entry is None:
        return ["never made"]
    reasons = [] if entry["state"] == step.state() else [f"the code of {step.function.__name__} changed"]
    before = entry.get("depends_on", {})
    for node in step.rests_on:
        state = node.state()
        if state is None:
            reasons.append(f"{node.name} is missing")
        elif state != before.get(node.name):
            reasons.append(f"{node.name} {'changed' if node.name in before else 'is new'}")
    before = entry.get("produces", {})
    for node in step.makes:
        state, name = node.state(), node.name.removeprefix("presence of ")
        if state is None:
            reasons.append(f"{name} is missing")
        elif state != before.get(node.name):
            reasons.append(f"{name} was changed after it was made")
    return reasons


def _trace(report) -> str:
    """The traceback as text; pytask-parallel already sends text."""
    kind, error, trace = report.exc_info
    return trace if isinstance(trace, str) else "".join(traceback.format_exception(kind, error, trace))

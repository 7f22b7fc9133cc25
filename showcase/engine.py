"""pytask, as far as this build needs it: what would run and why, and the run itself.

pytask compares content hashes with `pytask.lock`, which is committed and holds no absolute path, so a clone is up to
date wherever it lies. Each finished step is journalled at once: a killed run goes on where it was.
"""

import io
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytask

from experiments.errors import InputError
from showcase.nodes import Step

LOCK = Path("pytask.lock")


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
    """What would run, and why; nothing is run. In the order of `steps`."""
    session = _session(root, steps, explain=True, force=force)
    outcomes = {report.task.name: report.outcome for report in session.execution_reports}
    findings = []
    for step in steps:
        explanation = step.attributes.pop("explanation", None)
        step.markers.clear()  # pytask leaves "would be executed" there
        reasons = tuple(dict.fromkeys(_words(reason, step) for reason in explanation.reasons)) if explanation else ()
        if outcomes[step.name] == pytask.TaskOutcome.FAIL:
            reasons = (_missing(step),)
        elif any(reason.startswith("never made") for reason in reasons):
            reasons = ("never made with these settings",)
        findings.append(Finding(step, reasons))
    return findings


def run(root: Path, steps: Sequence[Step], *, force: bool = False, jobs: int = 1) -> list[Outcome]:
    """Run steps in the order of what rests on what; a failed one stops only those that rest on it."""
    if jobs > 1:
        # Otherwise each process starts as many threads as there are cores.
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // jobs)))
    session = _session(root, steps, force=force, n_workers=jobs)
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
        trace = _trace(report) if state == "failed" else ""
        outcomes.append(Outcome(report.task, state, error, trace))
    if len(outcomes) < len(steps):
        raise KeyboardInterrupt  # pytask-parallel leaves its loop without a word
    return outcomes


def lock_is_readable(root: Path) -> None:
    """Raises InputError when the lock file is broken, which a merge conflict does."""
    try:
        tomllib.loads((root / LOCK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{LOCK}: broken; `git checkout -- {LOCK}` brings it back, or delete it to build all"
        ) from error


def _session(root: Path, steps: Sequence[Step], **options) -> pytask.Session:
    """One pytask session over `steps`, silent: the display is ours."""
    lock_is_readable(root)
    silent, pytask.console.file = pytask.console.file, io.StringIO()
    try:
        session = pytask.build(
            tasks=list(steps),
            config=root / "pyproject.toml",
            paths=root / "showcase/tasks",
            # A throw-away database: states come from the lock file alone, which also makes this faster.
            database_url="sqlite://",
            capture="no",
            verbose=0,
            show_traceback=False,
            **options,
        )
        if session.exit_code not in (pytask.ExitCode.OK, pytask.ExitCode.FAILED) or not session.dag:
            raise RuntimeError("the build could not start:\n" + pytask.console.file.getvalue())
    finally:
        pytask.console.file = silent
    return session


def _words(reason, step: Step) -> str:
    """pytask's reason in the user's words."""
    node = reason.node_name
    if reason.reason == "forced":
        return "asked for with --force"
    if reason.reason == "cascade":
        return f"follows {node}"
    if reason.node_type == "source":
        return "never made" if reason.reason == "not_in_db" else f"the code of {step.function.__name__} changed"
    if reason.node_type == "product":
        return f"{node} is missing" if reason.reason == "missing" else f"{node} was changed after it was made"
    if reason.reason == "not_in_db":
        return f"{node} is new"
    return f"{node} changed"


def _missing(step: Step) -> str:
    gone = [node for nodes in step.depends_on.values() for node in nodes if node.state() is None]
    return "; ".join(f"{node.name} is missing" for node in gone)


def _trace(report) -> str:
    """The traceback as text; pytask-parallel already sends text."""
    import traceback

    kind, error, trace = report.exc_info
    return trace if isinstance(trace, str) else "".join(traceback.format_exception(kind, error, trace))

"""What the build says in words: lists, reasons, and the summary that closes a run."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from zipfile import BadZipFile

from experiments.errors import InputError
from experiments.results import Result, atomic
from showcase import progress
from showcase.display import span
from showcase.engine import Finding, Outcome
from showcase.identity import advice
from showcase.inspection import Found
from showcase.nodes import ResultFiles, Step

DURATIONS = Path(".cache/durations.json")
KINDS = {"study": "studies", "figure": "figures", "page": "pages", "data": "data"}


def listing(findings: list[Finding]) -> int:
    """--list"""
    width = max(len(finding.step.label) for finding in findings)
    for finding in findings:
        print(f"{finding.step.label:<{width}}  {'to be made' if finding.reasons else 'up to date'}")
    return 0


def explanation(findings: list[Finding]) -> int:
    """--explain"""
    for finding in findings:
        if finding.reasons:
            print(f"{finding.step.label}: {_few(finding.reasons)}")
    kept = [finding.step for finding in findings if not finding.reasons]
    if kept:
        print(f"Up to date: {_names(kept)}")
    return 0


def verdict(findings: list[Finding], preset: str, found: list[Found], mended: list[str]) -> int:
    """--check and --fix; advice is no reason to fail."""
    for words in mended:
        print(f"mended: {words}")
    stale = [finding for finding in findings if finding.reasons]
    for finding in stale:
        print(f"stale: {finding.step.label}: {_few(finding.reasons)}")
    for each in found:
        print(each)
    if stale:
        print(
            f"{len(stale)} of {len(findings)} steps are stale; `python build_figures.py --preset {preset}` makes them."
        )
    else:
        print(f"All {len(findings)} results, figures and pages are up to date with preset '{preset}'.")
    wrong = [each for each in found if not each.fault.advice]
    curable = sum(each.fault.cure is not None for each in wrong)
    cure = f"; `python build_figures.py --fix` mends {curable} of them" if curable else ""
    print(f"On the pages: {len(wrong)} wrong, {len(found) - len(wrong)} advice{cure}.")
    return 1 if stale or wrong else 0


def nothing_to_do(findings: list[Finding], preset: str, seconds: float) -> int:
    """The answer to a run with nothing to make, which names what it looked at."""
    print(f"Everything is up to date with preset '{preset}' ({span(seconds)}).")
    print(_table([finding.step for finding in findings]))
    print(_site(findings[0].step.root))
    return 0


def closing(root: Path, findings: list[Finding], outcomes: list[Outcome], preset: str, seconds: float) -> int:
    """Sum up a run: made, kept, failed, how long, what next."""
    records = progress.read(root)
    _remember(root, {record.name: record.seconds for record in records if record.ended and not record.failed})
    states = {outcome.step.name: outcome.state for outcome in outcomes}
    by_state = defaultdict(list)
    for finding in findings:
        by_state[states.get(finding.step.name, "kept")].append(finding.step)
    print()
    for state, words in (("made", "Made"), ("kept", "Kept"), ("waiting", "Not made, as they rest on what failed")):
        if by_state[state]:
            print(f"{words}:\n{_table(by_state[state])}")
    for note in (note for record in records for note in record.notes):
        print(f"Note: {note}")
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    for outcome in failed:
        print(f"build_figures.py: {outcome.step.label} failed: {_failure(root, outcome)}", file=sys.stderr)
    print(f"Took {span(seconds)}.")
    if failed:
        print("Next: mend what failed and run the same command again; what is made is kept.")
        return 2 if all(isinstance(outcome.error, InputError) for outcome in failed) else 1
    if preset == "quick":
        print("These pages show the quick preset's results; `python build_figures.py` shows the standard ones again.")
    print(_site(root))
    return 0


def no_orphans(findings: list[Finding]) -> None:
    """Raises InputError when a step rests on a file that neither exists nor is made in this run."""
    made = {node.signature for finding in findings for node in finding.step.makes}
    for finding in findings:
        for node in finding.step.rests_on:
            if node.state() is None and node.signature not in made:
                project = finding.step.project
                raise InputError(
                    f"{node.name}: missing, and {finding.step.label} rests on it; "
                    f"run `python build_figures.py --only {project}` first"
                )


def no_edited_results(findings: list[Finding]) -> None:
    """Raises InputError for a result that was changed by hand: a page must not show it, a run would overwrite it."""
    for finding in findings:
        for node in (*finding.step.rests_on, *finding.step.makes):
            told = any(reason.startswith(f"{node.name} ") and "changed" in reason for reason in finding.reasons)
            if told and isinstance(node, ResultFiles):
                try:
                    Result.load(node.path)
                except InputError as error:
                    if "digest mismatch" in str(error):
                        raise InputError(str(error).replace(f"{finding.step.root}/", "")) from error
                except (EOFError, BadZipFile):  # cut short, nobody's edit: made again
                    continue


def expected_durations(root: Path, steps: list[Step]) -> dict[str, float]:
    """Seconds each step took the last time it ran on this machine, or where its committed result was made."""
    results = {step.name: node.path for step in steps for node in step.makes if isinstance(node, ResultFiles)}
    told = {name: _recorded_seconds(path) for name, path in results.items()}
    return {name: seconds for name, seconds in told.items() if seconds is not None} | last_durations(root)


def _recorded_seconds(path: Path) -> float | None:
    """None for a result that was never made, or is broken: then it is made again."""
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["provenance"]["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_durations(root: Path) -> dict[str, float]:
    """Seconds each step took the last time it ran on this machine."""
    try:
        return json.loads((root / DURATIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _remember(root: Path, seconds: dict[str, float]) -> None:
    with atomic(root / DURATIONS) as file:
        file.write(json.dumps(last_durations(root) | seconds, indent=1).encode())


def _failure(root: Path, outcome: Outcome) -> str:
    """One line: the input error itself, or the error with where it was raised and where the whole story is."""
    words = " ".join(str(outcome.error).split())
    if isinstance(outcome.error, InputError):
        return words
    path = Path(".cache/failures", outcome.step.name.replace("/", "~") + ".txt")
    with atomic(root / path) as file:
        file.write(outcome.trace.encode())
    return f"{type(outcome.error).__name__}: {words} (all of it: {path})"


def _table(steps: list[Step]) -> str:
    """Names by project and kind, one line each."""
    groups = defaultdict(list)
    for step in steps:
        groups[step.project, step.kind].append(step.title)
    lines = []
    for (project, kind), titles in groups.items():
        head = f"{project} {KINDS[kind]}" if project else KINDS[kind]
        lines.append(f"  {head} ({len(titles)}): {', '.join(titles)}")
    return "\n".join(lines)


def _names(steps: list[Step]) -> str:
    return ", ".join(step.label for step in steps)


def _few(reasons: tuple[str, ...], most: int = 4) -> str:
    more = f"; and {len(reasons) - most} more" if len(reasons) > most else ""
    return "; ".join(reasons[:most]) + more


def _site(root: Path) -> str:
    """What the owner has still to fill in, and where to look."""
    return advice(root) + "\n" * bool(advice(root)) + "Next: `bundle exec jekyll serve` (or `make site`), then open http://127.0.0.1:4000/"

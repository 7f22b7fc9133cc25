"""What the build says in words: lists, reasons, and the summary that closes a run."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from experiments.errors import InputError
from showcase import durations, progress
from showcase.engine import Finding, Outcome
from showcase.identity import advice
from showcase.inspection import Found
from showcase.liquid import Fault
from showcase.nodes import Step
from showcase.projects import find
from showcase.prose import duration
from showcase.troubles import cause

KINDS = {"study": "studies", "export": "exports", "figure": "figures", "page": "pages", "data": "data"}


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
        print(f"Up to date: {', '.join(step.label for step in kept)}")
    return 0


def verdict(findings: list[Finding], preset: str, found: list[Found], mended: list[str], cut: bool = False) -> int:
    """--check and --fix; advice is no reason to fail. `cut`: a build ended before it wrote the lock file."""
    for words in mended:
        print(f"mended: {words}")
    stale = [finding for finding in findings if finding.reasons]
    for finding in stale:
        print(f"stale: {finding.step.label}: {_few(finding.reasons)}")
    if cut:
        print("stale: pytask.lock: a build was cut off before it wrote it; `python build_figures.py` completes it")
    found = [*_stopped(stale), *found]
    for each in found:
        print(each)
    if stale:
        print(
            f"{len(stale)} of {len(findings)} steps are stale; `python build_figures.py --preset {preset}` makes them."
        )
    else:
        print(f"All {len(findings)} results, figures and pages are up to date with preset '{preset}'.")
    wrong = _wrong(found)
    print(f"On the pages: {len(wrong)} wrong, {len(found) - len(wrong)} advice{_cure(wrong)}.")
    return 1 if stale or wrong or cut else 0


def _stopped(stale: list[Finding]) -> Iterator[Found]:
    """What would stop a build at a stale page whose studies have run, told before one is begun."""
    from showcase.tasks.pages import stopped

    late = {finding.step.project for finding in stale if finding.step.kind == "study"}
    pages = (each.step for each in stale if each.step.kind == "page" and each.step.project not in late)
    for step, words in ((step, stopped(step)) for step in pages):
        if words:
            given = step.arguments
            path = find(step.project).template(given["lang"], given["sheet"])
            yield Found(path.as_posix(), 1, Fault(0, 0, words))


def _wrong(found: list[Found]) -> list[Found]:
    return [each for each in found if not each.fault.advice]


def _cure(wrong: list[Found]) -> str:
    curable = sum(each.fault.cure is not None for each in wrong)
    return f"; `python build_figures.py --fix` mends {curable} of them" if curable else ""


def _on_pages(found: list[Found]) -> None:
    """What a build says of the pages: what is wrong there, and nothing when all is well."""
    if wrong := _wrong(found):
        print("\n".join(map(str, wrong)))
        print(f"On the pages {len(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong{_cure(wrong)}.")


def nothing_to_do(findings: list[Finding], preset: str, seconds: float, found: list[Found]) -> int:
    """The answer to a run with nothing to make, which counts what it looked at."""
    print(f"Everything is up to date with preset '{preset}' ({duration(seconds)}).")
    counts = Counter((finding.step.project, finding.step.kind) for finding in findings)
    for name in dict.fromkeys(project for project, _ in counts):
        kinds = {kind: count for (project, kind), count in counts.items() if project == name}
        if name:
            print(f"  {name}: " + ", ".join(f"{count} {KINDS[kind]}" for kind, count in kinds.items()))
    print("`--list` names them all.")
    _on_pages(found)
    print(_site(findings[0].step.root))
    return 0


def closing(
    root: Path, findings: list[Finding], outcomes: list[Outcome], preset: str, seconds: float, found: list[Found]
) -> int:
    """Sum up a run: made, kept, failed, how long, what next."""
    records = progress.read(root)
    durations.remember(root, {record.name: record.seconds for record in records if record.ended and not record.failed})
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
        print(
            f"build_figures.py: {outcome.step.label} failed: "
            f"{cause(root, outcome.error, outcome.trace, outcome.step.name)}",
            file=sys.stderr,
        )
    print(f"Took {duration(seconds)}.")
    if failed:
        print("Next: mend what failed and run the same command again; what is made is kept.")
        return 2 if all(isinstance(outcome.error, (InputError, OSError)) for outcome in failed) else 1
    if preset == "quick":
        print("These pages show the quick preset's results; `python build_figures.py` shows the standard ones again.")
    _on_pages(found)
    print(_site(root))
    return 0


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


def _few(reasons: tuple[str, ...], most: int = 4) -> str:
    more = f"; and {len(reasons) - most} more" if len(reasons) > most else ""
    return "; ".join(reasons[:most]) + more


def _site(root: Path) -> str:
    """What the owner has still to fill in, where to look, and how the site is published."""
    told = [
        advice(root),
        "Next: `bundle exec jekyll serve` (or `make site`), then open http://127.0.0.1:4000/",
        "To publish: push to GitHub, where Settings → Pages → Source must be GitHub Actions.",
    ]
    return "\n".join(filter(None, told))

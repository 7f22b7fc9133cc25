"""`python build_figures.py export --to SITE`: pages, pictures and films into a real al-folio site, time and again.

What was exported last is kept in the site, in `.showcase/`, which Jekyll does not read. It is the common ancestor: a
page edited there is merged sentence by sentence, as one edited here is by a build, and a picture replaced there stays.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from experiments.errors import InputError
from showcase import overlay
from showcase.al_folio import MEMORY, digest, must_be_al_folio, recorded, remember, write
from showcase.build import Parser
from showcase.merge import merge
from showcase.names import Names
from showcase.tasks.pages import notes

WRITES = ("new", "updated", "merged", "removed")
PASTED = re.compile(rb"\.\./assets/")
THERE_BEFORE = "lay there before and differs: it stays; delete it there to have it from here"


@dataclass(frozen=True)
class Change:
    """What happens to one file of the site: new, updated, merged, removed, kept (it is the site's own) or unchanged."""

    path: Path
    action: str
    content: bytes = b""
    notes: tuple[str, ...] = ()


def parse(argv: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="build_figures.py export",
        description="Copy the pages, pictures and films into a real al-folio site; pages edited there are merged.",
    )
    parser.add_argument("--to", required=True, metavar="SITE", type=Path, help="the folder of the al-folio site")
    parser.add_argument("--dry-run", action="store_true", help="tell what would change there and write nothing")
    return parser.parse_args(argv)


def command(root: Path, argv: list[str]) -> int:
    """Returns the exit code. Raises InputError, before anything is written, for whatever is wrong with the site."""
    args = parse(argv)
    site = args.to.expanduser()
    must_be_al_folio(site, root)
    try:
        changes = plan(root, site)
        if not args.dry_run:
            carry_out(root, site, changes)
    except OSError as error:
        raise InputError(f"{error.filename or site}: {error.strerror}") from error
    tell(changes, site, args.dry_run)
    return 0


def plan(root: Path, site: Path) -> list[Change]:
    """What an export would do; nothing is written."""
    known, media = recorded(site), overlay.media(root)
    changes = [_page(root, site, path) for path in overlay.pages(root)]
    changes += [_medium(root, site, path, known.get(path.as_posix())) for path in media]
    for path in sorted(path.relative_to(site / MEMORY) for path in (site / MEMORY / overlay.PAGES).glob("*.md")):
        if not (root / path).is_file():
            changes += _gone(path, site, digest(site / MEMORY / path))
    for path in sorted(Path(name) for name in set(known) - {path.as_posix() for path in media}):
        changes += _gone(path, site, known[path.as_posix()])
    return changes


def _page(root: Path, site: Path, path: Path) -> Change:
    fresh = (root / path).read_bytes()
    if pasted := PASTED.search(fresh):
        line = fresh.count(b"\n", 0, pasted.start()) + 1
        raise InputError(
            f"{path}:{line}: shows a picture by ../assets/, not found in al-folio; `build_figures.py --fix` mends it"
        )
    if not (site / path).is_file():
        return Change(path, "new", fresh)
    mine, last = (site / path).read_bytes(), site / MEMORY / path
    if mine == fresh:
        return Change(path, "unchanged")
    if not last.is_file():
        return Change(path, "kept", notes=(THERE_BEFORE,))
    try:
        texts = (text.decode("utf-8") for text in (last.read_bytes(), mine, fresh))
        merged = merge(*texts, Names.of_page(root, path))
    except UnicodeDecodeError as error:
        raise InputError(f"{site / path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except InputError as error:
        raise InputError(f"{site / path}: {error}") from error
    content = merged.text.encode("utf-8")
    action = "unchanged" if content == mine else "updated" if content == fresh else "merged"
    return Change(path, action, content, tuple(notes(merged)))


def _medium(root: Path, site: Path, path: Path, last: str | None) -> Change:
    fresh, there = digest(root / path), digest(site / path)
    if there == fresh:
        return Change(path, "unchanged")
    if there is None or there == last:
        return Change(path, "updated" if there else "new", (root / path).read_bytes())
    return Change(path, "kept", notes=("was changed there: it stays" if last else THERE_BEFORE,))


def _gone(path: Path, site: Path, last: str | None) -> Iterator[Change]:
    """What an earlier export brought and is no longer here."""
    there = digest(site / path)
    if there == last:
        yield Change(path, "removed")
    elif there:
        yield Change(path, "kept", notes=("is no longer exported, but was changed there: it stays",))


def carry_out(root: Path, site: Path, changes: list[Change]) -> None:
    """Files first, memory last: if this is cut off, the next export merges the same change once more.

    A file that lay there before the first export is not remembered, so that no later export takes it for ours.
    """
    for change in changes:
        if change.action == "removed":
            (site / change.path).unlink()
        elif change.action in WRITES:
            write(site / change.path, change.content)
    strangers = {change.path for change in changes if THERE_BEFORE in change.notes}
    remember(root, site, [path for path in (*overlay.pages(root), *overlay.media(root)) if path not in strangers])


def tell(changes: list[Change], site: Path, trial: bool) -> None:
    """One line a file that changes, one a note, one for the rest."""
    counts = {action: sum(change.action == action for change in changes) for action in (*WRITES, "kept", "unchanged")}
    for change in changes:
        if change.action != "unchanged":
            print(f"{change.action:<8} {change.path}")
        for note in change.notes:
            print(f"Note: {change.path}: {note}")
    said = ", ".join(f"{count} {action}" for action, count in counts.items() if count)
    print(f"{site}: {said or 'nothing to export'}.")
    if trial:
        print("Nothing was written; the same command without --dry-run does it.")
    elif any(counts[action] for action in WRITES):
        print(f"Next: commit there, with {MEMORY}/: the next export merges your edits against it.")

"""What an export changes in a site, file by file; nothing is written here.

What was exported last is the common ancestor: a page edited there is merged sentence by sentence, as one edited here is
by a build; a picture replaced there stays; what was deleted there stays away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from experiments.errors import InputError
from showcase.export import memory, overlay, player
from showcase.export.adaptation import Choices, Twin, adapted
from showcase.export.memory import MEMORY, digest
from showcase.export.site import Site
from showcase.frontmatter import table as front
from showcase.nodes import file_digest
from showcase.owned import bases
from showcase.page_text import decoded, plain_lines
from showcase.settled import settled

WRITES = ("new", "updated", "merged", "removed")
PASTED = re.compile(rb"\.\./assets/")
THERE_BEFORE = "lay there before and differs: it stays; delete it there to have it from here"


@dataclass(frozen=True)
class Change:
    """What happens to one file of the site: new, updated, merged, removed, kept (it is the site's own), deleted (by the
    site's owner) or unchanged. `fresh` is what an export to an empty place would write."""

    path: Path
    action: str
    content: bytes = b""
    fresh: bytes = b""
    notes: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether what lies there afterwards is to be remembered as exported."""
        return self.action not in ("removed", "deleted") and THERE_BEFORE not in self.notes and bool(self.fresh)


@dataclass(frozen=True)
class Plan:
    site: Site
    choices: Choices
    pages: list[Change]
    media: list[Change]
    known: dict[str, list[str]]
    forgotten: list[Path] = field(default_factory=list)  # pages no longer exported

    @property
    def changes(self) -> list[Change]:
        return [*self.pages, *self.media]

    def exported(self) -> dict[Path, str]:
        """The pages that are in the site afterwards and came from here, with their text."""
        there = {change.path: change.content for change in self.pages if change.ours}
        return {path: content.decode("utf-8", errors="replace") for path, content in there.items()}


def plan(root: Path, site: Site, choices: Choices, code: str) -> Plan:
    """What an export would do; nothing is written. Raises InputError for whatever is wrong with a page."""
    texts = {path: _ours(root, path) for path in overlay.pages(root)}
    fronts = {path: front(text) for path, text in texts.items()}
    offered = [p for p in texts if not choices.langs or str(fronts[p].get("lang") or choices.langs[0]) in choices.langs]
    taken = {path: other for path in offered if (other := _taken(site, path, fronts[path], choices))}
    gone = {path for path in offered if memory.was_exported(site.folder, path) and not (site.folder / path).is_file()}
    pages, played = [], not player.forbidden(site)
    for path in offered:
        twins = [
            Twin(str(fronts[other].get("lang")), str(fronts[other].get("permalink")))
            for other in offered
            if other != path and other not in taken and other not in gone and _is_twin(fronts[path], fronts[other])
        ]
        fresh = adapted(root, path, texts[path], choices, twins, code, site.home, played).encode()
        if path in taken:
            words = f"has the address {_address(path, fronts[path], choices)}, as {taken[path]} has there: not exported"
            how = f"give it another: --set {path.name.removesuffix('.md')}:permalink=/projects/…/"
            pages.append(Change(path, "kept", notes=(f"{words}; {how}",)))
        elif path in gone:
            words = f"was deleted there: it stays away; to have it again delete {MEMORY / path} there, too"
            pages.append(Change(path, "deleted", notes=(words,)))
        else:
            pages.append(_page(site.folder, path, fresh))
    forgotten = [path for path in memory.remembered_pages(site.folder) if path not in offered]
    for path in forgotten:
        if memory.was_exported(site.folder, path):
            pages += _gone(path, site.folder, [digest((site.folder / MEMORY / path).read_bytes())])
    known = memory.recorded(site.folder)
    media = list(_media(root, site, pages, known))
    return Plan(site, choices, pages, media, known, forgotten)


def _ours(root: Path, path: Path) -> str:
    content = (root / path).read_bytes()
    if pasted := PASTED.search(content):
        line = content.count(b"\n", 0, pasted.start()) + 1
        raise InputError(
            f"{path}:{line}: shows a picture by ../assets/, not found in al-folio; `build_figures.py --fix` mends it"
        )
    return plain_lines(decoded(content, path))


def _is_twin(one: dict, other: dict) -> bool:
    return bool(one.get("ref") and other.get("ref") == one["ref"] and other.get("lang") != one.get("lang"))


def _address(path: Path, given: dict, choices: Choices) -> str:
    stem = path.name.removesuffix(".md")
    return choices.settings.get(f"{stem}:permalink") or str(given.get("permalink") or "")


def _taken(site: Site, path: Path, given: dict, choices: Choices) -> str:
    """Another page of the site with the same address; empty when there is none."""
    address = _address(path, given, choices)
    ours = {path.as_posix() for path in memory.remembered_pages(site.folder)} | {path.as_posix()}
    others = (other for other, there in site.addresses.items() if there.strip("/") == address.strip("/"))
    return next((other for other in others if address and other not in ours), "")


def _page(site: Path, path: Path, fresh: bytes) -> Change:
    mine = settled(site / path)
    if mine is None:
        return Change(path, "new", fresh, fresh)
    if mine == fresh:
        return Change(path, "unchanged", fresh, fresh)
    if not (known := bases(site / MEMORY / path)):
        return Change(path, "kept", notes=(THERE_BEFORE,))
    try:
        done = memory.merged(path, known, decoded(mine, site / path), fresh)
    except InputError as error:
        raise InputError(f"{site / path}: {error}") from error
    content = done.text.encode("utf-8")
    action = "unchanged" if content == mine else "updated" if content == fresh else "merged"
    return Change(path, action, content, fresh, tuple(done.notes.told()))


def _media(root: Path, site: Site, pages: list[Change], known: dict[str, list[str]]) -> Iterator[Change]:
    """Pictures and films that a page there will show, whether the template or the site's owner put them on it."""
    texts = [text.decode("utf-8", errors="replace") for change in pages for text in (change.content, change.fresh)]
    named = {path for text in texts for path in overlay.shown(text)}
    named |= {path for one in named for path in player.behind(root, one)}
    needed = sorted(path for path in named if overlay.source(root, path))
    for path in needed:
        yield _medium(root, site.folder, path, known.get(path.as_posix(), []))
    exported = {change.path.as_posix() for change in pages if change.ours or change.action == "removed"}
    for path in sorted(Path(name) for name in set(known) - {path.as_posix() for path in needed}):
        if shown_by := site.mentions(path, besides=exported):
            yield Change(path, "kept", notes=(f"no page from here shows it any more, but {shown_by} does: it stays",))
        else:
            yield from _gone(path, site.folder, known[path.as_posix()])


def _medium(root: Path, site: Path, path: Path, last: list[str]) -> Change:
    fresh = overlay.content(root, path)
    there = file_digest(site / path)
    if there == digest(fresh):
        return Change(path, "unchanged", fresh, fresh)
    if there is None and len(last) == 1:
        return Change(path, "deleted", notes=("was deleted there, though a page shows it: it stays away",))
    if there is None or there in last:
        return Change(path, "updated" if there else "new", fresh, fresh)
    return Change(
        path, "kept", fresh=fresh if last else b"", notes=("was changed there: it stays" if last else THERE_BEFORE,)
    )


def _gone(path: Path, site: Path, last: list[str]) -> Iterator[Change]:
    """What an earlier export brought and is no longer here."""
    there = file_digest(site / path)
    if there in last:
        yield Change(path, "removed")
    elif there:
        yield Change(path, "kept", notes=("is no longer exported, but was changed there: it stays",))

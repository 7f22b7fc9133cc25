"""What `--check` finds on the pages as they lie on disk, and what `--fix` mends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from experiments.errors import InputError
from showcase import links, mark_faults
from showcase.frontmatter import split_front, table
from showcase.links import Fault, drop, rename
from showcase.mark_faults import Known
from showcase.marks import NUMBER, SHAPE, plain
from showcase.owned import update
from showcase.page_text import decoded, plain_lines
from showcase.projects import LANGUAGES, PROJECTS, STORY
from showcase.sentences import split

FOLDERS = ("_projects", "_pages")
MARKUP = re.compile(r"<[^<>]*>")
# Not measured: what is quoted, code, formulas, tags, links, ids, years, names, the level of intervals, a list's marks.
NO_NUMBER = re.compile(
    r"""<!--.*?-->|`[^`]*`|\$\$.*?\$\$|\\\(.*?\\\)"""
    r"""|\{[%{#].*?[%}]\}|\{[:#][^{}]*\}|\]\([^()]*\)|<[^<>]*>"""
    r"""|\b(?:19|20)\d\d(?:-\d\d){0,2}\b|\d{4}\.\d{5}|\b[A-Za-z]+-?\d+\b|\b\d[A-Z]\b|W₂|95 ?%|^\s*\d+\.(?:\s|\Z)|https?://\S+""",
    re.DOTALL | re.MULTILINE,
)

BOUND = re.compile(SHAPE + NUMBER.pattern)
MARK = Fault(0, 0, "a byte-order mark at its start hides it from the site", cure="")


@dataclass(frozen=True)
class Found:
    """A fault with its page and line, as a message."""

    path: str
    line: int
    fault: Fault

    @classmethod
    def at(cls, path: str, text: str, fault: Fault) -> "Found":
        return cls(path, text.count("\n", 0, fault.start) + 1, fault)

    def __str__(self) -> str:
        return f"{'advice' if self.fault.advice else 'wrong'}: {self.path}:{self.line}: {self.fault.words}"


def inspect(root: Path) -> list[Found]:
    """Everything worth telling about all pages, in their order, and about the files of names."""
    found, known = [], _known(root)
    for path in _pages(root):
        name = path.relative_to(root).as_posix()
        try:
            text = _read(path)
            listed = sorted(_faults(root, plain_lines(text), known.get(path)), key=lambda fault: fault.start)
            listed = [MARK] * text.startswith("\ufeff") + listed
        except InputError as error:
            text, listed = "", [Fault(0, 0, str(error))]
        except OSError as error:  # a link that leads nowhere, a file of somebody else's
            text, listed = "", [Fault(0, 0, f"cannot be read ({error.strerror})")]
        text = plain_lines(text)
        found += [Found.at(name, text, fault) for fault in listed]
    found += _same_address(root)
    for one in [each for each in known.values() if (each.lang, each.sheet) == (LANGUAGES[0], STORY)]:
        try:
            found += [Found(one.names.path, line, fault) for line, fault in mark_faults.name_faults(one)]
        except InputError as error:
            found.append(Found(f"showcase/values/{one.project.name}.yaml", 1, Fault(0, 0, str(error))))
    return found


def fix(root: Path) -> list[str]:
    """Mend what has one possible cure; returns what was done. Nothing else in a page changes, not even a line end."""
    done, renamed, known = [], set(), _known(root)
    for path in _pages(root):
        told: list[str] = []

        def mend(content: bytes, path=path, told=told) -> bytes:
            told.clear()
            text = mended = content.decode()
            listed = [*links.faults(text, root), *_marks(text, known.get(path))]
            for fault in sorted((one for one in listed if one.cure is not None), key=lambda f: f.start, reverse=True):
                if fault.rename:
                    rename(root, *fault.rename)
                    renamed.add(fault.rename[0])
                cure = fault.cure.replace("\n", "\r\n") if "\r\n" in text else fault.cure
                mended = mended[: fault.start] + cure + mended[fault.end :]
                line = text.count("\n", 0, fault.start) + 1
                was = text[fault.start : fault.end]
                told.insert(0, f"{path.relative_to(root)}:{line}: {was} → {fault.cure.strip()}")
            if mended.startswith("\ufeff"):
                mended = mended.removeprefix("\ufeff")
                told.insert(0, f"{path.relative_to(root)}:1: byte-order mark taken away")
            return mended.encode()

        try:
            _read(path)
            update(path, mend)
        except (InputError, UnicodeDecodeError, FileNotFoundError):
            continue
        done += told
    for name in renamed:
        drop(root, name, _pages(root))
    return done


def _known(root: Path) -> dict[Path, Known]:
    pages = ((each, lang, sheet) for each in PROJECTS for sheet in each.sheets for lang in LANGUAGES)
    return {root / each.page(lang, sheet): Known(root, each, lang, sheet) for each, lang, sheet in pages}


def _faults(root: Path, text: str, known: Known | None) -> list[Fault]:
    marks = _marks(text, known)
    told = {fault.start for fault in marks if fault.advice}
    # One advice a sentence: a number whose mark is gone is also one typed by hand.
    typed = [fault for fault in _typed(text, known) if fault.start not in told]
    return [*links.faults(text, root), *marks, *typed]


def _marks(text: str, known: Known | None) -> list[Fault]:
    return list(mark_faults.faults(text, known)) if known else []


def _same_address(root: Path) -> Iterator[Found]:
    """Pages that give themselves the address of another one: Jekyll writes both to one file."""
    holders: dict[str, str] = {}
    for path in _pages(root):
        name, text = path.relative_to(root).as_posix(), plain_text(path)
        given = table(text)
        address = given.get("permalink")
        if not isinstance(address, str) or given.get("published") is False:
            continue
        if (other := holders.setdefault(address.strip("/"), name)) != name:
            words = f"{address} is the address of {other} too: one of the two will not be on the site"
            start = text.index(address)
            yield Found.at(name, text, Fault(start, start + len(address), words))


def plain_text(path: Path) -> str:
    """A page as faults count in it: without a byte-order mark, with plain line ends; empty where unreadable."""
    try:
        return plain_lines(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""


def _pages(root: Path) -> list[Path]:
    """Those in folders among them, as Jekyll builds them too; not what editors and builds hide beside them."""
    found = (path for folder in FOLDERS for path in sorted((root / folder).rglob("*.md")))
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts)]


def _read(path: Path) -> str:
    text = decoded(path.read_bytes())
    if split_front(plain_lines(text))[0] is None:
        raise InputError("front matter is missing: put it back, or delete the page to have it made again")
    return text


def _typed(text: str, known: Known | None) -> Iterator[Fault]:
    """Numbers in the owner's sentences that no run stands behind."""
    last = known.renders.get(known.lang) if known else None
    if last is None:
        return
    theirs = {unit.text for unit in split(plain(plain_lines(last)))}
    body = split_front(text)[1]
    start = len(text) - len(body)
    for unit in split(body):
        typed = NO_NUMBER.sub(" ", BOUND.sub(" ", unit.text))
        if re.search(r"\d", typed) and unit.text not in theirs:
            words = " ".join(MARKUP.sub("", unit.text).split())
            yield Fault(start, start, f"a number typed by hand, no run behind it: {words}", advice=True)
        start += len(unit.text) + len(unit.gap)

"""What `--check` finds on the pages as they lie on disk, and what `--fix` mends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from experiments.errors import InputError
from showcase.frontmatter import split_front
from showcase.links import Fault, faults
from showcase.owned import update
from showcase.projects import LANGUAGES, PROJECTS
from showcase.sentences import split
from showcase.spans import MEASURED, claims_in

FOLDERS = ("_projects", "_pages")
MARKUP = re.compile(r"<[^<>]*>")
# Not measured: what is quoted, code, formulas, tags, links, ids, years, names, the level of intervals, a list's marks.
NO_NUMBER = re.compile(
    r"""<span class="quoted".*?</span>|`[^`]*`|\$\$.*?\$\$|\\\(.*?\\\)"""
    r"""|\{[%{#].*?[%}]\}|\{[:#][^{}]*\}|\]\([^()]*\)|<[^<>]*>"""
    r"""|\b(?:19|20)\d\d(?:-\d\d){0,2}\b|\d{4}\.\d{5}|\b[A-Za-z]+-?\d+\b|\b\d[A-Z]\b|W₂|95 ?%|^\s*\d+\.(?:\s|\Z)|https?://\S+""",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Found:
    """A fault with its page and line, as a message."""

    path: str
    line: int
    fault: Fault

    def __str__(self) -> str:
        return f"{'advice' if self.fault.advice else 'wrong'}: {self.path}:{self.line}: {self.fault.words}"


def inspect(root: Path) -> list[Found]:
    """Everything worth telling about all pages, in their order."""
    found = []
    for path in _pages(root):
        name = path.relative_to(root).as_posix()
        try:
            text = _plain(_read(path))
            listed = sorted([*faults(text, root), *_prose(root, path, text)], key=lambda fault: fault.start)
        except InputError as error:
            text, listed = "", [Fault(0, 0, str(error))]
        found += [Found(name, text.count("\n", 0, fault.start) + 1, fault) for fault in listed]
    return found


def fix(root: Path) -> list[str]:
    """Mend what has one possible cure; returns what was done. Nothing else in a page changes, not even a line end."""
    done = []
    for path in _pages(root):
        told: list[str] = []

        def mend(content: bytes, path=path, told=told) -> bytes:
            told.clear()
            text = mended = content.decode()
            for fault in reversed(faults(text, root)):
                if fault.cure is not None:
                    mended = mended[: fault.start] + fault.cure + mended[fault.end :]
                    line = text.count("\n", 0, fault.start) + 1
                    told.insert(0, f"{path.relative_to(root)}:{line}: {text[fault.start : fault.end]} → {fault.cure}")
            return mended.encode()

        try:
            _read(path)
            update(path, mend)
        except (InputError, UnicodeDecodeError):
            continue
        done += told
    return done


def _pages(root: Path) -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((root / folder).glob("*.md"))]


def _read(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}; save it as UTF-8") from error
    if split_front(_plain(text))[0] is None:
        raise InputError("front matter is missing: put it back, or delete the page to have it made again")
    return text


def _plain(text: str) -> str:
    """With the same lines."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _prose(root: Path, path: Path, text: str) -> Iterator[Fault]:
    """The owner's sentences: words that contradict a verdict, numbers that no run stands behind."""
    for claim in claims_in(text):
        was, now = claim.attributes.get("reworded", ""), claim.attributes.get("verdict", "")
        if was not in ("", now):
            words = " ".join(MARKUP.sub("", claim.content).split())
            told = f"you reworded '{claim.name}' when it was '{was}', and now it is '{now}': {words}"
            yield Fault(claim.start, claim.end, f"{told} (once the words fit, delete data-reworded)")
    pages = ((each, lang, sheet) for each in PROJECTS for sheet in each.sheets for lang in LANGUAGES)
    renders = {root / each.page(*kind): root / each.last_render(*kind) for each, *kind in pages}
    last = renders.get(path)
    if last is None or not last.is_file():
        return
    known = {unit.text for unit in split(_plain(last.read_text(encoding="utf-8")))}
    body = split_front(text)[1]
    start = len(text) - len(body)
    for unit in split(body):
        typed = NO_NUMBER.sub(" ", MEASURED.sub(" ", unit.text))
        if re.search(r"\d", typed) and unit.text not in known:
            words = " ".join(MARKUP.sub("", unit.text).split())
            yield Fault(start, start, f"a number typed by hand, no run behind it: {words}", advice=True)
        start += len(unit.text) + len(unit.gap)

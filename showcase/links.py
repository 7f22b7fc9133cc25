"""Pictures and films that a page names: whether they are there, are found on the site, and are described."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

# What is shown as it stands: links in it lead nowhere.
CODE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$|(`+)(?!`).+?(?<!`)\2(?!`)|<!--.*?-->", re.DOTALL | re.MULTILINE)
TARGET = re.compile(
    r"""(?P<before>\]\(<?|\b(?:src|href|poster|srcset|path)=["']|^img:[ \t]*["']?)(?P<liquid>\{\{[ ]*['"])?"""
    r"""(?P<target>[^\s"'()<>{}]+)""",
    re.MULTILINE,
)
TAG = re.compile(r"\{%-?\s*include\b.*?%\}", re.DOTALL)
CURLED = re.compile(r"""=[ \t]*(?:[“”„‟″«»]|[‘’‚‛])(?P<value>[^“”„‟″«»‘’‚‛"%]*)(?:[“”„‟″«»"]|[‘’‚‛'])""")
PASTED = re.compile(r"(?:\.\.[/\\])+(?=assets[/\\])")
MEDIA = (".png", ".gif", ".jpg", ".jpeg", ".webp", ".svg", ".mp4", ".webm")
PICTURE = re.compile(
    r"!\[(?P<alt>[^\]\n]*)\]\(|<img\b(?P<html>[^<>]*)>|\{%-?\s*include\s+(?:figure|video)\.liquid\b(?P<liquid>.*?)%\}",
    re.DOTALL,
)
ALT = {"html": re.compile(r"\balt="), "liquid": re.compile(r"""\balt=(?:"[^"]*\S[^"]*"|'[^']*\S[^']*'|[^\s"'])""")}


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place of a page; `cure` replaces what stands there, when only one cure is possible."""

    start: int
    end: int
    words: str
    cure: str | None = None
    advice: bool = False


def faults(text: str, root: Path) -> list[Fault]:
    """Wrong paths and pictures without a description, in the order of the text."""
    bare = CODE.sub(lambda match: " " * len(match[0]), text)
    found = [*_paths(bare, root), *_undescribed(bare), *_curled(bare)]
    return sorted(found, key=lambda fault: fault.start)


def _curled(text: str) -> Iterator[Fault]:
    """Quotes as a typographic keyboard or an autocorrection writes them: Liquid stops the whole site at such a tag."""
    for tag in TAG.finditer(text):
        for given in CURLED.finditer(text, tag.start(), tag.end()):
            cure = f'="{given["value"]}"'
            yield Fault(given.start(), given.end(), f"typographic quotes stop Jekyll; write {cure}", cure)


def _paths(text: str, root: Path) -> Iterator[Fault]:
    for match in TARGET.finditer(text):
        target, (start, end) = match["target"], match.span("target")
        path = unquote(re.split(r"[?#]", target)[0])
        if re.match(r"\w+:|//|#", target) or ("assets/" not in path and Path(path).suffix.lower() not in MEDIA):
            continue
        place = re.sub(r"\A(?:\.\.?/|/)+", "", path.replace("\\", "/"))
        # Liquid's tags and filters, and layouts, put the site's own address before a path.
        in_tag = text.rfind("{%", 0, start) > text.rfind("%}", 0, start)
        include = in_tag or bool(match["liquid"]) or match["before"].startswith("img:")
        there = (root / place).is_file()
        found = place if there else _namesake(root, place)
        cure = None if found is None else ("" if include else "/") + quote(found)
        if not there:
            hint = f" (is it {found}?)" if found else ""
            yield Fault(start, end, f"{target} does not exist{hint}", cure)
        elif PASTED.match(target) or "\\" in target:
            yield Fault(start, end, f"{target} is shown by the editor alone, not by every site; write {cure}", cure)
        elif not include and not path.startswith("/"):
            yield Fault(start, end, f"{target} is not found from the page's address; write {cure}", cure)


def _namesake(root: Path, place: str) -> str | None:
    """The one picture with that name, whatever its folder or capitals."""
    wanted = Path(place).name.lower()
    same = [path for path in (root / "assets").rglob("*") if path.name.lower() == wanted and path.is_file()]
    return same[0].relative_to(root).as_posix() if len(same) == 1 else None


def _undescribed(text: str) -> Iterator[Fault]:
    for match in PICTURE.finditer(text):
        kind = match.lastgroup
        described = match["alt"].strip() if kind == "alt" else ALT[kind].search(match[kind])
        if not described:
            what = " ".join(match[0].split())[:60]
            yield Fault(match.start(), match.end(), f"a picture without a description (alt): {what}")

"""Pictures and films that a page names: whether they are there, are found on the site, and are described."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from showcase import liquid
from showcase.frontmatter import FRONT
from showcase.liquid import Fault

# What is shown as it stands: links in it lead nowhere.
CODE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$|(`+)(?!`).+?(?<!`)\2(?!`)|<!--.*?-->", re.DOTALL | re.MULTILINE)
TARGET = re.compile(
    r"""(?P<before>\]\(<?|\b(?:src|href|poster|srcset|path)=["']|^img:[ \t]*["']?)(?P<liquid>\{\{[ ]*['"])?"""
    # Between angle brackets or quotes a path may have blanks: editors write so the names of screenshots.
    r"""(?P<target>(?:(?<=\(<)|(?<=["']))[^\n"'<>{}]*?(?=[>"'])|[^\s"'()<>{}]+)""",
    re.MULTILINE,
)
AWKWARD = re.compile(r"[\s()'\"#%?&]+")  # what a new name of a file has "-" for
# What editors write where a description belongs.
STAND_INS = {
    "alt text",
    "alt",
    "image",
    "img",
    "picture",
    "screenshot",
    "figure",
    "替代文字",
    "可选文字",
    "图片",
    "图像",
}
PASTED = re.compile(r"(?:\.\.[/\\])+(?=assets[/\\])")
MEDIA = (".png", ".gif", ".jpg", ".jpeg", ".webp", ".svg", ".mp4", ".webm")
PICTURE = re.compile(
    r"!\[(?P<alt>[^\]\n]*)\]\(|<img\b(?P<html>[^<>]*)>|\{%-?\s*include\s+(?:figure|video)\.liquid\b(?P<liquid>.*?)%\}",
    re.DOTALL,
)
ALT = {"html": re.compile(r"\balt="), "liquid": re.compile(r"""\balt=(?:"[^"]*\S[^"]*"|'[^']*\S[^']*'|[^\s"'])""")}


def faults(text: str, root: Path) -> list[Fault]:
    """Wrong paths, pictures without a description and what stops Jekyll, in the order of the text."""
    bare = CODE.sub(lambda match: " " * len(match[0]), text)
    front = FRONT.match(text)
    found = [*liquid.faults(text, root, front.end() if front else 0)]
    mended = {(fault.start, fault.end) for fault in found if fault.cure is not None}
    # A tag that is mended whole is looked into at the next turn.
    found += [
        fault
        for fault in (*_paths(bare, root), *_undescribed(bare))
        if not any(start <= fault.start < end for start, end in mended)
    ]
    return sorted(found, key=lambda fault: fault.start)


def _paths(text: str, root: Path) -> Iterator[Fault]:
    for match in TARGET.finditer(text):
        target, (start, end) = match["target"], match.span("target")
        if match["before"].startswith("srcset"):
            target = target.split()[0] if target.split() else target
            end = start + len(target)
        path = unquote(re.split(r"[?#]", target)[0])
        if re.match(r"\w+:|//|#", target) or ("assets/" not in path and Path(path).suffix.lower() not in MEDIA):
            continue
        place = re.sub(r"\A(?:\.\.?/|/)+", "", path.replace("\\", "/"))
        # Liquid's tags and filters, and layouts, put the site's own address before a path.
        in_tag = text.rfind("{%", 0, start) > text.rfind("%}", 0, start)
        include = in_tag or bool(match["liquid"]) or match["before"].startswith("img:")
        there = _is_there(root, place)
        found = place if there else _namesake(root, place)
        cure = None if found is None else ("" if include else "/") + quote(found)
        if there and re.search(r"\s", target):
            better = Path(place).with_name(re.sub(AWKWARD, "-", Path(place).name)).as_posix()
            start, end = (start - 1, end + 1) if match["before"].endswith("<") else (start, end)
            cure = ("" if include else "/") + quote(better)
            yield Fault(start, end, f"{place} has blanks in its name; write {cure}", cure, rename=(place, better))
        elif not there:
            hint = f" (is it {found}?)" if found else ""
            yield Fault(start, end, f"{target} does not exist{hint}", cure)
        elif PASTED.match(target) or "\\" in target:
            yield Fault(start, end, f"{target} is shown by the editor alone, not by every site; write {cure}", cure)
        elif not include and not path.startswith("/"):
            yield Fault(start, end, f"{target} is not found from the page's address; write {cure}", cure)


def _namesake(root: Path, place: str) -> str | None:
    """The one picture with that name, whatever its folder, its capitals, or how its accents are composed."""
    wanted = _folded(Path(place).name)
    same = [path for path in (root / "assets").rglob("*") if _folded(path.name) == wanted and path.is_file()]
    return same[0].relative_to(root).as_posix() if len(same) == 1 else None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_there(root: Path, place: str) -> bool:
    """Whether a file has just this name: disks of macOS and Windows find it by another one too, the web does not."""
    if not (root / place).is_file():
        return False
    folder = root
    for step in Path(place).parts:
        if step not in (".", "..") and step not in os.listdir(folder):
            return False
        folder /= step
    return True


def _undescribed(text: str) -> Iterator[Fault]:
    for match in PICTURE.finditer(text):
        kind = match.lastgroup
        if kind == "alt":
            described = match["alt"].strip() and match["alt"].strip().lower() not in STAND_INS
        else:
            described = ALT[kind].search(match[kind])
        if not described:
            what = " ".join(match[0].split())[:60]
            yield Fault(match.start(), match.end(), f"a picture without a description (alt): {what}")


def rename(root: Path, old: str, new: str) -> None:
    """Give a picture a second name; the first one goes once no page needs it (`drop`)."""
    if (root / old).is_file() and not (root / new).exists():
        os.link(root / old, root / new)


def drop(root: Path, old: str, pages: Iterable[Path]) -> None:
    """Take the first name away, unless a page still uses it."""
    names = {old, quote(old)}
    if not any(name in page.read_text(encoding="utf-8", errors="replace") for page in pages for name in names):
        (root / old).unlink(missing_ok=True)

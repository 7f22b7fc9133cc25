"""What a rendered page shows: its figures and tables, each with the measured values and the claims in it.

`text` is a page as the memory keeps it (showcase.marks).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from showcase.marks import CLAIMED, MEASURED, unmarked
from showcase.marks import tables as tables_in

INCLUDE = re.compile(r"\{%-?\s*include\s+(figure|video)\.liquid\s+(.*?)-?%\}", re.DOTALL)
PARAMETER = re.compile(r'([\w-]+)="([^"]*)"')
CAPTION = re.compile(r'<div class="caption">(.*?)</div>', re.DOTALL)
SECTION = re.compile(r"^## .*\{#(\w+)\}$", re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """A figure (`name` of its drawing) or a table (no path). `values` are texts by the names of numbers."""

    title: str
    section: str
    values: Mapping[str, str]
    claims: tuple[str, ...]
    name: str = ""
    path: str = ""


def figures(text: str) -> list[Shown]:
    """In their order; a picture shown twice counts once."""
    found: dict[str, Shown] = {}
    for include in INCLUDE.finditer(text):
        given = {key: unescape(value) for key, value in PARAMETER.findall(include[2])}
        path = given.get("path", "")
        caption = CAPTION.search(text, include.end())
        name = Path(path).stem
        shown = Shown(given.get("title", name), _section(text, include.start()), *_held(caption), name, path)
        found.setdefault(name, shown)
    return list(found.values())


def tables(text: str) -> list[Shown]:
    """Those with marks, in their order, titled by their heads."""
    found = []
    for one in tables_in(text):
        heads = (unmarked(cell).strip() for cell in one.rows.split("\n")[0].strip("| ").split("|"))
        found.append(Shown(" · ".join(filter(None, heads)), _section(text, one.start), *_held(one.rows), one.name))
    return found


def numbers(text: str) -> dict[str, str]:
    """Texts by name, those of tables too."""
    return {found["name"]: unescape(found["text"]) for found in MEASURED.finditer(text)}


def _held(held: re.Match | str | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """The measured values and the claims, also by their verdict alone, in a piece of a page."""
    text = held if isinstance(held, str) else held[0] if held else ""
    return numbers(text), tuple(dict.fromkeys(found["name"].partition(":")[0] for found in CLAIMED.finditer(text)))


def _section(text: str, at: int) -> str:
    """The id of the heading above; empty above the first."""
    return next((match[1] for match in reversed(list(SECTION.finditer(text, 0, at)))), "")

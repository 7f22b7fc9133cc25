"""What a rendered page shows: its figures and tables, each with the measured values in it.

`text` is a page as the memory keeps it (showcase.marks).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from showcase.marks import MEASURED, unmarked
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
    name: str = ""
    path: str = ""


def figures(text: str) -> list[Shown]:
    """In their order; a picture shown twice counts once."""
    found: dict[str, Shown] = {}
    for include in INCLUDE.finditer(text):
        given = {key: unescape(value) for key, value in PARAMETER.findall(include[2])}
        path = given.get("path", "")
        caption, name = CAPTION.search(text, include.end()), Path(path).stem
        held = numbers(caption[0]) if caption else {}
        found.setdefault(name, Shown(given.get("title", name), _section(text, include.start()), held, name, path))
    return list(found.values())


def tables(text: str) -> list[Shown]:
    """Those with marks, in their order, titled by their heads."""
    found = []
    for one in tables_in(text):
        heads = (unmarked(cell).strip() for cell in one.rows.split("\n")[0].strip("| ").split("|"))
        found.append(Shown(" · ".join(filter(None, heads)), _section(text, one.start), numbers(one.rows), one.name))
    return found


def numbers(text: str) -> dict[str, str]:
    """Texts by name, those of tables too."""
    return {found["name"]: unescape(found["text"]) for found in MEASURED.finditer(text)}


def _section(text: str, at: int) -> str:
    """The id of the heading above; empty above the first."""
    return next((match[1] for match in reversed(list(SECTION.finditer(text, 0, at)))), "")

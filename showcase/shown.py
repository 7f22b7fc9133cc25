"""What a rendered page shows: its figures and tables, each with the measured values and the claims in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from showcase.spans import ATTRIBUTE, CLAIM, MEASURED

INCLUDE = re.compile(r"\{%-?\s*include\s+(figure|video)\.liquid\s+(.*?)-?%\}", re.DOTALL)
PARAMETER = re.compile(r'([\w-]+)="([^"]*)"')
CAPTION = re.compile(r'<div class="caption">(.*?)</div>', re.DOTALL)
TABLE = re.compile(r"(?:^\|[^\n]*\n)+", re.MULTILINE)
SECTION = re.compile(r"^## .*\{#(\w+)\}$", re.MULTILINE)
SPAN = re.compile(r"</?span\b[^<>]*>")


@dataclass(frozen=True)
class Shown:
    """A figure (`name` of its drawing) or a table (no name). `values` are texts by key, `claims` names."""

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
    """In their order, titled by their heads."""
    found = []
    for match in TABLE.finditer(text):
        heads = (SPAN.sub("", cell).strip() for cell in match[0].splitlines()[0].strip("| ").split("|"))
        found.append(Shown(" · ".join(filter(None, heads)), _section(text, match.start()), *_held(match)))
    return found


def _held(match: re.Match | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """The measured values and the claims, also by their verdict alone, in a piece of a page."""
    text = match[0] if match else ""
    values, claims = {}, {}
    for number in MEASURED.finditer(text):
        key = dict(ATTRIBUTE.findall(number["attributes"]))["value"]
        values[unescape(key)] = unescape(number["text"])
    for span in CLAIM.finditer(text):
        claims[dict(ATTRIBUTE.findall(span["attributes"]))["claim"].partition(":")[0]] = None
    return values, tuple(claims)


def _section(text: str, at: int) -> str:
    """The id of the heading above; empty above the first."""
    return next((match[1] for match in reversed(list(SECTION.finditer(text, 0, at)))), "")

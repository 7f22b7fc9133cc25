"""What stops Jekyll, or swallows words, in the Liquid of a page: found with its place, and mended where it can be.

Liquid reads a page before Markdown does, also its formulas and its code. It knows no line numbers that a writer could
use and gives up the whole site at the first mistake; so the mistakes are looked for here, by Liquid's own rules (those
that Liquid 4 and 5 share, and Jekyll's for includes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place of a page; `cure` replaces what stands there, when only one cure is possible."""

    start: int
    end: int
    words: str
    cure: str | None = None
    advice: bool = False
    rename: tuple[str, str] | None = None  # a file that the cure gives another name


TOKEN = re.compile(r"\{%.*?%\}|\{\{.*?\}\}?|\{[%{]", re.DOTALL)
TAG = re.compile(r"\{%-?\s*(\w+)\s*(.*?)-?%\}", re.DOTALL)
OUTPUT = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "＂": '"', "＝": "="})
PARAMETERS = re.compile(
    r"""\s*(?:[\w-]+\s*=\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|[\w.-]+)(?=\s|\Z)\s*)*""", re.DOTALL
)
BLOCKS = {"if", "unless", "case", "for", "tablerow", "capture", "comment", "raw", "highlight", "ifchanged"}
MIDDLE = {
    "else": {"if", "unless", "case", "for"},
    "elsif": {"if", "unless"},
    "when": {"case"},
}
ALONE = {"assign", "break", "continue", "cycle", "decrement", "increment"}
ALONE |= {"include", "include_relative", "link", "post_url"}
SYNTAX = {
    "assign": r"[\w\-.\[\]]+\s*=\s*\S.*",
    "capture": r"""["']?[\w\-.]+["']?""",
    "highlight": r"[\w.+#_-]+(\s.*)?",
    **dict.fromkeys(("for", "tablerow"), r"[\w-]+\s+in\s+\S.*"),
    **dict.fromkeys(("if", "unless", "case", "when", "elsif"), r"\S.*"),
}
# What means something in an output; all else is empty there, and with it the writer's words.
KNOWN = re.compile(r"""\s*(?:["'\d]|(?:site|page|layout|include|content|theme|jekyll|paginator|forloop)\b)""")


def faults(text: str, root: Path, start: int = 0) -> Iterator[Fault]:
    """Faults of the Liquid in `text` from `start` on, in their order. `root` has the `_includes`."""
    stack: list[tuple[str, re.Match]] = []
    known: set[str] = set()
    at = start
    while match := TOKEN.search(text, at):
        at = match.end()
        token = match[0]
        if token.startswith("{{"):
            yield from _output(match, known)
            continue
        found = TAG.fullmatch(token)
        if found is None:
            yield Fault(*match.span(), "'{%' is not closed by '%}': Jekyll stops here")
            continue
        name, words = found[1], found[2].strip()
        if name in ("raw", "comment"):
            end = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}").search(text, at)
            if end is None:
                yield Fault(*match.span(), f"'{name}' is not closed by 'end{name}': Jekyll stops here")
                return
            at = end.end()
            continue
        if name in ("assign", "capture", "for", "tablerow", "increment", "decrement"):
            known.add(re.split(r"[^\w-]", words, maxsplit=1)[0])
        if problem := _problem(name, words, stack, root):
            cure = token.translate(QUOTES)
            mended = cure != token and not _problem(*_parts(cure), stack, root)
            told = "typographic quotes in a tag" if mended else problem
            yield Fault(*match.span(), f"{told}: Jekyll stops here: {_short(token)}", cure if mended else None)
        if name in BLOCKS:
            stack.append((name, match))
        elif stack and name == f"end{stack[-1][0]}":
            stack.pop()
    for name, match in stack:
        yield Fault(*match.span(), f"'{name}' is not closed by 'end{name}': Jekyll stops here")


def _parts(token: str) -> tuple[str, str]:
    found = TAG.fullmatch(token)
    return found[1], found[2].strip()


def _output(match: re.Match, known: set[str]) -> Iterator[Fault]:
    inner = OUTPUT.fullmatch(match[0])
    if inner is None:
        yield Fault(*match.span(), "'{{' is not closed by '}}': Jekyll stops here; in a formula write '{ {'")
    elif not KNOWN.match(inner[1].translate(QUOTES)) and re.split(r"\W", inner[1].strip())[0] not in known:
        yield Fault(
            *match.span(), f"{_short(match[0])} is read as Liquid and vanishes; in a formula write '{{ {{' and '}} }}'"
        )


def _problem(name: str, words: str, stack: list, root: Path) -> str:
    """What is wrong with a tag; empty when nothing is."""
    inside = [block for block, _ in stack]
    if name.startswith("end") and name[3:] in BLOCKS:
        return "" if inside and inside[-1] == name[3:] else f"'{name}' closes nothing that is open"
    if name in MIDDLE:
        if not inside or inside[-1] not in MIDDLE[name]:
            return f"'{name}' stands outside of what it belongs to"
    elif name not in BLOCKS | ALONE:
        return f"there is no tag '{name}'"
    if name in SYNTAX and not re.fullmatch(SYNTAX[name], words, re.DOTALL):
        return f"'{name}' is not written as Liquid wants it"
    if name == "include":
        file, given = [*re.split(r"\s+", words, maxsplit=1), ""][:2]
        if not words or not re.fullmatch(r"[\w/.\-()+~#@]+|\{\{.*\}\}.*", file):
            return "an include without a file"
        if not PARAMETERS.fullmatch(given):
            return 'an include whose parameters are not NAME="VALUE"'
        if "{{" not in file and (root / "_includes").is_dir() and not (root / "_includes" / file).is_file():
            return f"there is no _includes/{file}"
    return ""


def _short(token: str) -> str:
    words = " ".join(token.split())
    return words if len(words) < 70 else words[:67] + "…"

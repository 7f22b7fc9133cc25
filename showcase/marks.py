"""Marked text: a comment behind a number, a claim or around a table says by which name the build refreshes it.

    31%<!--injection.seams-->
    The walk goes on across more seams.<!--claim: injection_continues-->
    <!--table: comparison--> … <!--end-->

The last render, the memory that edits are merged against, says more: where each number and claim begins, under which
verdict a claim was worded, and what stands in the cells of tables. `plain` takes that away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r"[A-Za-z]\w*(?:\.[\w+-]+)+?(?:\|[^<>\n]*?)?"
NUMBER = re.compile(rf"<!--[ \t]*(?P<name>{NAME})[ \t]*-->")
CLAIM = re.compile(
    r"<!--[ \t]*claim:[ \t]*(?P<name>[\w:]+)[ \t]*(?:,[ \t]*(?P<was>was[ \t]+)?(?P<verdict>\w+))?[ \t]*-->"
)
TABLE = re.compile(r"<!--[ \t]*table:[ \t]*(?P<name>[\w-]+)[ \t]*-->[ \t]*\r?\n")
END = re.compile(r"<!--[ \t]*end[ \t]*-->")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

NUMBER_BEGIN, CLAIM_BEGIN = "<!--number-->", "<!--claim-->"
MEASURED = re.compile(rf"<!--number-->(?P<text>(?:(?!<!--).)*)<!--(?P<name>{NAME})-->")
CLAIMED = re.compile(
    r"<!--claim-->(?P<content>(?:(?!<!--claim-->).)*?)<!--claim: (?P<name>[\w:]+), (?P<verdict>\w+)-->", re.DOTALL
)

# What a measured number looks like: digits, a unit (a common one also behind an ordinary blank), its interval.
DIGITS = r"[-−+]?\d[\d.,]*(?:e[-+]?\d+)?"
UNITS = r"(?:%|°|ms|s|min|h|[kMG]i?B|dB)(?![^\W\d_])"
SHAPE = rf"(?:{DIGITS})(?:[ \u202f]?{UNITS}|\u202f[^\s<>\d]+)?(?: \[{DIGITS}, {DIGITS}\])?"
ROWS = re.compile(r"(?:^[ \t]*\|[^\n]*(?:\n|\Z))+", re.MULTILINE)


@dataclass(frozen=True)
class Table:
    """A marked table: where it stands, its rows, what else stands between its marks, whether its end is there."""

    start: int
    end: int
    name: str
    rows: str
    others: str
    closed: bool


def number(text: str, name: str) -> str:
    """A number as the memory has it."""
    return f"{NUMBER_BEGIN}{text}<!--{name}-->"


def claim(words: str, name: str, verdict: str) -> str:
    """A claim as the memory has it."""
    return f"{CLAIM_BEGIN}{words}<!--claim: {name}, {verdict}-->"


def plain(text: str) -> str:
    """The page that a memory stands for."""
    for table in reversed(list(tables(text))):
        text = text[: table.start] + unmarked(text[table.start : table.end]) + text[table.end :]
    text = MEASURED.sub(r"\g<text><!--\g<name>-->", text)
    return CLAIMED.sub(r"\g<content><!--claim: \g<name>-->", text)


def unmarked(text: str) -> str:
    """Without the marks of numbers and claims."""
    text = CLAIMED.sub(r"\g<content>", MEASURED.sub(r"\g<text>", text))
    return CLAIM.sub("", NUMBER.sub("", text))


def numbers(text: str) -> dict[str, str]:
    """The texts of a memory's numbers by name, those in tables too."""
    return {found["name"]: found["text"] for found in MEASURED.finditer(text)}


def tables(text: str) -> Iterator[Table]:
    """Marked tables. One without its end reaches to its last row."""
    for opening in TABLE.finditer(text):
        following = TABLE.search(text, opening.end())
        stop = following.start() if following else len(text)
        end = END.search(text, opening.end(), stop)
        rows = ROWS.search(text, opening.end(), end.start() if end else stop)
        if rows is None or (not end and text[opening.end() : rows.start()].strip()):
            rows = None
        closing = end.end() if end else rows.end() if rows else opening.end()
        between = text[opening.end() : end.start() if end else closing]
        held = rows[0] if rows else ""
        yield Table(opening.start(), closing, opening["name"], held, between.replace(held, "", 1).strip(), bool(end))


def table(name: str, rows: str) -> str:
    """Rows between their marks; Prettier leaves both alone while blank lines stand around them."""
    return f"<!--table: {name}-->\n\n{rows.strip()}\n\n<!--end-->"

"""A page as a list of units, each a sentence (or a tag, a heading, a table) and the white space behind it.

`join(split(text)) == text` for every text. What must not be torn apart stays one unit: Liquid tags, formulas, comments,
code, tables.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

WHOLE = re.compile(
    r"^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$"  # code
    r"|(?:^[ \t]*\|[^\n]*(?:\n(?=[ \t]*\|))?)+"  # a table
    r"|\{%.*?%\}|\{\{.*?\}\}|<!--(?!=?claim:).*?-->|<(?!!--)[^<>]*>"
    r"|\$\$(?:(?!\n[ \t]*\n).)*?\$\$|\\\((?:(?!\n[ \t]*\n).)*?\\\)",
    re.DOTALL | re.MULTILINE,
)
# A sentence ends at 。！？, at . ! ? before a blank, behind a claim, or with its line; closing quotes, emphasis and
# marks belong to it.
MARKS = r"(?:<!--[^<>]*-->)*"
CHINESE_END = rf"[。！？][。！？”’」』）】*_]*{MARKS}"
ENGLISH_END = rf"""(?:[.!?]["'”’)\]*_]*|<!--=?claim:[^<>]*-->){MARKS}"""
END = re.compile(rf"{CHINESE_END}|{ENGLISH_END}(?=[ \t])|(?=[ \t]*(?:\n|\Z))")
GAP = re.compile(r"[ \t]*\n\s*|[ \t]*")
TAG = re.compile(r"<(/?)(div|details|summary|figure|table|thead|tbody|tr|ul|ol|section|span|p)\b([^<>]*)>")


class Unit(NamedTuple):
    text: str
    gap: str


def split(text: str) -> list[Unit]:
    """Sentences with the white space behind each."""
    spans = [match.span() for match in WHOLE.finditer(text)]
    units, start, position = [], 0, 0
    while start < len(text):
        while spans and spans[0][0] < position:
            spans.pop(0)
        end = END.search(text, position)
        if spans and spans[0][0] <= end.start():
            position = spans[0][1]
            continue
        gap = GAP.match(text, end.end()).end()
        units.append(Unit(text[start : end.end()], text[end.end() : gap]))
        start = position = gap
    return units


def blocks(text: str) -> list[Unit]:
    """Paragraphs and whole HTML blocks; an element with `markdown="1"` is open: its two tags are units of their own."""
    units, held, stack = [], "", []
    for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text):
        before = list(stack)
        for closing, _, attributes in TAG.findall(line):
            if not closing:
                stack.append('markdown="1"' in attributes)
            elif stack:
                stack.pop()
        open_tag = sum(before) != sum(stack)
        if held.strip() and open_tag:
            units.append(_unit(held))
            held = ""
        held += line
        if open_tag or (not line.strip() and held.strip() and all(stack)):
            units.append(_unit(held))
            held = ""
    return units + [_unit(held)] if held else units


def _unit(text: str) -> Unit:
    bare = text.rstrip()
    return Unit(bare, text[len(bare) :])


def join(units: Iterable[Unit]) -> str:
    """The text again. Two units that white space no longer parts, and that need it, get a line break."""
    units = list(units)
    pieces = []
    for number, (text, gap) in enumerate(units):
        parted = "\n" in gap or number == len(units) - 1 or re.search(CHINESE_END + r"\Z", text)
        parted = parted or (gap and re.search(ENGLISH_END + r"\Z", text))
        pieces.append(text + (gap if parted else gap + "\n"))
    return "".join(pieces)


def balanced(text: str) -> bool:
    """Does every HTML element that is opened close, in order?"""
    stack = []
    for closing, name, _ in TAG.findall(text):
        if not closing:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack

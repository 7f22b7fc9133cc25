"""What stands before the mark of a number on an owner's page: one reading, for the merge and for `--check`."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from showcase.links import CODE
from showcase.marks import DIGITS, SHAPE
from showcase.sentences import CHINESE_END, ENGLISH_END

SENTENCE_END = re.compile(rf"{CHINESE_END}|{ENGLISH_END}(?=[ \t])")
SECOND, MEASURED, TYPED, FURTHER, NOTHING = "second", "measured", "typed", "further", "nothing"


class Standing(NamedTuple):
    """A number in the text before its mark: as it was measured, typed over it (also with another unit), further in
    front of the mark in its sentence, or none; SECOND where another mark stands in between."""

    kind: str
    start: int
    text: str


def marks(pattern: re.Pattern, text: str) -> Iterator[tuple[str, re.Match]]:
    """Each mark, but in code, with the text between it and the one before."""
    code, position = [found.span() for found in CODE.finditer(text) if not found[0].startswith("<!--")], 0
    for mark in pattern.finditer(text):
        if not any(start <= mark.start() < end for start, end in code):
            yield text[position : mark.start()], mark
            position = mark.end()


def rewritten(pattern: re.Pattern, text: str, write: Callable[[str, re.Match, int], str]) -> str:
    """The text, `write(before, mark, place)` in the place of each mark and of what stands before it."""
    found = list(marks(pattern, text))
    written = [write(before, mark, place) for place, (before, mark) in enumerate(found)]
    return "".join(written) + text[found[-1][1].end() if found else 0 :]


def standing(before: str, known: Sequence[str], first: bool) -> Standing:
    """`known` are the texts that the number has had; `first`: no mark stands before this one on the page."""
    if not before and not first:
        return Standing(SECOND, 0, "")
    line = before[before.rfind("\n") + 1 :]
    for text in sorted(filter(None, set(known)), key=len, reverse=True):
        if line.endswith(text) and not re.search(r"[\d.,]\Z", line[: -len(text)]):
            return Standing(MEASURED, len(before) - len(text), text)
    if shape := re.search(rf"{_shape(known)}\Z", line):
        return Standing(TYPED, len(before) - len(shape[0]), shape[0])
    sentence = line[max((end.end() for end in SENTENCE_END.finditer(line)), default=0) :]
    for text in filter(None, known):
        if found := list(re.finditer(rf"(?<![\d.,]){re.escape(text)}(?![.,]?\d)", sentence)):
            return Standing(FURTHER, len(before) - len(sentence) + found[-1].start(), text)
    return Standing(NOTHING, len(before), "")


def _shape(known: Sequence[str]) -> str:
    """Digits as an owner may type them over a number, with any unit or the one that it had, or over a range."""
    units = {re.sub(r"[-−+–±\d.,\[\] ]+|e[-+]?\d+", "", text).strip("\u202f") for text in known} - {""}
    ranges = rf"(?:{DIGITS} ?[–±] ?)?" if re.search("[–±]", "".join(known)) else ""
    own = "".join(rf"|[ \u202f]?{re.escape(unit)}(?![A-Za-z])" for unit in units)
    return ranges + SHAPE.replace(r"|\u202f[^\s<>\d]+", rf"|\u202f[^\s<>\d]+{own}")

"""Marks that an owner has deleted: his text stays as it is, and he hears of it once a build."""

import re
from collections.abc import Iterator

from showcase import tables
from showcase.marks import CLAIM, COMMENT, ROWS, plain
from showcase.marks import tables as tables_in
from showcase.sentences import split


def loosened(base: str, mine: str) -> Iterator[tuple[int, str]]:
    """Sentences and tables that stand as they were, but for a mark that is gone: where, and what to tell."""
    his = {one.name for one in tables_in(mine)}
    for one in tables_in(base):
        for rows in ROWS.finditer(mine) if one.name not in his else ():
            if not tables.touched(one.rows, rows[0]):
                words = f"the marks around the table '{one.name}' are gone, so new results will not reach it"
                yield rows.start(), words
    was: dict[str, set[str]] = {}
    for unit in split(plain(base)):
        words = COMMENT.sub("", unit.text)
        if words and not words.startswith("|"):
            was.setdefault(words, set()).update(COMMENT.findall(unit.text))
    at = 0
    for unit in split(mine):
        words = COMMENT.sub("", unit.text)
        for mark in sorted(
            was.get(words, set()) - set(COMMENT.findall(CLAIM.sub(r"<!--claim: \g<name>-->", unit.text)))
        ):
            short = " ".join(re.sub(r"<[^<>]*>", "", words).split())
            yield at, f"{mark} is gone, so new results will not reach: {short}"
        at += len(unit.text) + len(unit.gap)

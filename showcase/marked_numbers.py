"""The numbers of one merge: `31%<!--injection.seams-->` ↔ `<!--=injection.seams-->`."""

import re
from collections import Counter

from showcase import standing
from showcase.marks import MEASURED, NUMBER, SHAPE
from showcase.notes import Notes


class Numbers:
    """`base`, `mine` and `fresh` hold the texts of each name in the three versions of the page."""

    def __init__(self, lookup, notes: Notes):
        self.lookup, self.notes = lookup, notes
        self.base, self.mine, self.fresh = ({} for _ in range(3))

    def taken_out(self, text: str, texts: dict[str, list[str]]) -> str:
        """Of a page that the build wrote: what stands before a mark is its number."""

        def note(match: re.Match) -> str:
            texts.setdefault(match["name"], []).append(match["text"])
            return f"<!--={match['name']}-->"

        def note_before(before: str, mark: re.Match, _: int) -> str:
            if (found := re.search(rf"{SHAPE}\Z", before)) is None:
                return before + mark[0]
            texts.setdefault(mark["name"], []).append(found[0])
            return f"{before[: found.start()]}<!--={mark['name']}-->"

        return standing.rewritten(NUMBER, MEASURED.sub(note, text), note_before)

    def his(self, text: str) -> str:
        """Of the owner's page; words that he typed between a number and its mark go behind it."""
        there = Counter(mark["name"] for _, mark in standing.marks(NUMBER, text))
        return standing.rewritten(NUMBER, text, lambda *found: self._his(*found, there))

    def _his(self, before: str, mark: re.Match, place: int, there: Counter[str]) -> str:
        name = mark["name"]
        known = [*self.base.get(name, []), *self.fresh.get(name, [])]
        kind, start, number = standing.standing(before, known, not place)
        if kind == standing.SECOND:
            told = f"two names stand behind one number, {mark[0]} being the second: keep one of them"
            self.notes.advice.append(told)
            return before + mark[0]
        if not known and self.lookup.number(name) is None:
            self.notes.orphans += [name] * (kind == standing.TYPED)
            return before + mark[0]
        if kind == standing.NOTHING and there[name] <= len(self.base.get(name, [])):
            self.notes.advice.append(f"no number stands before {mark[0]} any more: its mark is taken away")
            return before
        if kind == standing.MEASURED:
            self.mine.setdefault(name, []).append(number)
        if kind == standing.TYPED:
            self.notes.typed_over.append(number)
        return f"{before[:start]}<!--={name}-->{before[start + len(number) :]}"

    def write(self, token: re.Match) -> str:
        """The number that belongs to a name: as the fresh page writes it, else measured, else as it stood."""
        name = token["number"]
        text = next(iter(self.fresh.get(name, [])), None) or self.lookup.number(name)
        if text is None:
            self.notes.orphans.append(name)
            text = next(iter([*self.mine.get(name, []), *self.base.get(name, [])]), "")
        return f"{text}<!--{name}-->"

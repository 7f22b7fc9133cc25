"""The marked text of one merge: taken out of the three versions of a page before it, and put back after it.

Without its numbers, claims and tables a page is equal however often results change, so that none of them can be part of
a conflict. In their place stand tokens: `<!--=injection.seams-->`, `<!--=claim: …-->`, `<!--=table: …-->`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from showcase import tables
from showcase.links import CODE
from showcase.loosened import loosened
from showcase.marks import (
    CLAIM,
    CLAIMED,
    DIGITS,
    MEASURED,
    NAME,
    NUMBER,
    SHAPE,
    table,
    unmarked,
)
from showcase.marks import tables as tables_in
from showcase.sentences import CHINESE_END, ENGLISH_END

TOKEN = re.compile(
    rf"<!--=(?:(?P<number>{NAME})|claim: (?P<claim>[\w:]+)(?:, was (?P<was>\w*))?"
    r"|table: (?P<table>[\w-]+)(?:, (?P<at>\d+))?)-->"
)
BOUNDARY = re.compile(rf"(?:\A|\n|{CHINESE_END}|{ENGLISH_END}[ \t]|>|[|*-][ \t])[ \t]*\Z")
SENTENCE_END = re.compile(rf"{CHINESE_END}|{ENGLISH_END}(?=[ \t])")


class Lookup(Protocol):
    """Where to ask for what the fresh page no longer shows but the owner's sentences still do."""

    def number(self, name: str) -> str | None:
        """The text of the number of this name, or None: nothing measures it."""

    def claim(self, name: str) -> str | None:
        """The claim as the memory has it, or None: nothing makes it."""

    def canonical(self, name: str) -> str:
        """The one name of a number that is bound in full."""


@dataclass(frozen=True)
class Contradiction:
    """The owner's own words for a claim were written under another verdict than the present one."""

    claim: str
    was: str
    now: str
    text: str


@dataclass
class Notes:
    """What taking out and putting back had to tell."""

    contradictions: list[Contradiction] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    typed_over: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Claim:
    """A claim's words without numbers, and its verdict."""

    words: str
    verdict: str


class Binding:
    """`base` and `fresh` come with the marks of the memory or, from a page, without them; `mine` is a page."""

    def __init__(self, base: str, mine: str, fresh: str, lookup: Lookup | None = None):
        self.notes, self.lookup = Notes(), lookup
        base, mine, fresh = (self._canonical(text) for text in (base, mine, fresh))
        self.base_tables, self.fresh_tables = (
            {one.name: one.rows for one in tables_in(text)} for text in (base, fresh)
        )
        self.mine_tables: list[str] = []
        self.layouts: dict[str, str] = {}  # as the owner's editor has aligned them
        self.base_numbers: dict[str, list[str]] = {}
        self.mine_numbers: dict[str, list[str]] = {}
        self.fresh_numbers: dict[str, list[str]] = {}
        self.base_claims: dict[str, Claim] = {}
        self.fresh_claims: dict[str, Claim] = {}
        self.notes.advice += [words for _, words in loosened(base, mine)]
        self.base = self._taken_out(base, self.base_numbers, self.base_claims)
        self.fresh = self._taken_out(fresh, self.fresh_numbers, self.fresh_claims)
        self.mine = self._his_claims(self._his_numbers(self._his_tables(mine)))

    # Taking out.

    def _canonical(self, text: str) -> str:
        if self.lookup is None:
            return text
        return NUMBER.sub(lambda m: f"<!--{self.lookup.canonical(m['name'])}-->", text)

    def _taken_out(self, text: str, numbers: dict[str, list[str]], claims: dict[str, Claim]) -> str:
        for one in reversed(list(tables_in(text))):
            text = f"{text[: one.start]}<!--=table: {one.name}-->{text[one.end :]}"

        def note(match: re.Match) -> str:
            numbers.setdefault(match["name"], []).append(match["text"])
            return f"<!--={match['name']}-->"

        def keep(match: re.Match) -> str:
            claims[match["name"]] = Claim(match["content"], match["verdict"])
            return f"<!--=claim: {match['name']}-->"

        text = CLAIMED.sub(keep, MEASURED.sub(note, text))
        pieces, position = [], 0
        for mark in self._marks(NUMBER, text):
            found = re.search(rf"{SHAPE}\Z", text[position : mark.start()])
            if found and not found[0].startswith("<"):
                pieces += [text[position : position + found.start()], f"<!--={mark['name']}-->"]
                numbers.setdefault(mark["name"], []).append(found[0])
            else:
                pieces.append(text[position : mark.end()])
            position = mark.end()
        return "".join(pieces) + text[position:]

    def _his_tables(self, text: str) -> str:
        for one in reversed(list(tables_in(text))):
            known = self.base_tables.get(one.name, self.fresh_tables.get(one.name))
            if not one.closed and known is not None:
                self.notes.advice.append(f"the table '{one.name}' had lost its <!--end-->: it is back")
            if known is None or not one.rows:
                if one.rows:
                    self.notes.orphans.append(f"table {one.name}")
                if known is None:
                    continue
            own = not one.rows or tables.touched(known, one.rows)
            self.layouts[one.name] = one.rows
            at = ""
            if own:
                self.mine_tables.append(one.rows)
                at = f", {len(self.mine_tables) - 1}"
            others = f"\n\n{one.others}" if one.others else ""
            text = f"{text[: one.start]}<!--=table: {one.name}{at}-->{others}{text[one.end :]}"
        return text

    def _his_numbers(self, text: str) -> str:
        there = Counter(mark["name"] for mark in self._marks(NUMBER, text))
        pieces, position, last = [], 0, ""
        for mark in self._marks(NUMBER, text):
            before, name = text[position : mark.start()], mark["name"]
            pieces.append(self._his_number(before, name, mark[0], last, there[name]))
            position, last = mark.end(), f"{before}{mark[0]}"
        return "".join(pieces) + text[position:]

    def _his_number(self, before: str, name: str, mark: str, last: str, times: int) -> str:
        """The text up to a mark and the mark, with the number taken out; words typed between them go behind it."""
        line = before[before.rfind("\n") + 1 :]
        known = [*self.base_numbers.get(name, []), *self.fresh_numbers.get(name, [])]
        told = known or self._measured(name) is not None
        token = f"<!--={name}-->"
        if not before and last:
            self.notes.advice.append(f"two names stand behind one number, {mark} being the second: keep one of them")
            return before + mark
        if not told:
            if re.search(rf"{SHAPE}\Z", line):
                self.notes.orphans.append(name)
            return before + mark
        for text in sorted(set(known), key=len, reverse=True):
            if text and line.endswith(text) and not re.search(r"[\d.,]\Z", line[: -len(text)]):
                self.mine_numbers.setdefault(name, []).append(text)
                return before[: -len(text)] + token
        if shape := re.search(rf"{self._shape(known)}\Z", line):
            self.notes.typed_over.append(shape[0])
            return before[: len(before) - len(shape[0])] + token
        sentence = line[max((end.end() for end in SENTENCE_END.finditer(line)), default=0) :]
        for text in known:
            found = list(re.finditer(rf"(?<![\d.,]){re.escape(text)}(?![.,]?\d)", sentence)) if text else []
            if found:
                start = len(before) - len(sentence) + found[-1].start()
                return before[:start] + token + before[start + len(text) :]
        if times > len(self.base_numbers.get(name, [])):  # a name typed where the build shall write the number
            return before + token
        self.notes.advice.append(f"no number stands before {mark} any more: its mark is taken away")
        return before

    @staticmethod
    def _shape(known: list[str]) -> str:
        """Digits as the owner may have typed them over a number, with the unit that it had, or over a range."""
        units = {re.sub(r"[-−+–±\d.,\[\] ]+|e[-+]?\d+", "", text).strip("\u202f") for text in known} - {""}
        ranges = rf"(?:{DIGITS} ?[–±] ?)?" if re.search("[–±]", "".join(known)) else ""
        spelled = "".join(rf"|[ \u202f]?{re.escape(unit)}(?![A-Za-z])" for unit in units)
        return ranges + SHAPE.replace(r"|\u202f[^\s<>\d]+", rf"|\u202f[^\s<>\d]+{spelled}")

    def _his_claims(self, text: str) -> str:
        """Empty when the words are ours; else the owner's stay, with the verdict under which they were written."""
        pieces, position = [], 0
        for mark in self._marks(CLAIM, text):
            before, name = text[position : mark.start()], mark["name"]
            old, new = self.base_claims.get(name), self.fresh_claims.get(name)
            ours = list(filter(None, [old, new, None if new else self._looked_up(name)]))
            position = mark.end()
            if not ours:
                if self.fresh_claims or self.base_claims:  # an export has pages alone, which do not tell
                    self.notes.orphans.append(name)
                pieces.append(before + mark[0])
                continue
            words = next((found for each in ours if (found := self._ends_with(before, each.words, name))), None)
            # Words that were the owner's once are ours again only as whole sentences.
            if words is not None and (not mark["was"] or BOUNDARY.search(before[: words.start()])):
                pieces += [before[: words.start()], f"<!--=claim: {name}-->"]
            elif not before[before.rfind("\n") + 1 :].strip():  # a name typed where the build shall write the claim
                pieces += [before, f"<!--=claim: {name}-->"]
            else:
                was = mark["verdict"] if mark["was"] else ours[0].verdict
                pieces += [before, f"<!--=claim: {name}, was {was}-->"]
        return "".join(pieces) + text[position:]

    @staticmethod
    def _ends_with(before: str, words: str, name: str) -> re.Match | None:
        pattern = r"\s+".join(map(re.escape, words.split()))
        if not pattern:
            return None
        if name.endswith(":verdict"):  # a word alone is too little to tell "confirmed" from "not confirmed"
            pattern = rf"(?<=\| ){pattern}|(?:^|(?<=\n)){pattern}"
        return re.search(rf"(?<![A-Za-z0-9])(?:{pattern})[ \t]*\Z", before)

    @staticmethod
    def _marks(pattern: re.Pattern, text: str) -> Iterator[re.Match]:
        """Where marks stand, but in code, and but tokens."""
        code = [found.span() for found in CODE.finditer(text) if not found[0].startswith("<!--")]
        return (m for m in pattern.finditer(text) if not any(a <= m.start() < b for a, b in code))

    # Putting back.

    def fill(self, text: str) -> str:
        """Present tables, wording, verdicts and numbers in place of the tokens."""
        for kind in ("table", "claim", "number"):
            write = getattr(self, f"_{kind}")
            text = TOKEN.sub(lambda m, kind=kind, write=write: m[0] if m[kind] is None else write(m), text)
        return text

    def readable(self, text: str) -> str:
        """A sentence of the fresh page as plain words, for a message."""

        def words(match: re.Match) -> str:
            if match["claim"]:
                present = self.fresh_claims.get(match["claim"])
                return "" if present is None or match["was"] else TOKEN.sub(words, present.words)
            if match["table"]:  # written so on a page, the next build fills it in
                return f"<!--table: {match['table']}-->"
            return (self.fresh_numbers.get(match["number"]) or [""])[0]

        return TOKEN.sub(words, text)

    def missed(self, text: str) -> list[str]:
        """Marks of tables that the owner has taken away and that now have other rows or columns."""
        return [
            f"<!--table: {name}-->"
            for name, rows in self.fresh_tables.items()
            if name in self.base_tables and f"<!--table: {name}-->" not in text
            if MEASURED.sub("", rows) != MEASURED.sub("", self.base_tables[name])
        ]

    def _table(self, token: re.Match) -> str:
        name = token["table"]
        fresh, his = self.fresh_tables.get(name), self.mine_tables[int(token["at"])] if token["at"] else None
        base = self.base_tables.get(name, fresh)
        if not his:
            laid_out = self.layouts.get(name)
            same = laid_out and not tables.touched(fresh or base, laid_out)
            return table(name, laid_out if same else unmarked(fresh or base))
        if fresh is None:  # the page no longer has this table: what he kept of it is his own, its numbers bound
            self.notes.orphans.append(f"table {name}")
            return self._taken_out(tables.bound(base, his), self.mine_numbers, {})
        joined = tables.join(base, his, fresh)
        self.notes.typed_over += joined.typed_over
        self.notes.offered += joined.offered
        return table(name, self._taken_out(joined.text, self.mine_numbers, {}))

    def _claim(self, token: re.Match) -> str:
        name, was = token["claim"], token["was"]
        present = self.fresh_claims.get(name) or self._looked_up(name)
        if present is None:  # the page no longer makes this claim; what the owner kept of it stays as it was
            self.notes.orphans.append(name)
            return f"{self.base_claims[name].words if was is None else ''}<!--claim: {name}-->"
        if was is None:
            return f"{present.words}<!--claim: {name}-->"
        if was in ("", present.verdict):
            return f"<!--claim: {name}-->"
        before = token.string[: token.start()]
        start = max([before.rfind("\n") + 1, *(end.end() for end in SENTENCE_END.finditer(before.rstrip(".!?。！？")))])
        self.notes.contradictions.append(
            Contradiction(name, was, present.verdict, self.readable(before[start:]).strip())
        )
        return f"<!--claim: {name}, was {was}-->"

    def _looked_up(self, name: str) -> Claim | None:
        told = self.lookup.claim(name) if self.lookup else None
        found = CLAIMED.search(told) if told else None
        return Claim(MEASURED.sub(r"<!--=\g<name>-->", found["content"]), found["verdict"]) if found else None

    def _measured(self, name: str) -> str | None:
        return self.lookup.number(name) if self.lookup else None

    def _number(self, token: re.Match) -> str:
        """The number that belongs to a name: as the fresh page writes it, else measured, else as it stood."""
        name = token["number"]
        text = next(iter(self.fresh_numbers.get(name, [])), None) or self._measured(name)
        if text is None:
            self.notes.orphans.append(name)
            text = next(iter([*self.mine_numbers.get(name, []), *self.base_numbers.get(name, [])]), "")
        return f"{text}<!--{name}-->"

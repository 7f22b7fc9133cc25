"""The two kinds of marked text on a page, numbers and claims: emptied before a merge, filled again after it.

    <span class="measured" data-value="double_wells.saving" data-format=".1f">64.3</span>
    <span data-claim="less_time" data-verdict="holds">…words, possibly with measured numbers…</span>

Emptied, they are equal however often the numbers change, so a number can never be part of a conflict.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# The text of a number holds no tag: a span whose end was deleted by accident must not swallow the prose behind it.
MEASURED = re.compile(r'<span\b(?P<attributes>[^<>]*\bdata-value="[^"]*"[^<>]*)>(?P<text>[^<>]*)</span>')
CLAIM = re.compile(r'<span\b(?P<attributes>[^<>]*\bdata-claim="[^"]*"[^<>]*)>')
EDGE = re.compile(r"<span\b|</span>|\n[ \t]*\n")
DIGITS = re.compile(r"[-−+]?\d[\d.,]*(?:e[-+]?\d+)?")
ATTRIBUTE = re.compile(r'\bdata-([a-z]+)="([^"]*)"')


class Lookup(Protocol):
    """Where to ask for what the fresh page no longer shows but the owner's sentences still do."""

    def number(self, attributes: Mapping[str, str]) -> str | None:
        """The text of a measured span with these attributes (without `data-`), or None: nothing measures it."""

    def claim(self, name: str) -> str | None:
        """The claim's whole span, or None: nothing makes it."""


@dataclass(frozen=True)
class Contradiction:
    """The owner's own words for a claim were written under another verdict than the present one."""

    claim: str
    was: str
    now: str
    text: str


@dataclass
class Notes:
    """What filling had to tell: contradictions, keys that nothing measures any more, numbers typed over."""

    contradictions: list[Contradiction] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    typed_over: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Claimed:
    """A claim's span in a text: where it stands, its attributes without `data-`, its content."""

    start: int
    end: int
    attributes: Mapping[str, str]
    content: str

    @property
    def name(self) -> str:
        return self.attributes["claim"]


def claims_in(text: str) -> Iterator[Claimed]:
    """Claim spans with their balanced end; one that does not close within its paragraph is plain text."""
    position = 0
    while opening := CLAIM.search(text, position):
        depth, position = 1, opening.end()
        for edge in EDGE.finditer(text, opening.end()):
            if not edge[0].startswith("<"):
                break
            depth += -1 if edge[0] == "</span>" else 1
            if depth == 0:
                position = edge.end()
                attributes = dict(ATTRIBUTE.findall(opening["attributes"]))
                yield Claimed(opening.start(), position, attributes, text[opening.end() : edge.start()])
                break


def written_shape(data: Mapping[str, str]) -> re.Pattern:
    """What a number with these attributes may look like: digits, its unit, its interval."""
    digits, unit = DIGITS.pattern, re.escape(data.get("unit", ""))
    interval = rf" \[{digits}, {digits}\]" if data.get("format", "").startswith("[") else ""
    return re.compile(rf"(?:{digits})%?{unit}{interval}")


def hollow_numbers(text: str) -> str:
    """Every measured span emptied."""
    return MEASURED.sub(lambda match: f"<span{match['attributes']}></span>", text)


def numbers_in(text: str) -> dict[str, list[str]]:
    """Texts by the span's attributes, in their order on the page."""
    found: dict[str, list[str]] = {}
    for match in MEASURED.finditer(text):
        found.setdefault(match["attributes"], []).append(match["text"])
    return found


def substitute(text: str, write: Callable[[Claimed], str]) -> str:
    """Replace each claim span by what `write` makes of it."""
    pieces, position = [], 0
    for claim in claims_in(text):
        pieces += [text[position : claim.start], write(claim)]
        position = claim.end
    return "".join(pieces) + text[position:]


class Spans:
    """The marked text of one merge: takes it out of the three versions and puts it back into their merger."""

    def __init__(self, base: str, mine: str, fresh: str, lookup: Lookup | None = None):
        self.notes, self.lookup = Notes(), lookup
        self.base_numbers, self.fresh_numbers = numbers_in(base), numbers_in(fresh)
        rescued = self._rescue(mine)
        self.mine_numbers = numbers_in(rescued)
        self.base_claims = {claim.name: claim.content for claim in claims_in(hollow_numbers(base))}
        self.fresh_claims = {claim.name: claim for claim in claims_in(hollow_numbers(fresh))}
        self.mine_claims = {claim.name: claim for claim in claims_in(hollow_numbers(rescued))}
        self.base, self.fresh = (substitute(hollow_numbers(text), self._emptied) for text in (base, fresh))
        self.mine = substitute(hollow_numbers(rescued), self._kept)

    def fill(self, text: str) -> str:
        """Present wording, verdicts and numbers back into the merged text."""
        filled = substitute(text, self._filled)
        return MEASURED.sub(lambda match: self._number(match["attributes"]), filled)

    def readable(self, text: str) -> str:
        """A sentence of the fresh page as plain words, for a message."""
        contents = {name: claim.content for name, claim in self.fresh_claims.items()}
        words = substitute(text, lambda claim: claim.content or contents.get(claim.name, ""))
        return MEASURED.sub(lambda match: (self.fresh_numbers.get(match["attributes"]) or [""])[0], words)

    def _rescue(self, mine: str) -> str:
        """Words the owner typed inside a number's span move out of it, or replace it; a number there is ours."""

        def write(match: re.Match) -> str:
            attributes, text = match["attributes"], match["text"]
            known = [*self.base_numbers.get(attributes, []), *self.fresh_numbers.get(attributes, [])]
            if not text.strip() or text in known:
                return match[0]
            shape = written_shape(dict(ATTRIBUTE.findall(attributes)))
            for number in [*filter(None, known), *(found[0] for found in [shape.search(text)] if found)]:
                before, found, after = text.partition(number)
                if (
                    (before or after)
                    and found
                    and not re.search(r"[\d.,]\Z", before)
                    and not re.match(r"[.,]?\d", after)
                ):
                    return f"{before}<span{attributes}>{number}</span>{after}"
            if not shape.fullmatch(text):
                return text
            if known:
                self.notes.typed_over.append(text)
            return match[0]

        return MEASURED.sub(write, mine)

    def _emptied(self, claim: Claimed) -> str:
        return f'<span data-claim="{claim.name}"></span>'

    def _kept(self, claim: Claimed) -> str:
        """Empty when the words are ours; else the owner's, with the verdict under which they were written."""
        ours = [self.base_claims.get(claim.name), *(c.content for c in self._fresh(claim.name)), ""]
        if claim.content in ours:
            return self._emptied(claim)
        was = claim.attributes.get("reworded") or claim.attributes.get("verdict", "")
        return f'<span data-claim="{claim.name}" data-reworded="{was}">{claim.content}</span>'

    def _fresh(self, name: str) -> Iterable[Claimed]:
        return [self.fresh_claims[name]] if name in self.fresh_claims else []

    def _filled(self, claim: Claimed) -> str:
        name = claim.name
        present = self.fresh_claims.get(name) or self._looked_up(name)
        content, was = claim.content, claim.attributes.get("reworded", "")
        if present is None:  # the page no longer makes this claim; what the owner kept of it stays as it was
            old = self.mine_claims.get(name, claim)
            self.notes.orphans.append(name)
            was, content = was or old.attributes.get("verdict", ""), content or old.content
            return f'<span data-claim="{name}" data-verdict="{was}">{content}</span>'
        now = present.attributes.get("verdict", "")
        if not content:
            return f'<span data-claim="{name}" data-verdict="{now}">{present.content}</span>'
        if was in ("", now):
            return f'<span data-claim="{name}" data-verdict="{now}">{content}</span>'
        self.notes.contradictions.append(Contradiction(name, was, now, self.readable(content)))
        return f'<span data-claim="{name}" data-verdict="{now}" data-reworded="{was}">{content}</span>'

    def _looked_up(self, name: str) -> Claimed | None:
        span = self.lookup.claim(name) if self.lookup else None
        return next(claims_in(hollow_numbers(span)), None) if span else None

    def _number(self, attributes: str) -> str:
        """The number that belongs to a span: as the fresh page writes it, else measured, else as it stood."""
        data = dict(ATTRIBUTE.findall(attributes))
        exact = self.fresh_numbers.get(attributes)
        text = exact[0] if exact else self._elsewhere(data)
        if text is None:
            self.notes.orphans.append(data["value"])
            text = next(iter(self.mine_numbers.get(attributes, [])), "")
        return f"<span{attributes}>{text}</span>"

    def _elsewhere(self, data: Mapping[str, str]) -> str | None:
        """The number for a span that the fresh page writes differently or not at all; None when nothing knows it."""
        others = [(dict(ATTRIBUTE.findall(other)), texts[0]) for other, texts in self.fresh_numbers.items()]
        if same := [text for other, text in others if other == data]:
            return same[0]
        # Written by hand without a format, it takes the page's own way of writing it, when there is one.
        of_key = {text for other, text in others if other["value"] == data["value"]}
        if len(of_key) == 1 and "format" not in data:
            return of_key.pop()
        measured = self.lookup.number(data) if self.lookup else None
        return of_key.pop() if measured is None and len(of_key) == 1 else measured

"""The marked text of one merge: taken out of the three versions of a page before it, and put back after it.

Without its numbers, claims and tables a page is equal however often results change, so that none of them can be part of
a conflict. In their place stand tokens: `<!--=injection.seams-->`, `<!--=claim: …-->`, `<!--=table: …-->`.
"""

import re
from typing import Protocol

from showcase.loosened import loosened
from showcase.marked_claims import Claims
from showcase.marked_numbers import Numbers
from showcase.marked_tables import Tables
from showcase.marks import NAME, NUMBER
from showcase.names import Names
from showcase.notes import Notes

TOKEN = re.compile(
    rf"<!--=(?:(?P<number>{NAME})|claim: (?P<claim>[\w:]+)(?:, was (?P<was>\w*))?"
    r"|table: (?P<table>[\w-]+)(?:, (?P<at>\d+))?)-->"
)


class Lookup(Protocol):
    """Where to ask for what the fresh page no longer shows but the owner's sentences still do: a number's text and a
    claim as the memory has it, None where nothing makes them; and the one name of a number that is bound in full."""

    def number(self, name: str) -> str | None: ...
    def claim(self, name: str) -> str | None: ...
    def canonical(self, name: str) -> str: ...


class Binding:
    """`base` and `fresh` come with the marks of the memory or, from a page, without them; `mine` is a page."""

    def __init__(self, base: str, mine: str, fresh: str, lookup: Lookup | None = None):
        lookup = lookup or Names()
        base, mine, fresh = (
            NUMBER.sub(lambda mark: f"<!--{lookup.canonical(mark['name'])}-->", text) for text in (base, mine, fresh)
        )
        self.notes = notes = Notes(advice=[words for _, words in loosened(base, mine)])
        self.tables = tables = Tables(base, fresh, notes)
        self.numbers, self.claims = numbers, claims = Numbers(lookup, notes), Claims(lookup, notes)
        self.base = claims.taken_out(numbers.taken_out(tables.taken_out(base), numbers.base), claims.base)
        self.fresh = claims.taken_out(numbers.taken_out(tables.taken_out(fresh), numbers.fresh), claims.fresh)
        self.mine = claims.his(numbers.his(tables.his(mine)))

    def fill(self, text: str) -> str:
        """Present tables, wording, verdicts and numbers in place of the tokens."""
        ways = {
            "table": lambda token: self.tables.write(token, self.numbers),
            "claim": lambda token: self.claims.write(token, self.readable),
            "number": self.numbers.write,
        }
        for kind, write in ways.items():
            text = TOKEN.sub(
                lambda token, kind=kind, write=write: token[0] if token[kind] is None else write(token), text
            )
        return text

    def readable(self, text: str) -> str:
        """A sentence of the fresh page as plain words, for a message."""

        def words(token: re.Match) -> str:
            if token["claim"]:
                present = self.claims.fresh.get(token["claim"])
                return "" if present is None or token["was"] else TOKEN.sub(words, present.words)
            if token["table"]:  # written so on a page, the next build fills it in
                return f"<!--table: {token['table']}-->"
            return (self.numbers.fresh.get(token["number"]) or [""])[0]

        return TOKEN.sub(words, text)

"""The claims of one merge: `It goes on.<!--claim: continues-->` ↔ `<!--=claim: continues-->`."""

import re
from dataclasses import dataclass

from showcase.marks import CLAIM, CLAIMED, MEASURED
from showcase.notes import Contradiction, Notes
from showcase.sentences import CHINESE_END, ENGLISH_END
from showcase.standing import SENTENCE_END, rewritten

BOUNDARY = re.compile(rf"(?:\A|\n|{CHINESE_END}|{ENGLISH_END}[ \t]|>|[|*-][ \t])[ \t]*\Z")


@dataclass(frozen=True)
class Claim:
    """A claim's words without numbers, and its verdict."""

    words: str
    verdict: str


class Claims:
    """`base` and `fresh` hold the claims of the memory and of the fresh page, by name."""

    def __init__(self, lookup, notes: Notes):
        self.lookup, self.notes = lookup, notes
        self.base: dict[str, Claim] = {}
        self.fresh: dict[str, Claim] = {}

    def taken_out(self, text: str, claims: dict[str, Claim]) -> str:
        def keep(match: re.Match) -> str:
            claims[match["name"]] = Claim(match["content"], match["verdict"])
            return f"<!--=claim: {match['name']}-->"

        return CLAIMED.sub(keep, text)

    def his(self, text: str) -> str:
        """Words that are the build's go; the owner's stay, with the verdict under which they were written."""
        return rewritten(CLAIM, text, self._his)

    def _his(self, before: str, mark: re.Match, _: int) -> str:
        name = mark["name"]
        old, new = self.base.get(name), self.fresh.get(name)
        ours = list(filter(None, [old, new, None if new else self._looked_up(name)]))
        if not ours:
            if self.fresh or self.base:  # an export has pages alone, which do not tell
                self.notes.orphans.append(name)
            return before + mark[0]
        words = next((found for each in ours if (found := _ends_with(before, each.words, name))), None)
        # Words that were the owner's once are ours again as whole sentences, or where their verdict is the present one.
        settled = mark["was"] and new and mark["verdict"] == new.verdict and _ends_with(before, new.words, name)
        if words is not None and (not mark["was"] or settled or BOUNDARY.search(before[: words.start()])):
            return f"{before[: words.start()]}<!--=claim: {name}-->"
        if not before[before.rfind("\n") + 1 :].strip():  # a name typed where the build shall write the claim
            return f"{before}<!--=claim: {name}-->"
        return f"{before}<!--=claim: {name}, was {mark['verdict'] if mark['was'] else ours[0].verdict}-->"

    def write(self, token: re.Match, readable) -> str:
        """The present words, or the owner's; `readable` makes words of a text with tokens."""
        name, was = token["claim"], token["was"]
        present = self.fresh.get(name) or self._looked_up(name)
        if present is None:  # the page no longer makes this claim; what the owner kept of it stays as it was
            self.notes.orphans.append(name)
            return f"{self.base[name].words if was is None else ''}<!--claim: {name}-->"
        if was is None:
            return f"{present.words}<!--claim: {name}-->"
        if was in ("", present.verdict):
            return f"<!--claim: {name}-->"
        before = token.string[: token.start()]
        start = max([before.rfind("\n") + 1, *(end.end() for end in SENTENCE_END.finditer(before.rstrip(".!?。！？")))])
        told = Contradiction(name, was, present.verdict, readable(before[start:]).strip())
        self.notes.contradictions.append(told)
        return f"<!--claim: {name}, was {was}-->"

    def _looked_up(self, name: str) -> Claim | None:
        found = CLAIMED.search(self.lookup.claim(name) or "")
        return Claim(MEASURED.sub(r"<!--=\g<name>-->", found["content"]), found["verdict"]) if found else None


def _ends_with(before: str, words: str, name: str) -> re.Match | None:
    pattern = r"\s+".join(map(re.escape, words.split()))
    if not pattern:
        return None
    if name.endswith(":verdict"):  # a word alone is too little to tell "confirmed" from "not confirmed"
        pattern = rf"(?<=\| ){pattern}|(?:^|(?<=\n)){pattern}"
    return re.search(rf"(?<![A-Za-z0-9])(?:{pattern})[ \t]*\Z", before)

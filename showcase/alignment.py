"""Which sentence of one version is which sentence of the other.

Equal ones first, then reworded ones by what they share, then, between two that are known, those left in equal number by
their place. A diff over sentences alone would call neighbouring edits one conflict; anchors before and after every
sentence keep them apart.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

from showcase.sentences import Unit

BEFORE, BETWEEN, AFTER = "before", "between", "after"
WIDTH = 5  # tokens a unit
ALIKE = 0.5  # share of common character pairs from which two sentences are the same one, reworded

Token = tuple[str, str]


def tokens(units: Sequence[Unit]) -> list[Token]:
    """Each unit as anchor, sentence, anchor, gap, anchor."""
    return [
        token
        for text, gap in units
        for token in ((BEFORE, ""), ("text", text), (BETWEEN, ""), ("gap", gap), (AFTER, ""))
    ]


def units(sequence: Sequence[Token]) -> list[Unit]:
    """The inverse of `tokens`."""
    kinds = [kind for kind, _ in sequence]
    texts = [i for i, kind in enumerate(kinds) if kind == "text"]
    return [Unit(sequence[i][1], sequence[i + 2][1]) for i in texts]


def alignment(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs (i, j), rising in both: old[i] has become new[j]."""
    equal, i, j = [], 0, 0
    # Headings and sentences stand once on a page, tags often: fix the former first, or a tag decides what moved where.
    for p, q in [*_once_in_both(old, new), (len(old), len(new))]:
        if i < p and j < q:
            matches = SequenceMatcher(None, old[i:p], new[j:q], autojunk=False).get_matching_blocks()
            equal += [(i + a + k, j + b + k) for a, b, size in matches for k in range(size)]
        equal.append((p, q))
        i, j = p + 1, q + 1
    pairs, i, j = [], 0, 0
    for p, q in equal:
        pairs += [*_reworded(old, new, range(i, p), range(j, q)), (p, q)]
        i, j = p + 1, q + 1
    return pairs[:-1]


def _once_in_both(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of what occurs exactly once in each, as far as the order agrees (as in a patience diff)."""
    counts = Counter(old), Counter(new)
    once = {text for text, times in counts[0].items() if times == 1 == counts[1][text]}
    i, j = ([at for at, text in enumerate(version) if text in once] for version in (old, new))
    matcher = SequenceMatcher(None, [old[at] for at in i], [new[at] for at in j], autojunk=False)
    return [(i[a + k], j[b + k]) for a, b, size in matcher.get_matching_blocks() for k in range(size)]


def _reworded(old, new, some: range, others: range) -> list[tuple[int, int]]:
    """A rising set of pairs between two gaps, by likeness; then by place."""
    if not some or not others:
        return []
    if len(some) * len(others) > 10_000:  # a page rewritten from end to end: nothing to find, and slow
        return []
    grams = [{i: _pairs_of(version[i]) for i in places} for version, places in ((old, some), (new, others))]
    alike = ((_likeness(grams[0][i], grams[1][j]), -i, -j) for i in some for j in others)
    found: list[tuple[int, int]] = []
    for i, j in ((-i, -j) for like, i, j in sorted(alike, reverse=True) if like >= ALIKE):  # the most alike first
        if all((i < p and j < q) or (i > p and j > q) for p, q in found):
            found.append((i, j))
    return _with_those_in_place(sorted(found), some, others)


def _with_those_in_place(found, some: range, others: range) -> list[tuple[int, int]]:
    pairs, i, j = [], some.start, others.start
    for at_old, at_new in [*found, (some.stop, others.stop)]:
        if at_old - i == at_new - j:
            pairs += list(zip(range(i, at_old), range(j, at_new), strict=True))
        pairs.append((at_old, at_new))
        i, j = at_old + 1, at_new + 1
    return pairs[:-1]


def _pairs_of(sentence: str) -> Counter:
    return Counter(zip(sentence, sentence[1:], strict=False))


def _likeness(a: Counter, b: Counter) -> float:
    """Dice's coefficient over pairs of characters: works for Chinese as for English."""
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


class AnchoredMatcher:
    """For merge3: tokens that two versions share."""

    def __init__(self, _, a: Sequence[Token], b: Sequence[Token]):
        self.a, self.b = a, b

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        pairs = alignment([text for _, text in self.a[1::WIDTH]], [text for _, text in self.b[1::WIDTH]])
        places = ((WIDTH * i + k, WIDTH * j + k) for i, j in pairs for k in range(WIDTH))
        return [*((p, q, 1) for p, q in places if self.a[p] == self.b[q]), (len(self.a), len(self.b), 0)]

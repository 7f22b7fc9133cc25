"""Which sentence of one version is which sentence of the other.

Equal ones first, then reworded ones by what they share, then, between two that are known, those left in equal number by
their place. A diff over sentences alone would call neighbouring edits one conflict; anchors before and after every
sentence keep them apart.
"""

from bisect import bisect_left
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
    """Places of what occurs exactly once in each, as far as the order agrees (patience diff)."""
    counts = Counter(old), Counter(new)
    place = {text: j for j, text in enumerate(new)}
    unique = [(i, place[text]) for i, text in enumerate(old) if counts[0][text] == 1 == counts[1][text]]
    # The longest rising subsequence: tails[k] ends the best one of length k + 1, `back` links it to its forerunner.
    tails: list[tuple[int, int]] = []
    back: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in unique:
        k = bisect_left([q for _, q in tails], pair[1])
        back[pair] = tails[k - 1] if k else None
        tails[k : k + 1] = [pair]
    chain, pair = [], tails[-1] if tails else None
    while pair:
        chain.append(pair)
        pair = back[pair]
    return chain[::-1]


def _reworded(old, new, some: range, others: range) -> list[tuple[int, int]]:
    """The best rising set of pairs between two gaps, by likeness; then by place."""
    if not some or not others:
        return []
    if len(some) * len(others) > 10_000:  # a page rewritten from end to end: nothing to find, and slow
        return []
    grams = {("old", i): _pairs_of(old[i]) for i in some} | {("new", j): _pairs_of(new[j]) for j in others}
    # best[i][j]: the highest total likeness of some[i:] and others[j:], as in a longest common subsequence.
    best = [[0.0] * (len(others) + 1) for _ in range(len(some) + 1)]
    like = [[_likeness(grams["old", i], grams["new", j]) for j in others] for i in some]
    for i in reversed(range(len(some))):
        for j in reversed(range(len(others))):
            both = like[i][j] + best[i + 1][j + 1] if like[i][j] >= ALIKE else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(some) and j < len(others):
        if like[i][j] >= ALIKE and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found.append((some[i], others[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return _with_those_in_place(found, some, others)


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
    """For merge3: runs of tokens that two versions share."""

    def __init__(self, _, a: Sequence[Token], b: Sequence[Token]):
        self.a, self.b = a, b

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        runs: list[tuple[int, int, int]] = []
        for i, j in alignment([text for _, text in self.a[1::WIDTH]], [text for _, text in self.b[1::WIDTH]]):
            for p, q in zip(range(WIDTH * i, WIDTH * (i + 1)), range(WIDTH * j, WIDTH * (j + 1)), strict=True):
                if self.a[p] != self.b[q]:
                    continue
                start, other, size = runs[-1] if runs else (-1, -1, 0)
                if (start + size, other + size) == (p, q):
                    runs[-1] = (start, other, size + 1)
                else:
                    runs.append((p, q, 1))
        return [*runs, (len(self.a), len(self.b), 0)]

"""Helpers for judges: compare two measurements without reading more into them than the seeds allow.

A measurement is a list of values, one a seed, or an estimate {"value", "low", "high"}, or a plain number.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import Any

HOLDS, FAILS, UNDECIDED = VERDICTS = ("holds", "fails", "undecided")
NOTICEABLE = 0.1  # relative gap from which two numbers without an interval are told apart


def bounds(measurement: Any) -> tuple[float, float]:
    """The 95 % interval: given, or Student's from the seeds; a plain number has no width.

    A single seed tells nothing about noise: its interval is the whole line.
    """
    if isinstance(measurement, Mapping):
        return float(measurement["low"]), float(measurement["high"])
    if isinstance(measurement, Sequence):
        values = [float(value) for value in measurement]
        if len(values) < 2:
            return float("-inf"), float("inf")
        from scipy.special import stdtrit  # a build with nothing to do does without

        reach = stdtrit(len(values) - 1, 0.975) * stdev(values) / sqrt(len(values))
        return fmean(values) - reach, fmean(values) + reach
    return float(measurement), float(measurement)


def less(a: Any, b: Any) -> str:
    """Is a below b? Undecided while the two intervals overlap."""
    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    if a_high < b_low:
        return HOLDS
    return FAILS if b_high < a_low else UNDECIDED


def less_paired(a: Sequence[float], b: Sequence[float]) -> str:
    """Is a below b, seed by seed? Sharper than `less` where both ran from the same seeds."""
    if len(a) != len(b):
        raise ValueError(f"paired values need the same seeds: {len(a)} against {len(b)}")
    return less([x - y for x, y in zip(a, b, strict=True)], 0)


def smaller(a: float, b: float) -> str:
    """Is a below b by a noticeable share? For numbers that come without an interval."""
    if a < b * (1 - NOTICEABLE):
        return HOLDS
    return FAILS if b < a * (1 - NOTICEABLE) else UNDECIDED


def more(a: float, b: float) -> str:
    """Is a above b by a noticeable share? A smaller gain is none."""
    return HOLDS if smaller(b, a) == HOLDS else FAILS


def at_most(a: Any, limit: float) -> str:
    """Is a at most `limit`? Undecided while its interval holds the limit."""
    low, high = bounds(a)
    if high <= limit:
        return HOLDS
    return FAILS if low > limit else UNDECIDED


def at_least(a: Any, limit: float) -> str:
    """Is a at least `limit`? Undecided while its interval holds the limit."""
    low, high = bounds(a)
    if low >= limit:
        return HOLDS
    return FAILS if high < limit else UNDECIDED


def all_of(*verdicts: str) -> str:
    """Fails when one fails, holds when all hold, else undecided."""
    if FAILS in verdicts:
        return FAILS
    return HOLDS if all(verdict == HOLDS for verdict in verdicts) else UNDECIDED


def alike(here: str, elsewhere: str) -> str:
    """What both answer; undecided where they do not answer alike, for then it depends on more."""
    return here if here == elsewhere else UNDECIDED

"""A promise and what was measured, as a line of the table; the comparisons that several bars share."""

import statistics
from dataclasses import dataclass

from ..benchmark.runs import Outcome

LABELS = {"sliced_w2": "sliced W2", "paper_mmd": "paper's MMD", "mmd2": "unbiased MMD²", "mode_weights": "mode weights"}


@dataclass(frozen=True)
class Line:
    """One promise of a bar: what, the bar, what was measured (as words), whether it was met."""

    what: str
    bar: str
    measured: str
    met: bool


def quality(ours: Outcome, most: float, name: str = "sliced_w2") -> Line:
    score, floor = ours.score(name), ours.floors[name]
    words = f"{score / floor:.2f}× floor ({score:.4f} / {floor:.4f})"
    return Line(f"{LABELS[name]}, {ours.method}", f"≤ {most}× floor", words, score <= most * floor)


def told(faithful: Outcome) -> Line:
    """The faithful algorithm's own quality: no promise, but the ratios mean little without it."""
    return Line("sliced W2, faithful", "—", f"{statistics.fmean(faithful.in_floors('sliced_w2')):.2f}× floor", True)


def importance(plain: Outcome) -> Line:
    """Plain importance resampling at as many calls: in few dimensions the pooled sampler's speed is its, and this
    says so.
    """
    words = f"{plain.score('sliced_w2') / plain.floors['sliced_w2']:.2f}× floor, {plain.median('cpu'):.3g} s"
    return Line("plain importance resampling, same calls", "—", words, True)


def ratios(faithful: Outcome, ours: Outcome, cpu: int, calls: int) -> list[Line]:
    """How many times less CPU and how many times fewer calls, by medians over seeds."""
    lines = []
    for what, name, unit, least in (("cpu", "CPU", " s", cpu), ("calls", "calls", "", calls)):
        theirs, mine = faithful.median(what), ours.median(what)
        words = f"{theirs / mine:,.0f}× ({theirs:.3g}{unit} / {mine:.3g}{unit})"
        lines.append(Line(f"{name}, faithful / ours", f"≥ {least}×", words, theirs / mine >= least))
    return lines

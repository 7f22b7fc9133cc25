"""Scores as dots with intervals, the ceiling and the floor always in the picture."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS, rows_of
from showcase.palette import BLUE, GREEN, MUTED


def _dots(axis, rows: dict, key: str) -> None:
    for place, name in enumerate(rows):
        score = rows[name][key]
        error = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
        axis.errorbar(score["value"], place, xerr=error, fmt="o", color=COLOURS[name], ms=7, capsize=3)
    axis.set_yticks(range(len(rows)), [LABELS[name] for name in rows])
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)


def seam_scores(result: Result) -> Figure:
    """Are the steps possible, at seams and inside clips; does the picture jump or stall at seams."""
    rows = rows_of(result)
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 3.0), sharey=True)
    titles = ("at seams", "inside clips", "change at seams")
    for axis, key, title in zip(axes, ("seam_validity", "inner_validity", "seam_ratio"), titles, strict=True):
        _dots(axis, rows, key)
        axis.set_title(title, fontsize=11)
    for axis in axes[:2]:
        axis.set_xlim(-0.04, 1.04)
        axis.set_xticks([0, 0.5, 1])
        axis.xaxis.set_major_formatter(PercentFormatter(1))
        axis.set_xlabel("possible steps")
    axes[2].axvline(1, color=MUTED, lw=1, ls=":")
    axes[2].set_xlabel("÷ elsewhere (ideal 1)")
    return figure


def injection_length(result: Result) -> Figure:
    """Possible steps at seams and inside clips against the number of injected steps."""
    rows = result.values["shares"]
    steps = [row["steps_of_1000"] for row in rows]
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0))
    for key, label, colour in (("seam_validity", "at seams", BLUE), ("inner_validity", "inside clips", GREEN)):
        _band(left, steps, [row[key] for row in rows], colour)
        left.annotate(
            label, (steps[-1], rows[-1][key]["value"]), (-4, 7), textcoords="offset points", color=colour, ha="right"
        )
    left.yaxis.set_major_formatter(PercentFormatter(1))
    left.set_ylim(0, 1.04)
    left.set_title("possible steps")
    _band(right, steps, [row["seam_ratio"] for row in rows], BLUE)
    right.axhline(1, color=MUTED, lw=1, ls=":")
    right.annotate("ideal", (steps[0], 1), (0, 4), textcoords="offset points", color=MUTED, fontsize=9)
    right.set_ylim(bottom=0)
    right.set_title("change at seams ÷ elsewhere")
    for axis in (left, right):
        axis.set_xlabel("injected steps of 1000")
        axis.set_xticks(steps)
    return figure


def _band(axis, x, scores, colour) -> None:
    axis.plot(x, [score["value"] for score in scores], "o-", color=colour)
    axis.fill_between(x, [s["low"] for s in scores], [s["high"] for s in scores], color=colour, alpha=0.15, lw=0)


def cost(result: Result) -> Figure:
    """Time, memory and parameters that each method adds."""
    rows = rows_of(result)
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.6), sharey=True)
    columns = (
        ("seconds_per_frame", "time a new frame", 1000, "ms", "{:.0f}"),
        ("peak_mib", "peak memory", 1, "MiB above the model", "{:.0f}"),
        ("extra_parameters", "extra parameters", 1e-6, "million", "{:.2f}"),
    )
    places = np.arange(len(rows))
    for axis, (key, title, scale, unit, form) in zip(axes, columns, strict=True):
        lengths = [row[key] * scale for row in rows.values()]
        axis.barh(places, lengths, color=[COLOURS[name] for name in rows], height=0.55)
        for place, length in zip(places, lengths, strict=True):
            axis.annotate(
                form.format(length), (length, place), (3, 0), textcoords="offset points", va="center", fontsize=9
            )
        axis.set_xlim(0, 1.3 * max(lengths))
        axis.set_title(title, fontsize=11)
        axis.set_xlabel(unit)
        axis.grid(axis="y", visible=False)
    axes[0].set_yticks(places, [LABELS[name] for name in rows])
    axes[0].invert_yaxis()
    return figure

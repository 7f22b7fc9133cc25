"""Scores as dots with intervals, the ceiling and the floor always in the picture."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, NullFormatter, PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS, rows_of
from showcase.palette import BAND, BLUE, GREEN, INK, MUTED, PAPER

THREE = ("history_guidance", "reconstruction_guidance", "feature_injection")


def _name_rows(axis, names) -> None:
    """Method names on the vertical axis, the owner's three in bold."""
    axis.set_yticks(range(len(names)), [LABELS[name] for name in names])
    for tick, name in zip(axis.get_yticklabels(), names, strict=True):
        tick.set(color=INK, weight="bold" if name in THREE else "normal")
    axis.set_ylim(len(names) - 0.5, -0.5)


def _dots(axis, rows: dict, key: str, shift: float = 0.0, hollow: bool = False) -> None:
    for place, name in enumerate(rows):
        score = rows[name][key]
        error = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
        face = PAPER if hollow else COLOURS[name]
        style = {"color": COLOURS[name], "mfc": face, "ms": 6.5, "elinewidth": 1.6, "mew": 1.4}
        axis.errorbar(score["value"], place + shift, xerr=error, fmt="o", **style)


def seam_scores(overview: Result, long_videos: Result) -> Figure:
    """Are the steps possible, at seams and inside clips; does the picture jump or stall at seams; and how far are they
    from real video, where there are enough videos to say so."""
    rows = rows_of(overview.values["comparison"] or long_videos.values)
    many = all("frame_frechet" in row for row in rows.values())
    widths = (3, 2, 2) if many else (3, 2)
    figure, axes = plt.subplots(1, len(widths), figsize=(1.12 * sum(widths), 4.8), sharey=True, width_ratios=widths)
    left, right = axes[:2]
    _dots(left, rows, "inner_validity", 0.19, hollow=True)
    _dots(left, rows, "seam_validity", -0.19)
    _dots(right, rows, "seam_ratio")
    _name_rows(left, list(rows))
    left.set_xlim(-0.04, 1.04)
    left.set_xticks([0, 0.5, 1])
    left.xaxis.set_major_formatter(PercentFormatter(1))
    left.set_title("plausible transitions")
    left.set_xlabel("● at seams  ○ inside")
    right.axvline(1, color=MUTED, lw=1, ls=":")
    right.set_title("seam ratio")
    right.set_xlabel("ideal 1")
    if many:
        _dots(axes[2], rows, "frame_frechet", 0.19, hollow=True)
        _dots(axes[2], rows, "clip_frechet", -0.19)
        axes[2].set_xscale("log")
        axes[2].xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes[2].xaxis.set_minor_formatter(NullFormatter())
        axes[2].set_title("distance")
        axes[2].set_xlabel("● transitions  ○ frames", fontsize=8.5)
    for axis in axes:
        axis.grid(axis="y", visible=False)
        for place in range(1, len(rows), 2):
            axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0, lw=0)
    return figure


def injection_length(result: Result) -> Figure:
    """Plausible steps at seams and inside clips against the number of injected steps."""
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
    left.set_title("plausible transitions")
    _band(right, steps, [row["seam_ratio"] for row in rows], BLUE)
    right.axhline(1, color=MUTED, lw=1, ls=":")
    right.annotate("ideal", (steps[0], 1), (0, 4), textcoords="offset points", color=MUTED, fontsize=9)
    right.set_ylim(bottom=0)
    right.set_title("change at seams ÷ elsewhere")
    for axis in (left, right):
        axis.set_xlabel("injected steps of 1000")
        axis.set_xticks([step for step in steps if step % 200 == 0])
    return figure


def _band(axis, x, scores, colour) -> None:
    axis.plot(x, [score["value"] for score in scores], "o-", color=colour)
    axis.fill_between(x, [s["low"] for s in scores], [s["high"] for s in scores], color=colour, alpha=0.15, lw=0)


def cost(result: Result) -> Figure:
    """Time, memory and parameters that each method adds."""
    rows = rows_of(result.values)
    figure, axes = plt.subplots(1, 3, figsize=(5.6, 3.9), sharey=True)
    columns = (
        ("seconds_per_frame", "time", 1000, "ms per frame"),
        ("peak_mib", "memory", 1, "MiB at peak"),
        ("extra_parameters", "parameters", 1e-6, "million more"),
    )
    places = np.arange(len(rows))
    for axis, (key, title, scale, unit) in zip(axes, columns, strict=True):
        lengths = [row[key] * scale for row in rows.values()]
        axis.barh(places, lengths, color=[COLOURS[name] for name in rows], height=0.6)
        for place, length in zip(places, lengths, strict=True):
            words = f"{length:.2g}" if 0 < length < 10 else f"{length:.0f}"
            axis.annotate(words, (length, place), (3, 0), textcoords="offset points", va="center", fontsize=9.5)
        axis.set_xlim(0, 1.45 * max(lengths))
        axis.set_xticks([])
        axis.set_title(title)
        axis.set_xlabel(unit)
        axis.grid(visible=False)
    _name_rows(axes[0], list(rows))
    return figure

"""Quality and speed of sampling against the number of network calls; where on its path the sampler errs."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    LogLocator,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
    ScalarFormatter,
    StrMethodFormatter,
)

from experiments.results import Result
from showcase.palette import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY

SCHEMES = {
    "euler": ("Euler", BLUE, "o", 1.0),
    "heun": ("Heun", ORANGE, "s", 1.03),
    "ancestral": ("Euler, fresh noise", GREEN, "^", 1 / 1.03),
    "shifted": ("the same, steps near t = 1", PURPLE, "D", 1 / 1.06),
    "multistep": ("… and second order", SKY, "v", 1.06),  # factors that keep the intervals apart
    "guided": ("… and autoguidance (used)", INK, "P", 1 / 1.09),
}


def sampler_steps(result: Result) -> Figure:
    """Plausible transitions inside clips (left) and clips per second (right)."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6), width_ratios=(3, 2))
    real = result.values["real"]
    left.axhspan(real["low"], real["high"], color=MUTED, alpha=0.2, lw=0)
    for name, (label, colour, marker, shift) in SCHEMES.items():
        rows = result.values["schemes"][name]
        calls = [shift * row["calls"] for row in rows]
        valid = [row["validity"] for row in rows]
        error = [[s["value"] - s["low"] for s in valid], [s["high"] - s["value"] for s in valid]]
        style = {"color": colour, "marker": marker, "ms": 5, "lw": 1.4}
        left.errorbar(calls, [s["value"] for s in valid], yerr=error, label=label, capsize=2, elinewidth=0.9, **style)
        right.plot([row["calls"] for row in rows], [row["clips_per_second"] for row in rows], **style)
    _name_real(left, real)
    left.set_ylim(0, 1.04)
    left.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    left.set_title("plausible transitions inside clips", fontsize=11)
    figure.legend(loc="outside lower center", ncols=3, fontsize=9)
    right.set_yscale("log")
    right.yaxis.set_major_formatter(ScalarFormatter())
    right.yaxis.set_minor_locator(NullLocator())
    right.set_yticks([t for t in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if _within(right.get_ylim(), t)])
    right.set_title("clips per second", fontsize=11)
    ticks = [row["calls"] for row in result.values["schemes"]["euler"]]
    for axis in (left, right):
        axis.set_xscale("log", base=2)
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xlabel("network calls per clip")
    return figure


def continuing_steps(result: Result) -> Figure:
    """Plausible transitions at seams and inside clips of continued walks against the steps of a clip, with fresh noise
    on the way and without; real video beside them."""
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.0), sharey=True)
    ticks = [row["steps"] for row in result.values["plain"]]
    panels = (("seam_validity", "plausible at seams"), ("inner_validity", "plausible inside clips"))
    for axis, (key, title) in zip(axes, panels, strict=True):
        real = result.values["real"][key]
        axis.axhspan(real["low"], real["high"], color=MUTED, alpha=0.2, lw=0)
        for name, label, colour, marker, shift in (
            ("fresh", "fresh noise on the way", GREEN, "^", 1.04),
            ("plain", "none", BLUE, "o", 1 / 1.04),
        ):
            scores = [row[key] for row in result.values[name]]
            error = [[s["value"] - s["low"] for s in scores], [s["high"] - s["value"] for s in scores]]
            places, style = [shift * tick for tick in ticks], {"color": colour, "marker": marker, "ms": 5, "lw": 1.4}
            axis.errorbar(places, [s["value"] for s in scores], yerr=error, label=label, capsize=2, **style)
        axis.set_xscale("log", base=2)
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xlabel("steps a clip")
        axis.set_title(title, fontsize=11)
    _name_real(axes[0], result.values["real"]["seam_validity"])
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0].set_ylim(0, 1.04)
    axes[0].legend(loc="lower right", fontsize=9)
    return figure


def _name_real(axis: Axes, score: dict) -> None:
    """Real video's name inside its band, at the left, where no method is good enough to meet it."""
    middle = (score["low"] + score["high"]) / 2
    style = {"color": MUTED, "fontsize": 9, "va": "center_baseline"}
    axis.annotate("real video", (0.02, middle), xycoords=("axes fraction", "data"), **style)


def _within(limits: tuple[float, float], value: float) -> bool:
    return limits[0] <= value <= limits[1]


def decisions(result: Result) -> Figure:
    """Real clips, noised to a level and denoised again: what they lose against the level, for four samplers."""
    rows = result.values["decisions"]["rows"]
    (real,) = rows["real"]
    levels = [row["level"] for row in rows["first"]]
    places = range(len(levels))
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.0))
    scores = ("validity", "clip_frechet")
    for name, label, colour, marker in (
        ("first", "first order", PURPLE, "D"),
        ("fresh", "fresh noise all along", GREEN, "^"),
        ("unguided", "as used, no autoguidance", BLUE, "o"),
        ("usual", "as used", INK, "v"),
    ):
        for axis, score in zip(axes, scores, strict=True):
            value, low, high = ([row[score][key] for row in rows[name]] for key in ("value", "low", "high"))
            axis.plot(places, value, color=colour, marker=marker, ms=5, lw=1.4, label=label)
            axis.fill_between(places, low, high, color=colour, alpha=0.1, lw=0)
    for axis, score in zip(axes, scores, strict=True):
        axis.axhline(real[score]["value"], color=MUTED, lw=1.2, ls="--", label="real video")
        axis.set_xticks(places, [f"{level:g}".removeprefix("0") for level in levels])
        axis.set_xlabel("noised to level t")
    lowest = min(row["validity"]["low"] for found in rows.values() for row in found)
    axes[0].set_ylim(np.floor(10 * lowest - 0.5) / 10, 1)  # half a tenth below the lowest at least
    axes[0].yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0].set_title("plausible transitions", fontsize=11)
    axes[1].set_yscale("log")
    axes[1].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[1].yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes[1].minorticks_off()
    axes[1].set_title("Fréchet distance of transitions", fontsize=11)
    axes[0].legend(loc="lower left", fontsize=9)
    return figure

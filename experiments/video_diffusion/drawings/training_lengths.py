"""What training changes: the seams of the methods, and what memory keeps, along the clips that the denoiser learned."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.drift import MARKERS
from experiments.video_diffusion.drawings.names import COLOURS, LABELS
from showcase.palette import BLUE, GREEN, INK, MUTED, ORANGE

TOLD = {
    "validation_loss": ("told nothing", INK, "o"),
    "validation_loss_with_motion": ("told its motion", ORANGE, "s"),
    "validation_loss_with_memory": ("… and what memory shows", GREEN, "D"),
}
PLACES = {"continuation_seen": ("places seen", GREEN, "D"), "continuation_new": ("new places", BLUE, "o")}


def training_lengths(result: Result) -> Figure:
    """Plausible transitions at seams and inside clips against the clips that the denoiser learned, a line a method;
    inside clips those from nothing as well."""
    rows = result.values["milestones"]["rows"]
    names = [name for name in LABELS if name in rows[-1]["methods"]]
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 4.2), sharey=True, width_ratios=(1.25, 1))
    for axis, key, title in zip(axes, ("seam_validity", "inner_validity"), ("at seams", "inside clips"), strict=True):
        for marker, name in zip(MARKERS, names, strict=False):
            _along(axis, rows, [row["methods"][name][key] for row in rows], LABELS[name], COLOURS[name], marker)
        axis.set_title(title)
        _clips(axis)
    from_nothing = [row["clips_validity"] for row in rows]
    _along(axes[1], rows, from_nothing, "clips from nothing", COLOURS["independent"], "*")
    axes[0].set_ylim(0, 1.02)
    axes[0].yaxis.set_major_formatter(PercentFormatter(1))
    axes[0].set_ylabel("plausible transitions")
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=9)
    return figure


def memory_lengths(result: Result) -> Figure:
    """Held-out loss, returns and decibels against the clips learned; dashed, the line through the points goes on to ten
    times the last, with its 95 % interval."""
    record = result.values["milestones"]
    rows, laws = record["rows"], record["laws"]
    figure, (losses, returns, decibels) = plt.subplots(1, 3, figsize=(8.6, 3.3))
    for key, (label, colour, marker) in TOLD.items():
        values = [row["losses"][key] for row in rows]
        losses.plot([row["clips"] for row in rows], values, color=colour, marker=marker, ms=5, lw=1.6, label=label)
    losses.set_title("loss on held-out walks", fontsize=11)
    losses.set_ylim(0, None)
    losses.legend(loc="lower left", fontsize=8.5)
    _along(returns, rows, [row["memory"]["return"] for row in rows], "", GREEN, "D")
    _goes_on(returns, laws["return"], GREEN)
    returns.axhline(laws["return"]["bar"], color=MUTED, lw=1.2, ls=":")
    returns.axhline(record["ceiling"]["return"]["value"], color=MUTED, lw=1.2, ls="--")
    returns.set_ylim(0, 1.02)
    returns.yaxis.set_major_formatter(PercentFormatter(1))
    returns.set_title("places that return", fontsize=11)
    for key, (label, colour, marker) in PLACES.items():
        _along(decibels, rows, [row["memory"][key] for row in rows], label, colour, marker)
    _goes_on(decibels, laws["continuation_seen"], GREEN)
    decibels.set_title("PSNR (dB)", fontsize=11)
    decibels.legend(loc="center right", fontsize=8.5)
    for axis in (losses, returns, decibels):
        _clips(axis)
    return figure


def _along(axis: Axes, rows: list[dict], scores: list[dict], label: str, colour: str, marker: str) -> None:
    clips, style = [row["clips"] for row in rows], {"marker": marker, "color": colour, "lw": 1.6, "ms": 5}
    error = [[s["value"] - s["low"] for s in scores], [s["high"] - s["value"] for s in scores]]
    axis.errorbar(clips, [s["value"] for s in scores], yerr=error, label=label, elinewidth=0.8, **style)


def _goes_on(axis: Axes, law: dict, colour: str) -> None:
    line = law["line"]
    axis.plot(line["clips"], line["value"], color=colour, lw=1.4, ls="--")
    axis.fill_between(line["clips"], line["low"], line["high"], color=colour, alpha=0.12, lw=0)


def _clips(axis: Axes) -> None:
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda clips, _: f"{clips / 1e6:g}"))
    axis.minorticks_off()
    axis.set_xlabel("million clips learned")

"""Calls against the dimension: exponential for the whole, nearly linear block by block, with fitted exponents."""

import math

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterMathtext, LogLocator

from experiments.pzodmc.drawings.labels import End, at, dimension_axis, label_ends, plain_log
from experiments.results import Result
from showcase.palette import GREEN, METHOD, MUTED, PAPER, SKY

LOOKS = {
    "full": (METHOD["full"], "full"),
    "blocks_5": (GREEN, "blocks of 5"),
    "blocks_2": (SKY, "blocks of 2"),
    "blocks_1": (METHOD["partial"], "blocks of 1"),
}
NAMES = {"double_wells": "double wells", "two_modes": "two far modes"}


def scaling(result: Result) -> Figure:
    figure = plt.figure(figsize=(7.2, 7.6))
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.12))
    (first, wells), (second, modes) = list(result.values["score"].items())[:2]
    axes = figure.add_subplot(grid[0, :])
    _score(axes, wells, [f"{words}: " for _, words in LOOKS.values()], size=10, room=0.42)
    axes.set_title(f"Proposals for one score: {NAMES[first]}")
    axes = figure.add_subplot(grid[1, 0], sharey=axes)
    _score(axes, modes, [""] * len(LOOKS), size=9.5, room=0.9)
    axes.set_title(f"The same: {NAMES[second]}")
    _quality(figure.add_subplot(grid[1, 1]), result)
    config = result.config
    figure.supxlabel(
        f"Proposals for {config['accepted']} accepted draws at t = {config['horizon']:g}. Dots: measured. Lines: exact "
        "acceptance integrals.\nDashed: (b/d)·exp(c d) for blocks of d. "
        f"Good draws: MMD² and sliced W₂ within {config['bar']:g} baselines.",
        fontsize=10,
        color=MUTED,
    )
    return figure


def _score(axes: Axes, entry: dict, words: list[str], size: float, room: float) -> None:
    ends = []
    for (name, (colour, _)), word in zip(LOOKS.items(), words, strict=True):
        if name not in entry["ways"]:
            continue
        way = entry["ways"][name]
        dims, computed = at(way["computed"])
        axes.plot(dims, computed, color=colour, linewidth=1.8)
        axes.plot(dims, [way["theory"][f"d{d}"] for d in dims], color=colour, linestyle=(0, (2, 1.5)), linewidth=1)
        measured = at(way["measured"])
        axes.plot(*measured, "o", color=colour, markersize=6, markeredgecolor=PAPER)
        law = f"×{entry['factor']:.3g} per coordinate"
        if name != "full":
            law = f"$b^{{\\,{way['fit']['computed']['slope']['value']:.2f}}}$"
        ends.append(End(dims[-1], computed[-1], word + law, colour))
    plain_log(axes)
    axes.yaxis.set_major_locator(LogLocator(base=10.0**6))
    axes.yaxis.set_major_formatter(LogFormatterMathtext())
    axes.minorticks_off()
    dimension_axis(axes, dims, room=room)
    axes.set_xticks([d for d in dims if d in (1, 5, 10, 15, 20, 30)])
    axes.set_xlabel("dimension b")
    label_ends(axes, ends, size=size, gap=1.5)


def _quality(axes: Axes, result: Result) -> None:
    name, entry = next(iter(result.values["quality"].items()))
    ends = []
    for way, (colour, words) in LOOKS.items():
        if not entry.get(way, {}).get("calls"):
            continue
        dims, calls = at(entry[way]["calls"])
        rows = [entry[way]["calls"][f"d{d}"] for d in dims]
        spread = [[row["value"] - row["low"] for row in rows], [row["high"] - row["value"] for row in rows]]
        axes.errorbar(dims, calls, yerr=spread, fmt="o-", color=colour, capsize=2, markeredgecolor=PAPER)
        if way == "full":
            slope = entry[way].get("fit", {}).get("slope")
            words += f": ×{math.exp(slope['value']):.2g}\nper coordinate" if slope else ""
            axes.text(0.04, 0.97, words, color=colour, fontsize=9.5, va="top", transform=axes.transAxes)
        else:
            ends.append(End(dims[-1], calls[-1], words, colour))
    plain_log(axes)
    shown = sorted({int(key[1:]) for way in entry.values() for key in way["calls"]})
    dimension_axis(axes, shown, room=0.55)
    axes.set_xlabel(f"dimension b, {NAMES[name]}")
    axes.set_title(f"Calls for {result.values['n']} good draws")
    label_ends(axes, ends, size=9.5)

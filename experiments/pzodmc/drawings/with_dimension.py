"""Time, queries and quality against the dimension, at an equal number of queries a score."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import End, at, dimension_axis, label_ends, plain_log
from experiments.results import Result
from showcase.palette import METHOD, MUTED, PAPER

# Rejection in full lines, the pooled recipe in dashed ones: the colour stays with full or partial.
LOOKS = {
    "full": (METHOD["full"], "-", "o", "full"),
    "partial": (METHOD["partial"], "-", "o", "partial"),
    "full_pooled": (METHOD["full"], (0, (2, 1.5)), "s", "full, pooled"),
    "partial_pooled": (METHOD["partial"], (0, (2, 1.5)), "s", "partial, pooled"),
}


def failed(result: Result, name: str, d: int) -> bool:
    """Beyond the bar in floors: this run's draws are not from the target."""
    ratio = result.values["floor_ratio"][name][f"d{d}"]
    return max(ratio["paper_mmd"], ratio["sliced_w2"]) > result.config["bar"]


def _line(axes: Axes, result: Result, name: str, table: dict) -> End:
    """A line with its interval; hollow marks where the sampler has failed."""
    colour, style, mark, words = LOOKS[name]
    dims, value = at(table)
    axes.plot(dims, value, color=colour, linestyle=style)
    low, high = at(table, "low")[1], at(table, "high")[1]
    axes.fill_between(dims, [max(a, v / 2) for a, v in zip(low, value, strict=True)], high, color=colour, alpha=0.15)
    for d, v in zip(dims, value, strict=True):
        face = PAPER if failed(result, name, d) else colour
        axes.plot(d, v, mark, markersize=6.5, markerfacecolor=face, markeredgecolor=colour, markeredgewidth=1.4)
    return End(dims[-1], value[-1], words, colour)


def cost_vs_dimension(result: Result) -> Figure:
    figure, (time, calls) = plt.subplots(1, 2, figsize=(7.2, 4.1), sharex=True)
    cost, proposals = result.values["cost"], result.config["proposals"]
    for axes, key, title in (
        (time, "cpu_seconds", "CPU seconds"),
        (calls, "calls", "Queries"),
    ):
        ends = [_line(axes, result, name, {d: row[key] for d, row in cost[name].items()}) for name in LOOKS]
        plain_log(axes)
        dimension_axis(axes, result.config["dims"], room=0.62)
        axes.set_title(title)
        label_ends(axes, ends, size=9.5)
    figure.supxlabel(
        f"{result.values['n']} draws, {proposals} proposals per score for the whole or for each block.\n"
        f"Hollow: wrong draws, MMD² or sliced W₂ beyond {result.config['bar']:g} baselines.",
        fontsize=10,
        color=MUTED,
    )
    return figure


def quality_vs_dimension(result: Result) -> Figure:
    figure, panels = plt.subplots(1, 3, figsize=(7.2, 4.2), sharex=True)
    quality, floor = result.values["quality"], result.values["floor"]
    titles = {"paper_mmd": "MMD²", "sliced_w2": "sliced W₂", "w2": "W₂"}
    ends: dict[str, str] = {}
    for axes, (score, title) in zip(panels, titles.items(), strict=True):
        dims, value = at({d: row[score] for d, row in floor.items()})
        axes.fill_between(dims, 0 if score == "w2" else min(value) / 3, value, color=METHOD["floor"], alpha=0.22)
        axes.plot(dims, value, color=METHOD["floor"], linewidth=1.2)
        for name in LOOKS:
            end = _line(axes, result, name, {d: row[score] for d, row in quality[name].items()})
            ends[end.text] = end.colour
        if score != "w2":
            plain_log(axes)
        else:
            axes.set_ylim(bottom=0)
        dimension_axis(axes, result.config["dims"])
        axes.set_title(title)
        axes.tick_params(axis="x", labelsize=9)
        axes.text(dims[-1], value[0] * (0.62 if score != "w2" else 1), "baseline", color=MUTED, ha="right", fontsize=10)
    # Lines of one colour lie on each other where the samplers are right, so the names stand once, above.
    handles = [
        plt.Line2D([], [], color=c, linestyle=s, marker=m, markersize=6, label=words)
        for c, s, m, words in LOOKS.values()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4, fontsize=9.5, handlelength=2.2, columnspacing=1)
    figure.supxlabel(
        f"{result.values['n']} draws. Grey: the baseline, two exact sets of that size.\n"
        f"Hollow: MMD² or sliced W₂ beyond {result.config['bar']:g} baselines.",
        fontsize=10,
        color=MUTED,
    )
    return figure

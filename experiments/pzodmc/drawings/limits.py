"""Where it fails, and whether the run says so: error of the modes' shares in three hard settings."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results import Result
from showcase.palette import GREEN, METHOD, MUTED, PAPER

PANELS = (
    ("A narrow and\na wide mode", "dimension", {"widths_pooled": "pooled", "widths_adaptive": "adaptive"}),
    ("A mixture of\nall coordinates", "dimension", {"joint_adaptive": "adaptive"}),
    ("A pool too narrow\nor too wide", "width ÷ advised width", {"scale_pooled": "pooled"}),
)
COLOURS = {"pooled": METHOD["partial"], "adaptive": GREEN}


def limits(result: Result) -> Figure:
    figure, panels = plt.subplots(1, 3, figsize=(7.2, 3.4), sharey=True)
    figure.get_layout_engine().set(w_pad=0.1)
    for axes, (title, label, rows) in zip(panels, PANELS, strict=True):
        for key, name in rows.items():
            _row(axes, result.values[key], COLOURS[name])
        axes.set_title(title, fontsize=10.5)
        axes.set_xlabel(label)
        axes.set_ylim(-0.04, 1.04)
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    panels[2].set_xscale("log")
    ticks = [float(at) for at in result.values["scale_pooled"]]
    panels[2].set_xticks(ticks[::2], [f"{tick:g}" for tick in ticks[::2]])
    panels[2].minorticks_off()
    panels[0].set_ylabel("draws in a wrong mode")
    for k, (name, colour) in enumerate(COLOURS.items()):
        panels[1].text(0.05, 0.93 - 0.09 * k, f"● {name}", color=colour, transform=panels[1].transAxes, fontsize=11)
    panels[1].text(0.05, 0.75, "— exact draws", color=MUTED, transform=panels[1].transAxes, fontsize=11)
    figure.supxlabel(
        "Filled: the run said nothing. Hollow: it warned. ✕: it refused to sample.", fontsize=10, color=MUTED
    )
    return figure


def _row(axes: Axes, cases: dict, colour: str) -> None:
    """One sampler's cases along the axis, with the floor."""
    at = [float(x) for x in cases]
    axes.plot(at, [case["floor"]["modes"]["value"] for case in cases.values()], color=METHOD["floor"], linewidth=1.2)
    drawn = [(x, case["quality"]["modes"]) for x, case in zip(at, cases.values(), strict=True) if case["quality"]]
    axes.plot([x for x, _ in drawn], [score["value"] for _, score in drawn], color=colour, linewidth=1.4)
    for x, case in zip(at, cases.values(), strict=True):
        if not case["quality"]:
            axes.plot(x, 0, "x", color=colour, markersize=8, markeredgewidth=2)
            continue
        score = case["quality"]["modes"]
        axes.plot([x, x], [max(score["low"], 0), score["high"]], color=colour, alpha=0.35, linewidth=3)
        said = case["warned"] + case["refused"] >= 0.5
        axes.plot(
            x, score["value"], "o", markersize=6.5, markerfacecolor=PAPER if said else colour, markeredgecolor=colour
        )

"""What Partial ZOD-MC saves at equal quality: the CPU time each sampler needs to come within the bar."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import plain_log
from experiments.results import Result
from showcase.palette import GRID, INK, METHOD, MUTED, PAPER

FAMILIES = {
    "paper": ("equal_quality", "The published algorithm"),
    "repaired": ("equal_quality_repaired", "The same, empty estimates repaired"),
    "pooled": ("equal_quality_pooled", "Pooled: particles share their candidates"),
}
FULL, PARTIAL = METHOD["full"], METHOD["partial"]


def equal_quality(result: Result) -> Figure:
    dims = result.config["quality_dims"]
    rows = len(FAMILIES) * (len(dims) + 1)
    figure, axes = plt.subplots(figsize=(7.2, 0.9 + 0.25 * rows))
    figure.get_layout_engine().set(w_pad=0.1)
    y, ticks, names = 0.0, [], []
    longest = max(
        rung["cpu"]["value"]
        for family in FAMILIES
        for entry in result.values["equal_quality"][family].values()
        for rung in entry["ladder"]["full"]
    )
    for family, (comparison, title) in FAMILIES.items():
        axes.text(0.012, y, title, transform=axes.get_yaxis_transform(), fontweight="bold", va="center", fontsize=11)
        y -= 1
        for d in dims:
            entry = result.values["equal_quality"][family][f"d{d}"]
            saved = result.values["time_saved"].get(comparison, {}).get(f"d{d}")
            _row(axes, y, entry, saved, 2.2 * longest)
            ticks.append(y), names.append(f"d = {d}")
            y -= 1
        y -= 0.35
    plain_log(axes, "x")
    left = axes.get_xlim()[0]
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(y + 0.6, 0.7)
    axes.set_xlim(right=40 * longest)
    axes.grid(axis="y", visible=False)
    axes.set_xticks([10.0**k for k in range(-3, 4) if left / 2 < 10.0**k < 2 * longest])
    axes.minorticks_off()
    axes.set_xlabel(
        f"CPU seconds for {result.values['n']} draws within {result.config['bar']:g} baselines in MMD² and sliced W₂\n"
        "○→ not reached at any budget tried"
    )
    axes.set_title("Time at equal quality:")
    for x, words, colour in ((0.34, "partial", PARTIAL), (0.5, "full", FULL)):
        axes.annotate(
            "● " + words,
            (x, 1),
            xycoords="axes fraction",
            xytext=(0, 6),
            textcoords="offset points",
            color=colour,
            fontweight="bold",
            fontsize=12,
        )
    return figure


def _row(axes, y: float, entry: dict, saved: dict | None, right: float) -> None:
    reached = entry["reached"]["full"]
    full = entry["full"] if reached else max(entry["ladder"]["full"], key=lambda rung: rung["cpu"]["value"])
    a = full["cpu"]["value"]
    if saved is None:
        axes.text(right, y, "neither reached", va="center", fontsize=10, color=MUTED)
        return
    b = entry["partial"]["cpu"]["value"]
    axes.plot([a, b], [y, y], color=GRID, linewidth=5, zorder=1, solid_capstyle="round")
    axes.plot(b, y, "o", color=PARTIAL, markersize=9, zorder=3)
    if reached:
        axes.plot(a, y, "o", color=FULL, markersize=9, zorder=2)
    else:
        axes.plot(a, y, "o", markerfacecolor=PAPER, markeredgecolor=FULL, markersize=8, zorder=2)
        axes.annotate("", (a * 2.1, y), (a * 1.15, y), arrowprops={"arrowstyle": "->", "color": FULL, "lw": 1.6})
    if saved["value"] >= 0:
        words = f"{'more than ' if saved['at_least'] else ''}{saved['value']:.0%} less time"
    else:
        words = f"{1 - saved['value']:.1f} × the time"
    colour = PARTIAL if saved["low"] > 0 else FULL if saved["high"] < 0 else INK
    axes.text(right, y, words, va="center", fontsize=10, color=colour)

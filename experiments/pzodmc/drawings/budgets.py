"""Quality against budget: six samplers on the paper's targets, distance to the truth in floors."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import plain_log
from experiments.pzodmc.drawings.names import SAMPLERS, TARGETS
from experiments.results import Result
from showcase.palette import INK, METHOD, MUTED, PURPLE, SKY, YELLOW

LOOKS = {
    "zodmc": METHOD["full"],
    "rdmc": SKY,
    "tempering": YELLOW,
    "smc": PURPLE,
    "pooled": METHOD["partial"],
    "sir": INK,
    "dynesty": "#999933",
    "pocomc": "#8c6d46",
}
COLUMNS = 3


def budgets(result: Result) -> Figure:
    """A panel a target; the free place of the grid holds the names."""
    values = result.values
    rows = -(-(len(values["floor"]) + 1) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(7.2, 0.6 + 2.35 * rows), sharex=True, sharey=True)
    panels = list(grid.flat)
    for axes, target in zip(panels, values["floor"], strict=False):
        axes.axhspan(0.3, result.config["bar"], color=METHOD["floor"], alpha=0.15, linewidth=0)
        axes.axhline(1, color=METHOD["floor"], linewidth=1)
        for name, colour in LOOKS.items():
            if steps := values["floor_ratio"].get(name, {}).get(target):
                calls = [int(step[1:]) for step in steps]
                axes.plot(calls, [ratio["sliced_w2"] for ratio in steps.values()], "o-", color=colour, markersize=4)
        axes.set_title(f"{TARGETS[target]}, {values['dim'][target]}-D", fontsize=10.5)
        plain_log(axes), plain_log(axes, "x")
        axes.set_xticks([1e5, 1e6])
        axes.set_ylim(0.3, 30)
        axes.set_yticks([1, 3, 10])
        axes.minorticks_off()
    for axes in panels[len(values["floor"]) :]:
        axes.set_axis_off()
    key = panels[len(values["floor"])]
    for k, (name, colour) in enumerate((n, c) for n, c in LOOKS.items() if n in values["quality"]):
        y = 0.92 - 0.15 * k
        key.plot([0.02, 0.16], [y, y], color=colour, transform=key.transAxes, clip_on=False)
        key.text(0.22, y, SAMPLERS[name], color=colour, transform=key.transAxes, va="center", fontsize=10.5)
    y = 0.92 - 0.15 * len(LOOKS)
    key.plot(
        [0.02, 0.16], [y, y], color=METHOD["floor"], alpha=0.25, linewidth=9, transform=key.transAxes, clip_on=False
    )
    key.text(0.22, y, "as good as exact draws", color=MUTED, transform=key.transAxes, va="center", fontsize=10.5)
    figure.supylabel("sliced W₂ in baselines", fontsize=11)
    figure.supxlabel(f"queries for {values['n']} draws", fontsize=11)
    return figure

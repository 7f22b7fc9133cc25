"""Joint targets: the dependence that each way of sampling by blocks keeps, and its distance from the truth."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from experiments.pzodmc.drawings.labels import End, at, dimension_axis, label_ends, plain_log
from experiments.results import Result
from showcase.palette import GREEN, METHOD, MUTED, PURPLE, SKY

LOOKS = {
    "full": (METHOD["full"], "full"),
    "frozen": (PURPLE, "frozen neighbours"),
    "marginals": (SKY, "marginals"),
    "gibbs": (GREEN, "Gibbs"),
    "population": (METHOD["partial"], "Gibbs + joint moves"),
}


def joint(result: Result) -> Figure:
    figure, (kept, distance) = plt.subplots(1, 2, figsize=(7.2, 3.7), sharex=True)
    quality, floor = result.values["quality"], result.values["floor"]
    for axes, score, title in (
        (kept, "dependence", "Dependence kept"),
        (distance, "sliced_w2", "Sliced W₂"),
    ):
        dims, value = at({d: row[score] for d, row in floor.items()})
        axes.plot(dims, value, color=METHOD["floor"], linewidth=6, alpha=0.3)
        ends = [End(dims[-1], value[-1], "exact draws", METHOD["floor"])]
        for name, (colour, words) in LOOKS.items():
            if score == "dependence" and name == "full":
                continue  # a collapsed sampler's correlations are those of its noise
            table = {d: row[score] for d, row in quality[name].items()}
            low, high = at(table, "low")[1], at(table, "high")[1]
            dims, value = at(table)
            if score == "sliced_w2":
                low = [max(a, v / 2) for a, v in zip(low, value, strict=True)]
            axes.plot(dims, value, "o-", color=colour)
            axes.fill_between(dims, low, high, color=colour, alpha=0.15)
            ends.append(End(dims[-1], value[-1], words, colour))
        if score == "sliced_w2":
            plain_log(axes)
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        else:
            axes.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
            axes.set_ylim(-0.3, 1.5)
        if len(dims) > 1:
            dimension_axis(axes, dims, room=0.95)
        else:
            axes.set_xticks(dims), axes.set_xlim(dims[0] - 0.2, dims[0] + 1), axes.set_xlabel("dimension")
        axes.set_title(title)
        label_ends(axes, ends, size=9.5)
    figure.supxlabel(
        f"Gaussian mixtures, blocks of one coordinate, {result.values['n']} draws.\n"
        "Dependence: correlations between coordinates, 100% = the target's.",
        fontsize=10,
        color=MUTED,
    )
    return figure

"""What W₂ says of 100 draws: a sampler that has collapsed to one point scores better than the truth itself."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import End, at, dimension_axis, label_ends, plain_log
from experiments.results import Result
from showcase.palette import METHOD, MUTED

LOOKS = {
    "floor": (METHOD["floor"], "o", "exact draws"),
    "partial": (METHOD["partial"], "o", "partial"),
    "full_origin": (METHOD["full"], "X", "full"),
}


def small_batches(result: Result) -> Figure:
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 4.0), sharex=True)
    owner = result.values["owner"]
    for axes, (score, title) in zip(panels, {"w2": "W₂", "paper_mmd": "MMD²"}.items(), strict=True):
        ends = []
        for name, (colour, mark, words) in LOOKS.items():
            table = {d: row[name][score] for d, row in owner.items()}
            dims, value = at(table)
            low, high = at(table, "low")[1], at(table, "high")[1]
            error = [
                [v - a for v, a in zip(value, low, strict=True)],
                [b - v for v, b in zip(value, high, strict=True)],
            ]
            axes.errorbar(dims, value, yerr=error, color=colour, marker=mark, markersize=7, capsize=2)
            ends.append(End(dims[-1], value[-1], words, colour))
        if score == "paper_mmd":
            plain_log(axes)
        else:
            axes.set_ylim(bottom=0)
        if len(result.config["owner_dims"]) > 1:
            dimension_axis(axes, result.config["owner_dims"], room=0.55)
        else:
            axes.set_xlim(dims[0] - 1, dims[0] + 1)
            axes.set_xticks(dims), axes.set_xlabel("dimension")
        axes.set_title(title)
        label_ends(axes, ends, size=10)
    figure.supxlabel(
        f"{result.values['owner_n']} draws, {result.config['owner_proposals']} proposals per score. "
        "Full: where none is\naccepted the mean is taken as 0, as in the first implementation.",
        fontsize=10,
        color=MUTED,
    )
    return figure

"""Targets that hide their structure: distance to the truth and wrong modes, in floors, beside annealing samplers."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import plain_log, short
from experiments.pzodmc.drawings.names import SAMPLERS, TARGETS
from experiments.results import Result
from showcase.palette import GREEN, METHOD, MUTED, PURPLE, YELLOW

LOOKS = {"adaptive": GREEN, "smc": PURPLE, "tempering": YELLOW}
OFFSET = {"adaptive": 0.22, "smc": 0.0, "tempering": -0.22}


def dependent(result: Result) -> Figure:
    values = result.values
    targets = list(values["floor"])[::-1]
    names = [name for name in LOOKS if name in values["quality"]]
    figure, (distance, modes) = plt.subplots(1, 2, figsize=(7.2, 1.75 + 0.5 * len(targets)), sharey=True)
    for axes, score, title in (
        (distance, "sliced_w2", "Sliced W₂ in baselines"),
        (modes, "modes", "Wrong modes in baselines"),
    ):
        axes.axvline(1, color=METHOD["floor"], linewidth=1.2)
        for y, target in enumerate(targets):
            floor = values["floor"][target]
            if score not in floor:
                axes.text(1.15, y, "one mode", color=MUTED, va="center", fontsize=9.5)
                continue
            for name in names:
                quality = values["quality"][name][target][score]
                ends = [max(quality[end], 0.2 * quality["value"]) / floor[score]["value"] for end in ("low", "high")]
                height = y + OFFSET[name]
                axes.plot(ends, [height] * 2, color=LOOKS[name], alpha=0.35, linewidth=3, solid_capstyle="round")
                axes.plot(quality["value"] / floor[score]["value"], height, "o", color=LOOKS[name], markersize=7)
        plain_log(axes, "x")
        axes.set_title(title, fontsize=11)
        low, high = axes.get_xlim()
        axes.set_xticks([x for x in (0.5, 1, 2, 5, 10, 20, 50) if low < x < high])
        axes.minorticks_off()
        axes.grid(axis="y", visible=False)
    distance.set_yticks(
        range(len(targets)), [f"{TARGETS[target]}\n{values['dim'][target]}-D" for target in targets], fontsize=10
    )
    distance.tick_params(axis="y", length=0)
    calls = {name: [cost["calls"]["value"] for cost in values["cost"][name].values()] for name in names}
    handles = [
        plt.Line2D(
            [],
            [],
            color=LOOKS[name],
            marker="o",
            markersize=7,
            linestyle="none",
            label=f"{SAMPLERS[name]}: {short(min(calls[name]))} to {short(max(calls[name]))} queries",
        )
        for name in names
    ]
    figure.legend(handles=handles, loc="outside lower left", labelcolor="linecolor", handletextpad=0.2, fontsize=10.5)
    return figure

"""The background: memory of proposals that are kept, and what importance sampling pays for each dimension."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import End, at, dimension_axis, label_ends, plain_log
from experiments.results import Result
from showcase.palette import BLUE, GREEN, METHOD, MUTED, ORANGE, PAPER, PURPLE, YELLOW

LOOKS = {
    "stored": (ORANGE, "o-", "all kept"),
    "proposals_alone": (MUTED, "--", "n·N·d numbers\nand no more"),
    "streamed": (BLUE, "o-", "streamed"),
}
SHADES = (BLUE, GREEN, PURPLE, ORANGE, YELLOW)  # by dimension, from low to high


def stored_proposals(result: Result) -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.8), sharey=True)
    memory, config = result.values["memory"], result.config
    _memory(left, memory["proposals"])
    counts = config["memory_proposals"]
    left.set_xticks(counts, [f"{n:,}" for n in counts])
    left.set_xlim(0, 1.08 * max(counts))
    left.set_xlabel(f"proposals N, in {max(config['memory_dims'])} dimensions")
    left.set_title("Peak memory of one score, MB")
    ends = _memory(right, memory["dimension"])
    dimension_axis(right, config["memory_dims"], room=0.62)
    right.set_xlabel(f"dimension d, {max(counts):,} proposals")
    left.set_ylim(bottom=0)
    label_ends(right, ends)
    figure.supxlabel(
        f"Above what is loaded anyway; n = {config['particles']} particles, float32.", fontsize=10, color=MUTED
    )
    return figure


def _memory(axes: Axes, table: dict) -> list[End]:
    ends = []
    for name, (colour, style, words) in LOOKS.items():
        rows = table[name] if name == "proposals_alone" else {k: row["value"] for k, row in table[name].items()}
        x = sorted(int(key[1:]) for key in rows)
        y = [rows[f"{next(iter(rows))[0]}{k}"] for k in x]
        axes.plot(x, y, style, color=colour, markersize=6, linewidth=1.5 if name == "proposals_alone" else 2)
        ends.append(End(x[-1], y[-1], words, colour))
    return ends


def importance_bias(result: Result) -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.2), width_ratios=(1.2, 1))
    _bias(left, result)
    _points(right, result)
    figure.supxlabel(
        f"Score of a Gaussian at t = {result.config['t']:g}, exactly known. Band: 95%, {len(result.config['seeds'])} "
        "seeds.\nDashed: theory, −Cov(W, W (f − μ))/N.",
        fontsize=10,
        color=MUTED,
    )
    return figure


def _bias(axes: Axes, result: Result) -> None:
    values, ends = result.values["importance"], []
    lowest = 0.6 * min(row["value"] for table in values["bias"].values() for row in table.values() if row["value"] > 0)
    for colour, (name, table) in zip(SHADES, values["bias"].items(), strict=False):
        sizes = sorted(int(key[1:]) for key in table)
        rows = [table[f"n{size}"] for size in sizes]
        centre = [row["value"] for row in rows]
        axes.plot(sizes, centre, "o-", color=colour)
        band = [[max(row[end], lowest) for row in rows] for end in ("low", "high")]
        axes.fill_between(sizes, *band, color=colour, alpha=0.2, linewidth=0)
        leading = values["leading"][name]
        line = [size for size in sizes if leading / size < 1.5]
        axes.plot(line, [leading / size for size in line], color=colour, linestyle=(0, (2, 1.5)), linewidth=1.2)
        words = f"d = {name[1:]}" + (", blocks of 1" if name == "d1" else "")
        ends.append(End(sizes[-1], max(centre[-1], lowest), words, colour))
    plain_log(axes, "x"), plain_log(axes)
    ticks = sizes[:: 2 if len(sizes) > 5 else 1]
    axes.set_xticks(ticks, [f"{n:,}" for n in ticks])
    axes.minorticks_off()
    axes.set_ylim(lowest, 2)
    axes.set_xlim(sizes[0] / 1.4, 300 * sizes[-1])
    axes.set_xlabel("weighted proposals N")
    axes.set_title("Bias of the score per coordinate")
    label_ends(axes, ends)


def _points(axes: Axes, result: Result) -> None:
    values, effective = result.values["importance"], result.config["effective"]
    dims, exact = at({key: {"value": v} for key, v in values["points_exact"].items()})
    factor = (exact[-1] / effective) ** (1 / dims[-1])
    every = range(1, dims[-1] + 1)
    full, partial = [effective * factor**d for d in every], [effective * factor * d for d in every]
    axes.plot(every, full, color=METHOD["full"])
    axes.plot(every, partial, color=METHOD["partial"])
    rows = [values["points"][f"d{d}"] for d in dims]
    centre = [row["value"] for row in rows]
    spread = [[row["value"] - row["low"] for row in rows], [row["high"] - row["value"] for row in rows]]
    axes.errorbar(dims, centre, yerr=spread, fmt="o", color=METHOD["full"], markeredgecolor=PAPER, capsize=2)
    plain_log(axes)
    dimension_axis(axes, dims, room=0.85)
    axes.set_title(f"Points worth {effective} draws")
    ends = [
        End(dims[-1], full[-1], f"full: ×{factor:.2g}\nper coordinate", METHOD["full"]),
        End(dims[-1], partial[-1], "blocks of 1", METHOD["partial"]),
    ]
    label_ends(axes, ends)

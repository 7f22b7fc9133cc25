"""Two worlds beside each other: what the methods' seams and the memories' returns are in each, and frames of both."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings import memories
from experiments.video_diffusion.drawings.names import COLOURS, LABELS
from experiments.video_diffusion.drawings.strips import Row, draw_strips
from showcase.palette import BAND, GREEN, INK, ORANGE, PAPER, PURPLE

WORLDS = {"mazes": (GREEN, "o"), "Doom": (PURPLE, "s")}  # colour and mark
FLOORS = {"collage": "collage of real walks", "copy": "last frame, frozen"}
KEPT = ("another_maze", "copy", "nothing", "motion", "reprojection", "reprojection_injected", "autoencoder")
FILMED = {"truth": "what is there", "motion": "motion alone", "reprojection": "with memory"}


def two_worlds(overview: Result, long_videos: Result, remembered: Result, both: Result) -> Figure:
    """Left the methods' plausible seams, right how often places come back by memory; a mark a world, floors and
    ceilings rows like the others. A world that was not measured has no marks."""
    there = both.values["doom"]
    methods = {
        "mazes": (overview.values["comparison"] or long_videos.values)["methods"],
        "Doom": there["comparison"].get("methods", {}),
    }
    keepers = {"mazes": remembered.values["memories"], "Doom": there["memories"].get("memories", {})}
    labels = LABELS | FLOORS
    names = [name for name in labels if any(name in rows for rows in methods.values())]
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 0.27 * len(names) + 1.3), width_ratios=(1.15, 1))
    _panel(left, methods, names, labels, "seam_validity", "plausible seams")
    kept = [name for name in KEPT if any(name in rows for rows in keepers.values())]
    _panel(right, keepers, kept, memories.LABELS, "return", "known places that return")
    handles = [
        left.plot([], [], mark, color=colour, label=world)[0]
        for world, (colour, mark) in WORLDS.items()
        if methods[world] or keepers[world]
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=9.5)
    return figure


def _panel(axis: Axes, worlds: dict[str, dict], names: list[str], labels: dict, key: str, title: str) -> None:
    for shift, (world, rows) in zip((-0.17, 0.17), worlds.items(), strict=True):
        colour, mark = WORLDS[world]
        for place, name in enumerate(names):
            score = rows.get(name, {}).get(key, {})
            if score.get("value") is not None:
                reach = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
                style = {"color": colour, "ms": 5.5, "capsize": 2, "elinewidth": 1.3, "mfc": colour, "mec": PAPER}
                axis.errorbar(score["value"], place + shift, xerr=reach, fmt=mark, **style)
    axis.set_yticks(range(len(names)), [labels[name] for name in names], fontsize=9)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_xlim(-0.05, 1.05)
    axis.set_xticks([0, 0.5, 1])
    axis.xaxis.set_major_formatter(PercentFormatter(1))
    axis.set_title(title)
    axis.grid(axis="y", visible=False)
    for place in range(1, len(names), 2):
        axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0, lw=0)


def two_worlds_frames(long_videos: Result, both: Result, columns: int = 8) -> Figure:
    """Rows of frames: a walk of the mazes and one of Doom, each really there and continued by a method; then a path in
    Doom, really there, along the motion alone, and with memory."""
    values, shown = long_videos.values, both.values["shown"]
    name = values["best"]["seam_validity"]
    first = values["given"] - 3
    some = list(range(first, values["frames"], 3))[:columns]
    rows: list[Row] = [
        ("mazes: real video", INK, long_videos.arrays["truth"][some], []),
        (LABELS[name], COLOURS[name], long_videos.arrays[name][some], [1]),
    ]
    made = shown.get("method")
    if made:
        rows.append(("Doom: real video", INK, both.arrays["free_truth"], []))
        rows.append((LABELS[made], COLOURS[made], both.arrays[f"free_{made}"], [1]))
    for kind, label in FILMED.items():
        if f"known_{kind}" in both.arrays:
            title = f"Doom, one path: {label}" if kind == "truth" else label
            colour = {"truth": INK, "motion": ORANGE}.get(kind, GREEN)
            rows.append((title, colour, both.arrays[f"known_{kind}"], []))
    return draw_strips(rows, "an orange bar: the first frame that is not given")

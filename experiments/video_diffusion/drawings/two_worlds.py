"""Two worlds beside each other: what the methods' seams and the memories' returns are in each, and frames of both."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings import memories
from experiments.video_diffusion.drawings.names import LABELS
from showcase.palette import BAND, GREEN, PAPER, PURPLE

WORLDS = {"mazes": (GREEN, "o"), "Doom": (PURPLE, "s")}  # colour and mark
FLOORS = {"collage": "collage of real walks", "copy": "last frame, frozen"}
KEPT = ("another_maze", "copy", "nothing", "motion", "reprojection", "reprojection_injected", "autoencoder")
FILMED = ("truth", "motion", "reprojection")  # one path in Doom
SIDE = 64
NEAR, GAP = 2, 10  # pixels between frames, and between what is shown


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
    _panel(right, keepers, kept, memories.LABELS, "return", "places that return")
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


def two_worlds_frames(both: Result) -> np.ndarray:
    """Pixels (H, W, 3), a row of frames each: a walk of the mazes, really there and continued by the method that is
    ahead; the same of Doom; a path in Doom, really there, along the motion alone, and with memory. What was not
    recorded has no row."""
    ahead = both.values["shown"]
    shown = [[f"{world}_{name}" for name in ("truth", ahead.get(world))] for world in ("here", "there")]
    shown.append([f"known_{name}" for name in FILMED])
    found = both.arrays
    groups = [[_row(found[name]) for name in names if name in found] for names in shown]
    apart = [np.pad(np.concatenate(rows), [(0, GAP), (0, 0), (0, 0)], constant_values=255) for rows in groups if rows]
    if not apart:
        return np.full((SIDE, SIDE, 3), 255, np.uint8)
    return np.concatenate(apart)[: -GAP - NEAR].repeat(2, 0).repeat(2, 1)


def _row(frames: np.ndarray) -> np.ndarray:
    """Frames (N, H, W, 3) side by side, white between and below them."""
    return np.concatenate(list(np.pad(frames, [(0, 0), (0, NEAR), (0, NEAR), (0, 0)], constant_values=255)), 1)

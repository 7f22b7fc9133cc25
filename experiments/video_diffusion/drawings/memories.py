"""What each memory brings back: decibels by kind of place, along the time since a place was seen, and the frames."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results import Result
from experiments.video_diffusion.drawings.side_by_side import side_by_side
from experiments.video_diffusion.drawings.strips import draw_strips
from showcase.drawing import Animation
from showcase.palette import BAND, BLUE, GREEN, INK, MUTED, ORANGE, PAPER, PURPLE, SKY, YELLOW

# Floors first, the ceiling last.
LABELS = {
    "another_maze": "another maze",
    "copy": "copy of the nearest view",
    "pixels": "reprojected pixels, no network",
    "nothing": "no memory",
    "motion": "motion alone",
    "held": "nearest view held",
    "slots": "retrieved, in slots",
    "memory_10": "last 10, compressed",
    "memory_60": "last 60, compressed",
    "memory_recurrent": "recurrent state",
    "memory_retrieved": "retrieved, compressed",
    "memory_raw": "retrieved, raw tokens",
    "reprojection": "retrieved, reprojected",
    "reprojection_given": "… of given frames alone",
    "reprojection_read": "… motion read from the frames",
    "reprojection_guided": "… with guided per-frame noise",
    "reprojection_injected": "… with feature injection",
    "reprojection_stabilised": "… with stabilised guidance",
    "autoencoder": "the truth, autoencoded",
}
COLOURS = dict.fromkeys(LABELS, MUTED) | {
    "motion": ORANGE,
    "held": YELLOW,
    "slots": PURPLE,
    "memory_10": SKY,
    "memory_60": SKY,
    "memory_recurrent": SKY,
    "memory_retrieved": BLUE,
    "memory_raw": BLUE,
    "reprojection": GREEN,
    **dict.fromkeys((name for name in LABELS if name.startswith("reprojection_")), INK),
}
PLACES = {"seen": "seen before", "partly": "seen in part", "new": "new"}
BOUNDS = ("another_maze", "copy", "pixels", "autoencoder")
FPS = 6


def named(result: Result) -> list[str]:
    """The memories that were measured, in the order of every figure."""
    return [name for name in LABELS if name in result.values["memories"]]


def memories(result: Result) -> Figure:
    """PSNR by memory, a panel a kind of place; floors and ceiling are rows like the others."""
    names, rows = named(result), result.values["memories"]
    figure, axes = plt.subplots(1, 3, figsize=(8.6, 0.33 * len(names) + 1.1), sharey=True, sharex=True)
    for axis, (kind, title) in zip(axes, PLACES.items(), strict=True):
        for place, name in enumerate(names):
            dot(axis, rows[name][f"continuation_{kind}"], place, COLOURS[name], hollow=name in BOUNDS)
        axis.set_title(title)
        axis.grid(axis="y", visible=False)
        for place in range(1, len(names), 2):
            axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0, lw=0)
    axes[0].set_yticks(range(len(names)), [LABELS[name] for name in names])
    axes[0].set_ylim(len(names) - 0.5, -0.5)
    values = [row[f"continuation_{kind}"].get("value") for row in rows.values() for kind in PLACES]
    known = [value for value in values if value is not None]
    axes[0].set_xlim(min(known) - 3, max(known) + 3)  # the interval of few walks may reach further
    figure.supxlabel("PSNR against what is really seen there (dB)", fontsize=10, color=INK)
    return figure


def dot(axis: Axes, score: dict, place: int, colour: str, hollow: bool) -> None:
    if score.get("value") is None:
        return
    reach = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
    style = {"color": colour, "mfc": PAPER if hollow else colour, "ms": 6.5, "elinewidth": 1.6}
    axis.errorbar(score["value"], place, xerr=reach, fmt="o", **style)


def memories_by_age(result: Result) -> Figure:
    """PSNR of places seen before by the frames since they were last shown; and what frames and steps buy."""
    sweeps = result.values["sweeps"]
    panels = [
        (kind, own, label)
        for kind, own, label in (
            ("counts", 6, "frames retrieved a clip"),
            ("steps", result.values["steps"], "denoising steps a clip"),
        )
        if sweeps[kind]
    ]
    widths = (1.3, *(1 for _ in panels))
    figure, axes = plt.subplots(1, len(widths), figsize=(2.8 * sum(widths), 3.2), width_ratios=widths, squeeze=False)
    aged, *swept = axes[0]
    edges = result.values["ages"]
    middles = [(low + high) / 2 for low, high in zip(edges, edges[1:], strict=False)]
    for name in ("another_maze", "motion", "memory_raw", "reprojection", "reprojection_given"):
        row = result.values["by_age"].get(name, [])
        found = [(at, cell) for at, cell in zip(middles, row, strict=False) if cell.get("value") is not None]
        if found:
            where, cells = zip(*found, strict=True)
            curve(aged, where, cells, COLOURS[name], LABELS[name], "--" if name in BOUNDS else "-")
    aged.set_title("seen before, dB")
    aged.set_xlabel("frames since then")
    frame(aged, 0.85)
    for axis, (kind, own, label) in zip(swept, panels, strict=True):
        tried = sorted([*sweeps[kind], {"number": own} | sweeps["here"]], key=lambda row: row["number"])
        where = [row["number"] for row in tried]
        for place, colour in (("seen", GREEN), ("new", ORANGE)):
            if all(row[place].get("value") is not None for row in tried):
                curve(axis, where, [row[place] for row in tried], colour, PLACES[place], "-")
        axis.set_xscale("log")
        axis.set_xticks(where, [str(number) for number in where])
        axis.minorticks_off()
        axis.set_title("reprojected, dB")
        axis.set_xlabel(label)
        frame(axis, 0.35)
    return figure


def frame(axis: Axes, room: float) -> None:
    """As high as the values, whatever the intervals of few walks, with room for the legend above them."""
    values = [value for line in axis.get_lines() for value in line.get_ydata()]
    low, high = min(values) - 2, max(values) + 2
    axis.set_ylim(low, high + room * (high - low))
    axis.legend(fontsize=8, loc="upper left", ncols=1)


def curve(axis: Axes, where, cells, colour: str, label: str, style: str) -> None:
    low, high = ([cell[key] for cell in cells] for key in ("low", "high"))
    if len(where) > 1:
        axis.fill_between(where, low, high, color=colour, alpha=0.12, lw=0)
    axis.plot(where, [cell["value"] for cell in cells], f"o{style}", color=colour, ms=4.5, lw=1.7, label=label)


def memories_frames(result: Result, columns: int = 8) -> Figure:
    """One walk after the given frames: what is there, and what memories make of it."""
    shown = np.linspace(6, len(result.arrays["truth"]) - 1, columns).round().astype(int)
    names = [
        name
        for name in ("motion", "slots", "memory_raw", "reprojection", "reprojection_given")
        if name in result.arrays
    ]
    rows = [("what is there", INK, result.arrays["truth"][shown], [])]
    rows += [(LABELS[name], COLOURS[name], result.arrays[name][shown], []) for name in names]
    return draw_strips(rows, f"one walk, frames {2 * shown[0]} to {2 * shown[-1]} after the given ones")


def memories_film(result: Result) -> Animation:
    """The same path three times: what is there, without memory, with the reprojection that is best on known places."""
    with_memory = max(
        (name for name in ("reprojection", "reprojection_given") if name in result.arrays),
        key=lambda name: result.values["memories"][name]["continuation_seen"]["value"],
    )
    shown = {"what is there": "truth", "without memory": "motion", "with memory": with_memory}
    frames = side_by_side({label: result.arrays[name] for label, name in shown.items()}, 3, 16)
    return Animation(frames, fps=FPS, poster=len(frames) * 2 // 3, gif_every=3, gif_colours=64)

"""The three ways to hand the past over, below one and the same video so far."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.results import Result
from experiments.video_diffusion.drawings.timeline import CLIP, LEVEL, NEW, SIDE, arrow, box, frame, noised, row, say
from showcase.palette import BLUE, GRID, INK, METHOD, MUTED, ORANGE

HISTORY = METHOD["history_guidance"]
VIDEO, ROWS = 8.35, (5.85, 3.3, 0.75)  # where the video so far and the three inputs of the network stand


def three_ways(result: Result) -> Figure:
    """Each way's name, what reaches the network's input, and what ties it to the frames before."""
    frames = result.arrays["truth"][:15]
    figure = plt.figure(figsize=(7.2, 4.66), layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(-0.3, 15.3), ylim=(0.05, 10.15), aspect="equal")
    axis.set_axis_off()
    for k in range(10):
        frame(axis, frames[k], k, VIDEO, HISTORY if k < 5 else BLUE)
    for k in range(10, 15):
        axis.add_patch(Rectangle((k, VIDEO), SIDE, SIDE, fill=False, ec=NEW, ls=(0, (3, 2)), lw=1.3))
        say(axis, k + SIDE / 2, VIDEO + SIDE / 2, "?", NEW, size=13)
    say(axis, 0, VIDEO + 1.35, "the video so far", ha="left")
    say(axis, 15, VIDEO + 1.35, "to come", NEW, ha="right")
    noise = [noised(frames[5 + k], 1.0, k) for k in range(10)]
    _history(axis, ROWS[0], noise)
    _guidance(axis, ROWS[1], noise)
    known = [noised(frames[5 + k], LEVEL, k) for k in range(5)]
    _injection(axis, ROWS[2], known + noise[5:])
    return figure


def _title(axis, y: float, name: str, words: str, colour: str) -> None:
    axis.plot([0, 14.95], [y + 2.1, y + 2.1], color=GRID, lw=1)
    axis.text(0, y + 1.55, name, color=colour, fontsize=11, weight="bold", va="center")
    say(axis, 14.95, y + 1.55, words, MUTED, "right", 10)


def _history(axis, y: float, noise: list) -> None:
    _title(axis, y, "1  history guidance", "ten frames become a few tokens, read beside the noise", HISTORY)
    box(axis, 0, y, 5.3, SIDE, "encoder: frames → tokens", HISTORY)
    for k in range(6):
        axis.add_patch(Rectangle((6.4 + 0.32 * k, y + 0.7), 0.2, 0.2, fc=HISTORY, ec="none"))
    arrow(axis, (5.5, y + SIDE / 2), (9.8, y + SIDE / 2), HISTORY)
    row(axis, noise[5:], 10, y, [NEW] * 5)


def _guidance(axis, y: float, noise: list) -> None:
    _title(axis, y, "2  reconstruction guidance", "estimated known frames are pulled towards the real ones", ORANGE)
    row(axis, noise, 5, y, CLIP)
    box(axis, 0, y, 4.0, SIDE, "gradient of\nthe squared error", ORANGE)
    arrow(axis, (4.1, y + SIDE / 2), (4.9, y + SIDE / 2), ORANGE)


def _injection(axis, y: float, clip: list) -> None:
    _title(axis, y, "3  feature injection", "known frames, noised to the step's level, are put in", BLUE)
    row(axis, clip, 5, y, CLIP)
    box(axis, 0, y, 4.0, SIDE, "the frames\nthemselves", BLUE)
    arrow(axis, (4.1, y + SIDE / 2), (4.9, y + SIDE / 2), BLUE)
    say(axis, 10, y - 0.4, "input of the network at each step", INK, size=10)

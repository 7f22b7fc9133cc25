"""The one visual language of the methods' pictures: the video so far on top, the noisy clip below, ties between."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from experiments.results import Result
from showcase.palette import BLUE, INK, MUTED, PAPER

SIDE = 0.94  # of a frame, in units of the timeline
TOP, BOTTOM = 4.55, 0.55  # where the two rows of frames stand
LEVEL = 0.55  # noise level at which the noisy clip is drawn
TEXT = 10.5
NEW = MUTED  # frames to come; no method has this colour
CLIP = [BLUE] * 5 + [NEW] * 5  # known frames, new frames


def timeline(result: Result, seen: range, colour: str) -> tuple[Figure, plt.Axes, np.ndarray]:
    """Ten frames of a video so far, five still unknown, those that the method looks at in its colour."""
    frames = result.arrays["truth"][:15]
    figure = plt.figure(figsize=(6.4, 2.83), layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    for k in range(10):
        frame(axis, frames[k], k, TOP, colour if k in seen else MUTED)
    for k in range(10, 15):
        axis.add_patch(Rectangle((k, TOP), SIDE, SIDE, fill=False, ec=NEW, ls=(0, (3, 2)), lw=1.3))
        axis.text(k + SIDE / 2, TOP + SIDE / 2, "?", ha="center", va="center", color=NEW, fontsize=13)
    say(axis, 0, TOP + 1.35, "the video so far", ha="left")
    say(axis, 15, TOP + 1.35, "to come", NEW, ha="right")
    axis.set(xlim=(-0.3, 15.3), ylim=(-0.5, 6.4), aspect="equal")
    axis.set_axis_off()
    return figure, axis, frames


def frame(axis, picture, x: float, y: float, colour: str, size: float = SIDE) -> None:
    axis.imshow(picture, extent=(x, x + size, y, y + size), zorder=1)
    axis.add_patch(Rectangle((x, y), size, size, fill=False, ec=colour, lw=1.6, zorder=2))


def row(axis, pictures, start: float, y: float, colours: Sequence[str]) -> None:
    for k, (picture, colour) in enumerate(zip(pictures, colours, strict=True)):
        frame(axis, picture, start + k, y, colour)


def noised(picture: np.ndarray, level: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0.5, 0.25, picture.shape)
    return np.clip((1 - level) * picture / 255 + level * noise, 0, 1)


def guesses(frames: np.ndarray) -> list[np.ndarray]:
    """What an estimate in the middle of the path looks like: right in the large, without detail."""
    return [noised(f.mean((0, 1), keepdims=True) * 0.5 + 0.5 * f, 0.12, k) for k, f in enumerate(frames)]


def say(axis, x: float, y: float, words: str, colour: str = INK, ha: str = "center", size: float = TEXT) -> None:
    axis.text(x, y, words, ha=ha, va="center", fontsize=size, color=colour, linespacing=1.35, zorder=4)


def note(axis, x: float, y: float, words: str, colour: str) -> None:
    axis.text(
        x, y, words, ha="center", va="center", fontsize=TEXT, color=colour, zorder=4, linespacing=1.35,
        bbox={"boxstyle": "round,pad=0.35", "fc": PAPER, "ec": colour, "lw": 1.1},
    )  # fmt: skip


def box(axis, x: float, y: float, width: float, height: float, words: str, colour: str) -> None:
    """A box with its lower left corner at (x, y)."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.15", "fc": colour + "22", "ec": colour, "lw": 1.3}
    axis.add_patch(FancyBboxPatch((x, y), width, height, **style))
    say(axis, x + width / 2, y + height / 2, words)


def arrow(axis, start, end, colour: str, bend: float = 0.0, style: str = "-|>") -> None:
    look = {"arrowstyle": style, "color": colour, "lw": 1.6, "connectionstyle": f"arc3,rad={bend}"}
    axis.annotate("", end, start, arrowprops=look, zorder=3)

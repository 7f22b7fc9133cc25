"""One picture a method, in one visual language: known frames on top, the noisy clip below, what ties them between."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from experiments.results import Result
from showcase.palette import BLUE, INK, MUTED, ORANGE, PURPLE

SIDE = 0.94  # of a frame, in units of the timeline
TOP, BOTTOM = 4.55, 0.55  # where the two rows of frames stand
LEVEL = 0.55  # noise level at which the noisy clip is drawn


def _canvas(result: Result, seen: range, colour: str) -> tuple[Figure, plt.Axes, np.ndarray]:
    """The timeline: ten frames of a video so far, five still unknown, those that the method looks at in its colour."""
    frames = result.arrays["truth"][:15]
    figure, axis = plt.subplots(figsize=(7.2, 3.3))
    for k in range(10):
        _frame(axis, frames[k], k, TOP, colour if k in seen else MUTED)
    for k in range(10, 15):
        axis.add_patch(Rectangle((k, TOP), SIDE, SIDE, fill=False, ec=ORANGE, ls=(0, (3, 2)), lw=1.3))
        axis.text(k + SIDE / 2, TOP + SIDE / 2, "?", ha="center", va="center", color=ORANGE, fontsize=13)
    axis.text(0, TOP + 1.2, "the video so far", fontsize=10, color=INK)
    axis.text(15, TOP + 1.2, "to come", fontsize=10, color=ORANGE, ha="right")
    axis.set(xlim=(-0.2, 15.2), ylim=(-0.75, 6.3), aspect="equal")
    axis.set_axis_off()
    return figure, axis, frames


def _frame(axis, picture, x, y, colour, size=SIDE) -> None:
    axis.imshow(picture, extent=(x, x + size, y, y + size), zorder=1)
    axis.add_patch(Rectangle((x, y), size, size, fill=False, ec=colour, lw=1.6, zorder=2))


def _noised(frame: np.ndarray, level: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0.5, 0.25, frame.shape)
    return np.clip((1 - level) * frame / 255 + level * noise, 0, 1)


def _arrow(axis, start, end, colour, bend=0.0) -> None:
    arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "connectionstyle": f"arc3,rad={bend}"}
    axis.annotate("", end, start, arrowprops=arrow, zorder=3)


def _note(axis, x, y, text, colour) -> None:
    axis.text(
        x, y, text, ha="center", va="center", fontsize=9.5, color=colour, zorder=4, linespacing=1.4,
        bbox={"boxstyle": "round,pad=0.35", "fc": "white", "ec": colour, "lw": 1.1},
    )  # fmt: skip


def _row(axis, pictures, start, y, colours) -> None:
    for k, (picture, colour) in enumerate(zip(pictures, colours, strict=True)):
        _frame(axis, picture, start + k, y, colour)


def feature_injection(result: Result) -> Figure:
    """Known frames, noised to the current level, overwrite their part of the input at every step."""
    figure, axis, frames = _canvas(result, range(5, 10), BLUE)
    known = [_noised(frames[5 + k], LEVEL, k) for k in range(5)]
    fresh = [_noised(frames[10 + k], 1.0, 10 + k) for k in range(5)]
    _row(axis, known + fresh, 5, BOTTOM, [BLUE] * 5 + [ORANGE] * 5)
    for k in range(5, 10):
        _arrow(axis, (k + SIDE / 2, TOP - 0.05), (k + SIDE / 2, BOTTOM + SIDE + 0.08), BLUE)
    _note(axis, 7.5, 2.95, "add noise of the current level t,\nput in at every step", BLUE)
    axis.text(12.5, BOTTOM + 1.25, "denoised together", ha="center", fontsize=9.5, color=ORANGE)
    steps = result.values["injected_steps"]
    axis.text(
        10,
        BOTTOM - 0.45,
        f"input of each step, for the first {steps} of 1000; then free",
        ha="center",
        va="center",
        fontsize=9.5,
    )
    axis.text(2.3, 1.0, "no gradient\nno extra parameters", ha="center", va="center", fontsize=9.5, color=MUTED)
    return figure


def reconstruction_guidance(result: Result) -> Figure:
    """The model's own estimate of the known frames is compared with them; the gradient moves the noisy clip."""
    figure, axis, frames = _canvas(result, range(5, 10), BLUE)
    noisy = [_noised(frames[5 + k], 1.0, k) for k in range(10)]
    _row(axis, noisy, 5, BOTTOM, [BLUE] * 5 + [ORANGE] * 5)
    guess = [_noised(frames[5 + k].mean((0, 1), keepdims=True) * 0.5 + 0.5 * frames[5 + k], 0.12, k) for k in range(10)]
    for k, picture in enumerate(guess):
        _frame(axis, picture, 5 + k, 2.55, BLUE if k < 5 else ORANGE)
    axis.text(4.8, 2.55 + SIDE / 2, "estimate x̂", ha="right", va="center", fontsize=9.5)
    axis.text(4.8, BOTTOM + SIDE / 2, "noisy clip z", ha="right", va="center", fontsize=9.5)
    _arrow(axis, (12.5, BOTTOM + SIDE + 0.05), (12.5, 2.5), MUTED)
    axis.text(12.7, 2.0, "network", fontsize=9.5, color=MUTED, va="center")
    for k in (5, 7, 9):
        axis.annotate(
            "",
            (k + SIDE / 2, 3.55),
            (k + SIDE / 2, TOP - 0.05),
            arrowprops={"arrowstyle": "<|-|>", "color": BLUE, "lw": 1.4},
        )
    _note(axis, 7.5, 4.02, "squared error", BLUE)
    _arrow(axis, (7.5, 2.5), (7.5, BOTTOM + SIDE + 0.05), PURPLE)
    axis.text(7.3, 2.0, "gradient, back through the network", fontsize=9.5, color=PURPLE, va="center", ha="right")
    axis.text(
        10, BOTTOM - 0.45, "a step down the error at every denoising step", ha="center", va="center", fontsize=9.5
    )
    return figure


def history_guidance(result: Result) -> Figure:
    """Ten past frames become a few tokens; the estimate with them is pushed away from the one without."""
    figure, axis, frames = _canvas(result, range(10), PURPLE)
    axis.plot([0, 0, 9.95, 9.95], [TOP - 0.1, TOP - 0.28, TOP - 0.28, TOP - 0.1], color=PURPLE, lw=1.5)
    box = FancyBboxPatch(
        (2.6, 2.55), 4.7, 0.95, boxstyle="round,pad=0,rounding_size=0.15", fc=PURPLE + "22", ec=PURPLE, lw=1.3
    )
    axis.add_patch(box)
    axis.text(4.95, 3.02, "encoder: 10 frames → tokens", ha="center", va="center", fontsize=9.5)
    _arrow(axis, (4.95, TOP - 0.3), (4.95, 3.55), PURPLE)
    noisy = [_noised(frames[10 + k % 5], 1.0, k) for k in range(5)]
    _row(axis, noisy, 10, BOTTOM, [ORANGE] * 5)
    _arrow(axis, (7.35, 3.02), (9.2, 3.02), PURPLE)
    _note(axis, 12.0, 3.02, "x̂(z) + w · [ x̂(z, tokens) − x̂(z) ]", INK)
    _arrow(axis, (12.5, BOTTOM + SIDE + 0.05), (12.5, 2.55), MUTED)
    axis.text(12.7, 2.0, "network, twice", fontsize=9.5, color=MUTED, va="center")
    for k in range(6):
        axis.add_patch(Rectangle((7.62 + 0.24 * k, 3.2), 0.17, 0.17, fc=PURPLE, ec="none"))
    axis.text(12.5, BOTTOM - 0.45, "noisy new frames z", ha="center", va="center", fontsize=9.5)
    axis.text(4.0, 1.0, "whatever the tokens do not hold is lost", ha="center", va="center", fontsize=9.5, color=MUTED)
    return figure

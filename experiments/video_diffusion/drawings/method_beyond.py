"""Pictures of what goes beyond the three: a noise level a frame, and the hybrid."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.results import Result
from experiments.video_diffusion.drawings.timeline import (
    BOTTOM,
    CLIP,
    NEW,
    SIDE,
    TOP,
    arrow,
    frame,
    noised,
    note,
    row,
    say,
    timeline,
)
from showcase.palette import BLUE, INK, MUTED, PURPLE


def per_frame_noise(result: Result) -> Figure:
    """Every frame has a noise level of its own: the known ones stand nearly clean beside the noisy new ones."""
    figure, axis, frames = timeline(result, range(5, 10), BLUE)
    clip = [noised(frames[5 + k], 0.06 if k < 5 else 1.0, k) for k in range(10)]
    row(axis, clip, 5, BOTTOM + 1.15, CLIP)
    for k, colour in enumerate(CLIP):
        height = 0.06 if k < 5 else 0.85
        axis.add_patch(Rectangle((5 + k, BOTTOM), SIDE, height, fc=colour, ec="none", alpha=0.75))
        axis.plot([5 + k, 5 + k + SIDE], [BOTTOM, BOTTOM], color=INK, lw=1)
    for k in range(5, 10):
        arrow(axis, (k + SIDE / 2, TOP - 0.05), (k + SIDE / 2, BOTTOM + 1.15 + SIDE + 0.08), BLUE)
    note(axis, 7.5, 3.6, "nearly clean at every step", BLUE)
    say(axis, 12.5, 3.05, "denoised behind them", NEW)
    say(axis, 4.8, BOTTOM + 1.15 + SIDE / 2, "clip", ha="right")
    say(axis, 4.8, BOTTOM + 0.4, "noise level", ha="right")
    say(axis, 7.5, BOTTOM - 0.5, "guided: away from what the network makes of the new frames alone", MUTED)
    return figure


def hybrid(result: Result) -> Figure:
    """One path from noise to clip: first injection, then guidance, then free."""
    figure, axis, frames = timeline(result, range(5, 10), BLUE)
    phases = (
        (0.0, 3.0, "inject", BLUE, "the known frames\nset the place"),
        (3.0, 12.0, "guide", PURPLE, "the error on the known frames\nties the new ones to them"),
        (12.0, 15.0, "free", MUTED, "the model mends\nwhat is left"),
    )
    for start, end, name, colour, words in phases:
        axis.add_patch(Rectangle((start + 0.05, 2.3), end - start - 0.1, 0.62, fc=colour, ec="none", alpha=0.85))
        axis.text((start + end) / 2, 2.61, name, ha="center", va="center", color="white", fontsize=11, weight="bold")
        say(axis, (start + end) / 2, 3.5, words, colour)
    for k, level in enumerate((1.0, 0.86, 0.68, 0.5, 0.33, 0.16, 0.0)):
        pair = (0.1 + 2.13 * k, 0.1 + 2.13 * k + SIDE)
        for x, number, colour in ((pair[0], 9, BLUE), (pair[1], 10, NEW)):
            frame(axis, noised(frames[number], level, 30 + 2 * k + number), x, 1.0, colour)
    arrow(axis, (0, 0.55), (15, 0.55), INK)
    say(axis, 0, 0.0, "noise", ha="left")
    say(axis, 7.5, 0.0, "a known and a new frame on their way")
    say(axis, 15, 0.0, "video", ha="right")
    return figure

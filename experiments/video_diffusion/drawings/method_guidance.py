"""Pictures of the methods that steer the sample by what the network thinks of it."""

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
    box,
    guesses,
    noised,
    note,
    row,
    say,
    timeline,
)
from showcase.palette import BLUE, INK, METHOD, MUTED, PURPLE

HISTORY = METHOD["history_guidance"]
MIDDLE = 2.55  # where the estimate stands


def history_guidance(result: Result) -> Figure:
    """Ten past frames become a few tokens; the estimate with them is pushed away from the one without."""
    figure, axis, frames = timeline(result, range(10), HISTORY)
    axis.plot([0, 0, 9.95, 9.95], [TOP - 0.1, TOP - 0.28, TOP - 0.28, TOP - 0.1], color=HISTORY, lw=1.5)
    box(axis, 0.6, MIDDLE, 5.6, 0.95, "encoder: frames → tokens", HISTORY)
    arrow(axis, (3.4, TOP - 0.3), (3.4, 3.55), HISTORY)
    row(axis, [noised(frames[10 + k], 1.0, k) for k in range(5)], 10, BOTTOM, [NEW] * 5)
    arrow(axis, (6.3, 3.02), (8.6, 3.02), HISTORY)
    note(axis, 11.9, 3.02, "x̂(z) + w · [ x̂(z, tokens) − x̂(z) ]", INK)
    arrow(axis, (11.2, BOTTOM + SIDE + 0.05), (11.2, MIDDLE), MUTED)
    say(axis, 11.4, 2.0, "network, twice", MUTED, "left")
    for k in range(6):
        axis.add_patch(Rectangle((6.5 + 0.3 * k, 3.2), 0.2, 0.2, fc=HISTORY, ec="none"))
    say(axis, 12.5, BOTTOM - 0.5, "noisy new frames z")
    say(axis, 4.4, 1.0, "what the tokens do not hold is lost", MUTED)
    return figure


def reconstruction_guidance(result: Result) -> Figure:
    """The model's own estimate of the known frames is compared with them; the gradient moves the noisy clip."""
    figure, axis = _estimate(result)
    note(axis, 7.5, 4.02, "squared error", BLUE)
    arrow(axis, (7.5, 2.5), (7.5, BOTTOM + SIDE + 0.05), PURPLE)
    say(axis, 7.3, 2.0, "gradient, back through the network", PURPLE, "right")
    say(axis, 10, BOTTOM - 0.5, "one step down the error at every denoising step")
    return figure


def stabilised_guidance(result: Result) -> Figure:
    """The same, but a step is corrected until the estimate is good enough, before the next step is taken."""
    figure, axis = _estimate(result)
    note(axis, 7.5, 4.02, "small enough?", BLUE)
    arrow(axis, (5.3, 4.02), (3.5, 3.6), PURPLE, 0.15)
    box(axis, 0.5, MIDDLE - 0.05, 2.95, 1.05, "no: move z\nand look again", PURPLE)
    arrow(axis, (2.0, 2.45), (4.3, 1.05), PURPLE, 0.3)
    arrow(axis, (9.7, 4.02), (10.9, 4.02), MUTED)
    say(axis, 11.05, 4.02, "yes: next step", MUTED, "left")
    say(axis, 7.5, BOTTOM - 0.5, "enough: as in the real video at this level, and never worse than a step before")
    return figure


def _estimate(result: Result) -> tuple:
    """The clip below, the network's estimate of it above, and its comparison with the known frames."""
    figure, axis, frames = timeline(result, range(5, 10), BLUE)
    row(axis, [noised(frames[5 + k], 1.0, k) for k in range(10)], 5, BOTTOM, CLIP)
    row(axis, guesses(frames[5:15]), 5, MIDDLE, CLIP)
    say(axis, 4.8, MIDDLE + SIDE / 2, "x̂", ha="right")
    say(axis, 4.8, BOTTOM + SIDE / 2, "z", ha="right")
    arrow(axis, (12.5, BOTTOM + SIDE + 0.05), (12.5, MIDDLE - 0.05), MUTED)
    say(axis, 12.7, 2.0, "network", MUTED, "left")
    for k in (5, 9):
        arrow(axis, (k + SIDE / 2, MIDDLE + SIDE), (k + SIDE / 2, TOP), BLUE, style="<|-|>")
    return figure, axis

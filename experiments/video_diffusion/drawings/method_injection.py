"""Pictures of the methods that put the known frames into the network: at its input, or further in."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.results import Result
from experiments.video_diffusion.drawings.timeline import (
    BOTTOM,
    CLIP,
    LEVEL,
    NEW,
    SIDE,
    TOP,
    arrow,
    noised,
    note,
    row,
    say,
    timeline,
)
from showcase.palette import BLUE, INK, MUTED

LAYERS = (2.05, 2.75, 3.45)  # where the layers of the network stand
TOKEN = 0.5


def feature_injection(result: Result) -> Figure:
    """Known frames, noised to the current level, overwrite their part of the input at every step."""
    figure, axis, frames = timeline(result, range(5, 10), BLUE)
    known = [noised(frames[5 + k], LEVEL, k) for k in range(5)]
    fresh = [noised(frames[10 + k], 1.0, 10 + k) for k in range(5)]
    row(axis, known + fresh, 5, BOTTOM, CLIP)
    for k in range(5, 10):
        arrow(axis, (k + SIDE / 2, TOP - 0.05), (k + SIDE / 2, BOTTOM + SIDE + 0.08), BLUE)
    note(axis, 7.5, 2.95, "add noise of the step's level,\nput in at every step", BLUE)
    say(axis, 12.5, BOTTOM + 1.3, "denoised together", NEW)
    some, steps = injected(result)
    say(axis, 9.2, BOTTOM - 0.5, f"input of the first {some} of {steps} steps; then free")
    say(axis, 2.2, 1.0, "no gradient\nno extra parameters", MUTED)
    return figure


def injected(result: Result) -> tuple[int, int]:
    """How many of how many steps of a clip inject; the result counts them as parts of a thousand."""
    steps = result.values["steps"]
    return round(result.values["injected_steps"] * steps / 1000), steps


def hidden_injection(result: Result) -> Figure:
    """Inside the network, what it makes of the known frames replaces what it makes of their noisy version."""
    figure, axis = _two_passes(result)
    for y in LAYERS:
        arrow(axis, (4.5, y + TOKEN / 2), (5.35, y + TOKEN / 2), BLUE)
        _tokens(axis, 5.15, y, [BLUE] * 5, filled=True)
        _tokens(axis, 10.15, y, [NEW] * 5)
    say(axis, 7.5, BOTTOM - 0.5, "in every layer the known frames' features take the place of the clip's own")
    return figure


def key_value_injection(result: Result) -> Figure:
    """In every attention layer the new frames also read what the network makes of the known ones."""
    figure, axis = _two_passes(result)
    for y in LAYERS:
        _tokens(axis, 5.15, y, CLIP)
        for k, bend in ((6, 0.22), (11, 0.12)):
            arrow(axis, (4.4, y + TOKEN), (k + 0.5, y + TOKEN), BLUE, -bend)
    say(axis, 7.5, BOTTOM - 0.5, "in every layer the clip also attends to the known frames' keys and values")
    return figure


def _two_passes(result: Result) -> tuple:
    """The known frames through the network on their own (left), and the noisy clip (right), layer by layer."""
    figure, axis, frames = timeline(result, range(5, 10), BLUE)
    row(axis, [noised(frames[5 + k], 0.25, k) for k in range(5)], -0.15, BOTTOM, [BLUE] * 5)
    noisy = [noised(frames[5 + k], 1.0 if k > 4 else 0.85, 20 + k) for k in range(10)]
    row(axis, noisy, 5.15, BOTTOM, CLIP)
    for y in LAYERS:
        _tokens(axis, -0.15, y, [BLUE] * 5, filled=True)
    for x in (2.3, 10.1):
        arrow(axis, (x, BOTTOM + SIDE + 0.03), (x, LAYERS[0] - 0.03), MUTED)
    say(axis, 2.55, 1.76, "network", MUTED, "left", 9.5)
    say(axis, 10.35, 1.76, "the same network", MUTED, "left", 9.5)
    say(axis, 0, 4.22, "known frames", INK, "left", 9.5)
    say(axis, 15, 4.22, "noisy clip", INK, "right", 9.5)
    return figure, axis


def _tokens(axis, start: float, y: float, colours, filled: bool = False) -> None:
    """One layer's tokens, one square a frame."""
    for k, colour in enumerate(colours):
        face = colour if filled else colour + "33"
        axis.add_patch(Rectangle((start + k + 0.22, y), TOKEN, TOKEN, fc=face, ec=colour, lw=1.2, zorder=2))

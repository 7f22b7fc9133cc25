"""A walk that the model draws from nothing: out, around, back and around again, with and without memory."""

import numpy as np

from experiments.results import Result
from experiments.video_diffusion.drawings.side_by_side import side_by_side
from showcase.drawing import Animation

FPS = 8
SCALE, LETTERS = 5, 17  # screen pixels a pixel, and of a line of letters
BEGIN, HELD = 6, 10  # frames that are called the start; times that the last frame is shown


def walk(result: Result) -> Animation:
    """Both from the same noise. The walker ends where he began, and there the film holds, before it begins again."""
    shown = {"with memory": "remembering", "without memory": "forgetting"}
    frames = result.values["frames"]
    order = np.r_[: frames - 1, np.full(HELD, frames - 1)]
    notes = dict.fromkeys(range(BEGIN), "the start") | dict.fromkeys(range(frames - 1, len(order)), "back at the start")
    films = {name: result.arrays[kind][order] for name, kind in shown.items()}
    return Animation(
        side_by_side(films, SCALE, LETTERS, notes), fps=FPS, poster=len(order) - 1, gif_every=3, gif_colours=64
    )

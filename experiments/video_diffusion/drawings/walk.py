"""A walk that the model draws from nothing: out, around and back."""

from experiments.results import Result
from showcase.drawing import Animation

FPS = 8
SCALE = 4  # screen pixels a pixel


def walk(result: Result) -> Animation:
    """As it is with memory."""
    frames = result.arrays["remembering"].repeat(SCALE, axis=1).repeat(SCALE, axis=2)
    return Animation(frames, fps=FPS, poster=4, gif_every=3, gif_colours=96)

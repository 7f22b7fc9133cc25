"""One animation."""

from showcase.drawing import Animation, Drawing


def moving(replay):
    return Animation(replay.arrays["frames"], fps=5)


FIGURES = (Drawing("moving", ("replay",), moving, kind="film"),)

"""What a study's `figures.py` offers the build: drawings, each a pure function of results.

A drawing never opens or saves a file, and writes English: showcase/language.py makes figures in other languages of it.
By its kind it returns a matplotlib figure ("picture", saved as NAME.png), an `Animation` ("film", saved as NAME.gif,
NAME.mp4 and a poster NAME.png), pixels (H, W, 3) uint8 ("sprite", saved as NAME.webp), or what JSON can hold ("data",
saved as NAME.json, for a page's scripts).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SUFFIXES = {"picture": (".png",), "film": (".png", ".gif", ".mp4"), "sprite": (".webp",), "data": (".json",)}


@dataclass(frozen=True)
class Animation:
    """Frames (T, H, W, 3) uint8 and their rate; `poster` is the index of the frame that stands for the whole.

    A GIF weighs several times its film: `gif_every` frames make one of its own, `gif_colours` is its palette's size.
    """

    frames: np.ndarray
    fps: float
    poster: int = 0
    gif_every: int = 1
    gif_colours: int = 128


@dataclass(frozen=True)
class Drawing:
    """`draw(*results)` gets the results named in `needs`, in that order."""

    name: str  # file name without suffix, ASCII; DVM_arch, calls_vs_dimension
    needs: tuple[str, ...]  # names of the study's parts
    draw: Callable
    kind: str = "picture"  # of SUFFIXES
    frames: bool = False  # it shows frames of a video, whose colours stay as they are on a dark page
    words: bool = True  # a picture or film without any is the same in every language

    @property
    def files(self) -> tuple[str, ...]:
        """The files that saving makes, the picture first."""
        return files_of(self.name, self.kind)


def files_of(name: str, kind: str) -> tuple[str, ...]:
    """NAME.png, …; in another language NAME.zh.png."""
    return tuple(name + suffix for suffix in SUFFIXES[kind])

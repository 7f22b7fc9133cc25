"""What `extend` writes: films, and arrays that `score` and other programs read."""

from pathlib import Path
from typing import Any

import numpy as np

from experiments.film import Mp4
from experiments.results import atomic
from showcase.animation import save_gif
from showcase.drawing import Animation

SUFFIXES = (".mp4", ".gif", ".npz")


def output(path: Path, fps: float, known: dict[str, Any]) -> "Mp4 | Whole":
    """`with output(…) as film: film.add(frames)`, by the suffix; `known` is what a .npz holds beside its `video`."""
    if path.suffix.lower() == ".gif":
        return Whole(path, lambda frames, file: save_gif(Animation(frames, fps, gif_colours=256), file))
    if path.suffix.lower() == ".npz":
        return Whole(path, lambda frames, file: save_npz(file, video=frames, **known))
    return Mp4(path, fps)


def save_npz(path: Path, **arrays: Any) -> None:
    with atomic(path) as file:
        np.savez_compressed(file, **arrays)


class Whole:
    """The same as `Mp4` for what needs all frames at once: they are kept until the end."""

    def __init__(self, path: Path, save):
        self.path, self.save, self.frames = path, save, []

    def __enter__(self) -> "Whole":
        return self

    @property
    def count(self) -> int:
        return sum(map(len, self.frames))

    def add(self, frames: np.ndarray) -> None:
        """Frames (T, H, W, 3) uint8."""
        self.frames.append(frames)

    def __exit__(self, kind, error, trace):
        if kind is None or (kind is KeyboardInterrupt and self.frames):
            self.save(np.concatenate(self.frames), self.path)

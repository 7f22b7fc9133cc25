"""Video sources behind one interface: episodes by number, each (T, 64, 64, 3) uint8.

`MazeWalks` is the embedded data set. An episode is a function of its seed and length; a split is a range of seeds,
so that no maze is in two splits.
"""

from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.maze import Maze, carve, walk
from experiments.video_diffusion.raycaster import render

SPLITS = {"train": 0, "validation": 10_000_000, "test": 20_000_000}  # first seed of each


@dataclass(frozen=True)
class Episode:
    """What was seen, and the truth behind it: `poses` (T, 3) as x, y in blocks and heading in radians."""

    frames: np.ndarray
    poses: np.ndarray
    maze: Maze


@dataclass(frozen=True)
class MazeWalks:
    """Walks through mazes, a new maze an episode. `cells`, `loops`, `posters` set the difficulty (see `carve`)."""

    split: str = "train"
    length: int = 300  # frames an episode
    size: int = 64  # pixels a side
    cells: int = 5
    loops: float = 0.15
    posters: float = 0.2

    def __post_init__(self):
        if self.split not in SPLITS:
            raise InputError(f"no split '{self.split}' (known: {', '.join(SPLITS)})")

    def episode(self, number: int) -> Episode:
        """Episode `number`, the same at every call with the same settings."""
        rng = np.random.default_rng(SPLITS[self.split] + number)
        maze = carve(rng, self.cells, self.loops, self.posters)
        poses = walk(maze, rng, self.length)
        return Episode(render(maze, poses, self.size), poses, maze)

    def frames(self, numbers) -> np.ndarray:
        """Several episodes (N, T, size, size, 3) uint8."""
        return np.stack([self.episode(int(number)).frames for number in numbers])

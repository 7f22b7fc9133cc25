"""Walks through mazes that a game's engine draws: the second world, by the walker and with the maps of the first.

Every maze of `MazeWalks` is a map of Doom here, with brick walls, panels in place of posters, and two floors; mazes,
poses and splits are the same, pictures are not. So whatever learns or is measured on mazes does so here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SIDE, Episode
from experiments.video_diffusion.data.doom_engine import camera, vizdoom
from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.maze_walks import FIRST, MazeWalks

TOGETHER = 64  # mazes that one start of the engine loads


@dataclass(frozen=True)
class DoomMazes(MazeWalks):
    """`MazeWalks` seen by ViZDoom, whose walls have one texture. Raises InputError without the package."""

    def __post_init__(self):
        super().__post_init__()
        if self.walk != "continuous" or self.pixels != SIDE:
            raise InputError(f"doom: walks are continuous, and frames {SIDE}×{SIDE}")
        vizdoom()

    def part(self, number: int, first: int, count: int | None = None) -> Episode:
        if not camera().knows(self._maze(number)):
            begin = number - number % TOGETHER
            self.expect([self._maze(n) for n in range(begin, min(begin + TOGETHER, len(self)))])
        return super().part(number, first, count)

    def view(self, maze: Maze, poses: np.ndarray, textures: float = 0.0, smooth: bool = True) -> np.ndarray:
        """Frames (T, 64, 64, 3) uint8 of any maze seen from poses (T, 3). The engine has textures of its own."""
        return camera().draw(maze, poses)

    def expect(self, mazes: Sequence[Maze]) -> None:
        """Loads them together: a start of the engine takes half a second."""
        camera().load(mazes)

    def _maze(self, number: int) -> Maze:
        return self.carved(np.random.default_rng(FIRST[self.split] + number))

"""Mazes of DeepMind Lab: its own level generator, which the package labmaze has, with our ray caster.

A level is a text of walls and rooms (Beattie et al. 2016): rooms of several blocks, joined by corridors one block wide.
"""

from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.maze import Maze, decorated
from experiments.video_diffusion.data.maze_walks import MazeWalks


@dataclass(frozen=True)
class LabMazes(MazeWalks):
    """`MazeWalks` in levels of DeepMind Lab. `difficulty.loops` is the chance of a further connection between two of
    its parts; every other room has an orange floor. Raises InputError without the package."""

    def __post_init__(self):
        super().__post_init__()
        if self.walk != "continuous":
            raise InputError("maze: levels=labmaze has rooms, in which there is no lattice walk")
        labmaze()

    def carved(self, rng: np.random.Generator) -> Maze:
        fewer = int(rng.integers(self.difficulty.smaller + 1)) if self.difficulty.smaller else 0
        size = self.difficulty.size - fewer
        level = labmaze().RandomMaze(
            height=2 * size + 1,
            width=2 * size + 1,
            max_rooms=size,
            room_min_size=3,
            room_max_size=3 if size < 5 else 5,
            extra_connection_probability=self.difficulty.loops,
            random_seed=int(rng.integers(2**31)),
        )
        walls = np.array([list(row) for row in str(level.entity_layer).splitlines()]) == "*"
        rooms = np.array([list(row) for row in str(level.variations_layer).splitlines()])
        orange = np.isin(rooms, list("ACEGIKMOQSUWY")).astype(np.int8)
        return decorated(walls, orange, rng, self.difficulty)


def labmaze():
    """The package. Raises InputError without it."""
    try:
        import labmaze
    except ImportError as error:
        raise InputError('levels: the package labmaze is missing; `pip install -e ".[labmaze]"` brings it') from error
    return labmaze

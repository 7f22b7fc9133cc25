"""The embedded data set: walks through mazes, without a download and with the truth behind every frame."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SIDE, Dataset, Episode
from experiments.video_diffusion.data.maze import Difficulty, Maze, carve, walk
from experiments.video_diffusion.data.raycaster import render
from experiments.video_diffusion.data.walker import in_free_space, stroll

AHEAD = 512  # episodes drawn before the first of them is asked for
WALKS = ("continuous", "lattice")
FIRST = {"train": 0, "validation": 10_000_000, "test": 20_000_000}  # seed of each split's episode 0


@dataclass(frozen=True)
class Path:
    """A walk that nobody has drawn yet: its maze, poses (T, 3) and actions (T, 2), see `walker.stroll`."""

    maze: Maze
    poses: np.ndarray
    actions: np.ndarray


@dataclass(frozen=True)
class MazeWalks(Dataset):
    """Walks through mazes, a new maze an episode. An episode is a function of its seed, length, walk and difficulty;
    a split is a range of seeds, so that no maze is in two splits.

    `walk` is "continuous" (see `walker`) or "lattice": a walker on four stances a block and sixteen headings, drawn
    with textures of hard texels, who sees finitely many views; a named control.
    """

    split: str = "train"
    length: int = 300  # frames an episode
    difficulty: Difficulty = Difficulty()
    walk: str = "continuous"
    pixels: int = SIDE  # a side

    def __post_init__(self):
        if self.split not in FIRST:
            raise InputError(f"maze: no split '{self.split}' (known: {', '.join(FIRST)})")
        if self.walk not in WALKS:
            raise InputError(f"maze: no walk '{self.walk}' (known: {', '.join(WALKS)})")

    def __len__(self) -> int:
        return 10_000_000

    def episode(self, number: int) -> Episode:
        return self.part(number, 0)

    def part(self, number: int, first: int, count: int | None = None) -> Episode:
        """`count` frames of an episode from frame `first` on; all that follow without it. No others are drawn."""
        path = self.path(number)
        frames = np.arange(self.length)[first:][:count]
        poses, actions = path.poses[frames], path.actions[frames]
        return Episode(self.draw(path, frames), poses, actions, path.maze, f"maze {number}")

    def path(self, number: int) -> Path:
        """Where episode `number` leads. Nothing is drawn."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        rng = np.random.default_rng(FIRST[self.split] + number)
        maze = self.carved(rng)
        return Path(maze, *(walk if self.walk == "lattice" else stroll)(maze, rng, self.length))

    def carved(self, rng: np.random.Generator) -> Maze:
        """The maze of an episode, the first thing that is drawn from its seed."""
        return carve(rng, self.difficulty)

    def draw(self, path: Path, frames: np.ndarray) -> np.ndarray:
        """Chosen frames (len(frames), pixels, pixels, 3) uint8 of a path. Raises InputError for poses in a wall."""
        in_free_space(path.maze, path.poses[frames])
        return self.view(path.maze, path.poses[frames], self.difficulty.textures, self.walk != "lattice")

    def view(self, maze: Maze, poses: np.ndarray, textures: float, smooth: bool = True) -> np.ndarray:
        """Frames (T, pixels, pixels, 3) uint8 of any maze seen from poses (T, 3), see `raycaster.render`."""
        return render(maze, poses, self.pixels, textures, smooth)

    def expect(self, mazes: Sequence[Maze]) -> None:
        """Mazes that are drawn next, told beforehand to whom that saves work."""

    def drawn(self, count: int, processes: int) -> Iterator[Episode]:
        """The first `count` episodes, drawn by several processes a few hundred ahead of what is taken."""
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            for first in range(0, count, AHEAD):
                yield from pool.map(self.episode, range(first, min(first + AHEAD, count)), chunksize=8)

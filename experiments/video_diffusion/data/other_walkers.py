"""Walkers beside that of the data: a ruler that passes real video of one walker must pass that of these too."""

from collections.abc import Callable

import numpy as np

from experiments.video_diffusion.data.maze import Difficulty, Maze, carve, walk
from experiments.video_diffusion.data.maze_walks import MazeWalks, Path
from experiments.video_diffusion.data.walker import Body, Pace, kept_off, stroll, wanderer

SMALL = Difficulty(size=4)  # a maze in which one comes back
SIDEWAYS = 0.06  # blocks a frame that a drifting walker slides at most


def walked(kind: str, seed: int, frames: int, difficulty: Difficulty = SMALL) -> Path:
    """A path of one of OTHERS, or "own" for the walker of the data, in a maze of its own that no split has."""
    rng = np.random.default_rng((11, seed))
    maze = carve(rng, difficulty)
    made = Lattice if kind == "lattice" else Path
    return made(maze, *(stroll if kind == "own" else OTHERS[kind])(maze, rng, frames))


def varied(seed: int, frames: int, difficulty: Difficulty = SMALL) -> Path:
    """A path of a walker of any pace from very slow to very fast, who may drift, of the walker of the data, or of the
    lattice's: what the judge of transitions learns from."""
    rng = np.random.default_rng((13, seed))
    maze, kind = carve(rng, difficulty), rng.random()
    if kind < 0.15:
        return Lattice(maze, *walk(maze, rng, frames))
    speed, turn, sideways = rng.uniform(0.06, 0.46), rng.uniform(4, 28), max(0.0, rng.uniform(-0.08, 0.08))
    own = stroll if kind < 0.45 else _paced(speed, turn, sideways)
    return Path(maze, *own(maze, rng, frames))


class Lattice(Path):
    """A path of the lattice walker, whose world has hard texels."""


def draw(path: Path, walks: MazeWalks | None = None) -> np.ndarray:
    """All its frames (T, 64, 64, 3) uint8, as `walks` are drawn; by the ray caster without them."""
    hard = isinstance(path, Lattice)
    return (walks or MazeWalks()).view(path.maze, path.poses, 1.0 if hard else 0.4, not hard)


def _paced(speed: float, turn: float, sideways: float = 0.0) -> Callable:
    """A wanderer of at most this speed (blocks a frame) and turn (degrees a frame), who slides to either side by
    turns."""

    def stroll_so(maze: Maze, rng: np.random.Generator, frames: int) -> tuple[np.ndarray, np.ndarray]:
        row, column = (int(i) for i in rng.permutation(np.argwhere(~maze.walls))[0])
        x, y = kept_off(maze, column + rng.uniform(0.2, 0.8), row + rng.uniform(0.2, 0.8))
        pace = Pace(speed, np.deg2rad(turn), 0.5)
        body = Body(x, y, rng.uniform(-np.pi, np.pi))
        asking, period, poses, actions = wanderer(maze, rng, body, pace), rng.uniform(15, 40), [], []
        for k in range(frames):
            poses.append((body.x, body.y, body.heading))
            actions.append(next(asking))
            body.step(maze, actions[-1], pace.inertia)
            slide = sideways * np.sin(2 * np.pi * k / period)
            body.x, body.y = kept_off(
                maze, body.x - slide * np.sin(body.heading), body.y + slide * np.cos(body.heading)
            )
        return np.array(poses), np.array(actions)

    return stroll_so


OTHERS: dict[str, Callable] = {
    "slow": _paced(0.1, 6),
    "fast": _paced(0.38, 22),
    "drifting": _paced(0.22, 13, SIDEWAYS),
    "lattice": walk,
}

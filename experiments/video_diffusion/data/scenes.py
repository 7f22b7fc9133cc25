"""What a frame shows, from the map behind it: how far the walls are, which posters hang there, which tiles lie ahead.

Directions are columns of the picture, places on the floor are depths along them.
"""

from dataclasses import dataclass

import numpy as np

from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.raycaster import POSTER_HALF, cast
from experiments.video_diffusion.data.walker import kept_off

COLUMNS = 32  # directions over the field of view of 90°
TILES = (0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0)  # blocks ahead at which the floor is looked at


@dataclass(frozen=True)
class Scenes:
    """Of frames seen from poses (N, 3): `inverse_depth` (N, COLUMNS) of the walls, `poster` (N, COLUMNS) there, 0 for
    none, `orange` (N, COLUMNS, len(TILES)) bool of the floor, and whether it is `bare`, with no wall in front."""

    inverse_depth: np.ndarray
    poster: np.ndarray
    orange: np.ndarray
    bare: np.ndarray


def scenes(maze: Maze, poses: np.ndarray) -> Scenes:
    """The truth behind frames of `maze` seen from poses (N, 3)."""
    depth, face, bx, by, along = cast(maze, poses, COLUMNS)
    hung = maze.posters[by, bx, face]
    poster = np.where(np.abs(along - 0.5) < POSTER_HALF, hung, 0)
    x, y = floor_points(poses)
    limit = len(maze.walls) - 1
    tile = maze.floor[np.clip(np.floor(y), 0, limit).astype(int), np.clip(np.floor(x), 0, limit).astype(int)]
    bare = depth[..., None] > np.array(TILES) + 0.02
    return Scenes(1 / np.maximum(depth, 1e-3), poster, tile == 1, bare)


def floor_points(poses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (N, COLUMNS, len(TILES)), of the points at TILES along the columns."""
    x, y, angle = (poses[:, k, None, None] for k in range(3))
    u = directions()[None, :, None]
    far = np.array(TILES)
    return x + far * (np.cos(angle) - u * np.sin(angle)), y + far * (np.sin(angle) + u * np.cos(angle))


def directions() -> np.ndarray:
    """How far to the right (COLUMNS,) each column looks, in units of how far ahead."""
    return (np.arange(COLUMNS) + 0.5) / COLUMNS * 2 - 1


def random_stances(maze: Maze, rng: np.random.Generator, count: int) -> np.ndarray:
    """Poses (count, 3) anywhere in free space, the walker's radius from its walls, looking anywhere."""
    blocks = np.argwhere(~maze.walls)
    row, column = blocks[rng.integers(len(blocks), size=count)].T
    at = rng.uniform(0.01, 0.99, (count, 2))
    places = [kept_off(maze, x, y) for x, y in zip(column + at[:, 0], row + at[:, 1], strict=True)]
    return np.column_stack([np.array(places), rng.uniform(-np.pi, np.pi, count)])

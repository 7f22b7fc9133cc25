"""Mazes and the walks through them: the map and the pose behind every frame.

A maze is a grid of unit blocks, wall or open, as in DeepMind Lab's text levels: corridors one block wide, carved by
depth-first search, with some walls taken out again so that there are loops and junctions.
"""

from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError

HEADINGS = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])  # east, south, west, north (x right, y down)


@dataclass(frozen=True)
class Maze:
    """`walls` (2n+1, 2n+1) bool, indexed [y, x]. Floor and posters are decoration that a frame must keep in place."""

    walls: np.ndarray
    floor: np.ndarray  # (2n+1, 2n+1) int8: 0 grey-blue, 1 orange
    posters: np.ndarray  # (2n+1, 2n+1, 4) int8: poster on the face towards heading k, 0 for none


@dataclass(frozen=True)
class Difficulty:
    """How much a model has to learn: `size` rooms a side, up to `smaller` fewer in a maze; `loops` and `posters` are
    the shares of inner walls taken out and of wall faces hung; `textures` is the strength of walls' and floor's noise,
    0 for plain colours."""

    size: int = 5
    smaller: int = 0
    loops: float = 0.15
    posters: float = 0.2
    textures: float = 0.4

    def __post_init__(self):
        if not 2 <= self.size <= 99:
            raise InputError(f"maze: size is {self.size}; 2 to 99 rooms a side are possible")
        if not 0 <= self.smaller <= self.size - 2:
            raise InputError(f"maze: smaller is {self.smaller}; 0 to {self.size - 2} with {self.size} rooms a side")
        for name, most in (("loops", 1), ("posters", 1), ("textures", 4)):
            if not 0 <= getattr(self, name) <= most:
                raise InputError(f"maze: {name} is {getattr(self, name)}; it must lie between 0 and {most}")


def carve(rng: np.random.Generator, difficulty: Difficulty = Difficulty()) -> Maze:
    """A maze in which every room can be reached."""
    fewer = int(rng.integers(difficulty.smaller + 1)) if difficulty.smaller else 0
    size = 2 * (difficulty.size - fewer) + 1
    walls = np.ones((size, size), bool)
    trail = [(1, 1)]
    walls[1, 1] = False
    while trail:
        x, y = trail[-1]
        for dx, dy in HEADINGS[rng.permutation(4)]:
            u, v = x + 2 * dx, y + 2 * dy
            if 0 < u < size and 0 < v < size and walls[v, u]:
                walls[y + dy, x + dx] = walls[v, u] = False
                trail.append((u, v))
                break
        else:
            trail.pop()
    # Only blocks between two rooms may open: their x and y differ in parity, the pillars at even/even stay.
    y, x = np.indices(walls.shape)
    inner = walls & ((x + y) % 2 == 1) & (x > 0) & (y > 0) & (x < size - 1) & (y < size - 1)
    walls &= ~(inner & (rng.random(walls.shape) < difficulty.loops))
    return decorated(walls, (rng.random(walls.shape) < 0.25).astype(np.int8), rng, difficulty)


def decorated(walls: np.ndarray, floor: np.ndarray, rng: np.random.Generator, difficulty: Difficulty) -> Maze:
    """A maze of these walls and this floor, with posters on a share of its faces."""
    hung = rng.random((*walls.shape, 4)) < difficulty.posters
    return Maze(walls, floor, (hung * rng.integers(1, 7, hung.shape)).astype(np.int8))


def walk(
    maze: Maze, rng: np.random.Generator, frames: int, frames_per_block: int = 4, frames_per_turn: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """A walk on the lattice: poses (frames, 3) float64 as x, y (blocks) and heading (radians, unwrapped).

    Beside them actions (frames, 2): the speed (blocks a frame) and turn (radians a frame) to the next frame.

    Straight on where there is nothing else, any way but back at a junction, around at a dead end. Each frame moves
    1/frames_per_block of a block or 1/frames_per_turn of a quarter turn; nothing happens between frames.
    """
    rooms = np.argwhere(~maze.walls)
    y, x = rooms[rng.integers(len(rooms))]
    heading = int(rng.integers(4))
    angle = heading * np.pi / 2
    poses = [(x + 0.5, y + 0.5, angle)]
    while len(poses) < frames + frames_per_block * frames_per_turn:
        ahead = [turn for turn in (0, 1, -1) if _open(maze, x, y, heading + turn)]
        turn = int(ahead[rng.integers(len(ahead))]) if ahead else int(rng.choice((-2, 2)))
        for _ in range(abs(turn) * frames_per_turn):
            angle += np.sign(turn) * np.pi / 2 / frames_per_turn
            poses.append((x + 0.5, y + 0.5, angle))
        heading += turn
        dx, dy = HEADINGS[heading % 4]
        for step in range(1, frames_per_block + 1):
            part = step / frames_per_block
            poses.append((x + 0.5 + dx * part, y + 0.5 + dy * part, angle))
        x, y = x + dx, y + dy
    # A random start within the first move, so that clips begin at every phase of a step.
    start = int(rng.integers(frames_per_block * frames_per_turn))
    steps = np.diff(np.array(poses[start : start + frames + 1]), axis=0)
    actions = np.column_stack([np.hypot(steps[:, 0], steps[:, 1]), steps[:, 2]])
    return np.array(poses[start : start + frames]), actions


def _open(maze: Maze, x: int, y: int, heading: int) -> bool:
    dx, dy = HEADINGS[heading % 4]
    return not maze.walls[y + dy, x + dx]

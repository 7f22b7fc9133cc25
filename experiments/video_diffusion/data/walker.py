"""Continuous walks: any stance, any heading, speed and turning rate that change smoothly.

A walker is a disc of radius `RADIUS` that slides along walls. At every frame it is asked for a speed and a turning
rate (its actions); it follows them with inertia. Two kinds of walker ask: a wanderer, who goes on where he can, turns
at junctions, turns back at dead ends, drifts, cuts corners, slows down, stops and looks around; and a player at a
keyboard, who also stands still, turns on the spot and back, walks backwards and runs against walls.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.maze import HEADINGS, Maze
from experiments.video_diffusion.memory.angles import wrapped

RADIUS = 0.2  # blocks: no eye comes nearer to a wall
PLAYERS = 0.25  # share of the walks that a player makes


@dataclass(frozen=True)
class Pace:
    """How fast a walker is at most: `speed` in blocks a frame, `turn` in radians a frame; `inertia` in [0, 1) is what a
    frame keeps of the last one's velocity."""

    speed: float
    turn: float
    inertia: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Pace":
        return cls(rng.uniform(0.15, 0.3), np.deg2rad(rng.uniform(9, 18)), rng.uniform(0.3, 0.7))


@dataclass
class Body:
    """Where a walker stands and how he moves: x, y in blocks, heading in radians (unwrapped)."""

    x: float
    y: float
    heading: float
    speed: float = 0.0
    turn: float = 0.0

    def step(self, maze: Maze, asked: tuple[float, float], inertia: float) -> None:
        """One frame: towards the asked (speed, turn), along an arc, never nearer than RADIUS to a wall."""
        self.speed = inertia * self.speed + (1 - inertia) * asked[0]
        self.turn = inertia * self.turn + (1 - inertia) * asked[1]
        middle = self.heading + self.turn / 2
        x, y = self.x, self.y
        for _ in range(2):  # half a step is shorter than RADIUS: no wall is passed through
            x, y = kept_off(maze, x + self.speed / 2 * np.cos(middle), y + self.speed / 2 * np.sin(middle))
        self.heading += self.turn
        # Who is stopped by a wall loses his speed: he does not dart off when he turns away from it.
        self.speed = (x - self.x) * np.cos(middle) + (y - self.y) * np.sin(middle)
        self.x, self.y = x, y


def kept_off(maze: Maze, x: float, y: float) -> tuple[float, float]:
    """A point of free space, moved away from the walls that are nearer than RADIUS: sides before corners."""
    column, row = int(np.floor(x)), int(np.floor(y))
    for dx, dy in HEADINGS:
        if maze.walls[row + dy, column + dx]:
            if dx:
                x = min(x, column + 1 - RADIUS) if dx > 0 else max(x, column + RADIUS)
            else:
                y = min(y, row + 1 - RADIUS) if dy > 0 else max(y, row + RADIUS)
    for dx in (0, 1):
        for dy in (0, 1):
            corner = np.array([column + dx, row + dy])
            beyond = maze.walls[row + 2 * dy - 1, column + 2 * dx - 1]
            away = np.array([x, y]) - corner
            distance = np.hypot(*away)
            if beyond and distance < RADIUS:
                # Who stands on the very corner goes back into his block.
                out = away / distance if distance > 1e-9 else np.array([1 - 2 * dx, 1 - 2 * dy]) / np.sqrt(2)
                x, y = corner + RADIUS * out
    return float(x), float(y)


def stroll(maze: Maze, rng: np.random.Generator, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """A walk: poses (frames, 3) float64 as x, y (blocks) and heading (radians, unwrapped), and actions (frames, 2): the
    speed (blocks a frame) and turn (radians a frame) asked for between a frame and the next."""
    row, column = (int(i) for i in rng.permutation(np.argwhere(~maze.walls))[0])
    x, y = kept_off(maze, column + rng.uniform(0.2, 0.8), row + rng.uniform(0.2, 0.8))
    body, pace = Body(x, y, rng.uniform(-np.pi, np.pi)), Pace.drawn(rng)
    asking = (player if rng.random() < PLAYERS else wanderer)(maze, rng, body, pace)
    poses, actions = [], []
    for _ in range(frames):
        poses.append((body.x, body.y, body.heading))
        actions.append(next(asking))
        body.step(maze, actions[-1], pace.inertia)
    return np.array(poses), np.array(actions)


def wanderer(maze: Maze, rng: np.random.Generator, body: Body, pace: Pace) -> Iterator[tuple[float, float]]:
    """Follows points in the blocks ahead, one after the other, and pauses now and then."""
    here, toward = (int(body.x), int(body.y)), int(np.round(body.heading / (np.pi / 2)))
    while True:
        ways = [turn for turn in (0, 1, -1) if is_open(maze, *here, toward + turn)] or [2]
        toward += int(rng.choice(ways))
        here = (here[0] + HEADINGS[toward % 4][0], here[1] + HEADINGS[toward % 4][1])
        target = np.array(here) + rng.uniform(0.28, 0.72, 2)
        cruise = pace.speed * rng.uniform(0.6, 1.0)
        for _ in range(60):  # a target that inertia keeps him circling around is given up
            ahead = target - (body.x, body.y)
            if np.hypot(*ahead) < 0.35:
                break
            off = wrapped(np.arctan2(ahead[1], ahead[0]) - body.heading)
            yield cruise * max(0.0, np.cos(off)) ** 2, float(np.clip(0.6 * off, -pace.turn, pace.turn))
        if rng.random() < 0.06:
            yield from look_around(rng, pace)


def look_around(rng: np.random.Generator, pace: Pace) -> Iterator[tuple[float, float]]:
    """Stops, turns by some angle, and half of the time back again."""
    yield from ((0.0, 0.0) for _ in range(rng.integers(1, 9)))
    turn = pace.turn * rng.uniform(0.3, 1.0) * rng.choice((-1, 1))
    frames = int(np.ceil(rng.uniform(0.3, 3.3) / abs(turn)))
    yield from ((0.0, turn) for _ in range(frames))
    yield from ((0.0, 0.0) for _ in range(rng.integers(0, 6)))
    if rng.random() < 0.5:
        yield from ((0.0, -turn) for _ in range(frames))


def player(maze: Maze, rng: np.random.Generator, body: Body, pace: Pace) -> Iterator[tuple[float, float]]:
    """Keys held for a while: full speed or none, full turn or none."""
    while True:
        blocked = not clear_ahead(maze, body)
        kind = rng.random()
        if kind < 0.06:
            yield from ((0.0, 0.0) for _ in range(rng.integers(3, 16)))
        elif kind < 0.16:
            yield from look_around(rng, pace)
        elif kind < 0.26:
            yield from ((-pace.speed, 0.0) for _ in range(rng.integers(3, 16)))
        elif blocked and kind < 0.8:
            yield from turn_to_the_open(maze, rng, body, pace)
        elif kind < 0.85:
            for _ in range(rng.integers(4, 20)):
                if not clear_ahead(maze, body):
                    break
                yield pace.speed, 0.0
        else:  # whatever is ahead
            turn = pace.turn * rng.integers(-1, 2)
            yield from ((pace.speed, turn) for _ in range(rng.integers(3, 14)))


def turn_to_the_open(maze: Maze, rng: np.random.Generator, body: Body, pace: Pace) -> Iterator[tuple[float, float]]:
    """Turns on the spot, one way, until there is room ahead."""
    turn = pace.turn * rng.choice((-1, 1))
    for _ in range(int(np.ceil(2 * np.pi / pace.turn))):
        yield 0.0, turn
        if clear_ahead(maze, body):
            break


def clear_ahead(maze: Maze, body: Body, reach: float = 0.7) -> bool:
    """Whether the point `reach` blocks ahead is free."""
    x, y = body.x + reach * np.cos(body.heading), body.y + reach * np.sin(body.heading)
    return not maze.walls[int(np.floor(y)), int(np.floor(x))]


def is_open(maze: Maze, x: int, y: int, toward: int) -> bool:
    """Whether the block next to (x, y) towards heading number `toward` is free."""
    dx, dy = HEADINGS[toward % 4]
    return not maze.walls[y + dy, x + dx]


def in_free_space(maze: Maze, poses: np.ndarray) -> None:
    """Raises InputError, with the first such frame, for poses (T, 3) that are no numbers or stand in a wall; on its
    very face is still before it."""
    if not (whole := np.isfinite(poses).all(1)).all():
        raise InputError(f"the pose of frame {int(whole.argmin())} is not a number")
    free = np.zeros(len(poses), bool)
    for dx in (-1e-6, 1e-6):
        for dy in (-1e-6, 1e-6):
            column, row = np.floor(poses[:, 0] + dx).astype(int), np.floor(poses[:, 1] + dy).astype(int)
            there = (row >= 0) & (column >= 0) & (row < maze.walls.shape[0]) & (column < maze.walls.shape[1])
            free[there] |= ~maze.walls[row[there], column[there]]
    if not free.all():
        frame = int(free.argmin())
        raise InputError(f"the pose of frame {frame} stands in a wall, at {poses[frame, 0]:.2f}, {poses[frame, 1]:.2f}")

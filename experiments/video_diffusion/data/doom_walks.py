"""Walks through maps that others made: the levels that come with ViZDoom, or any WAD.

The walker is of the kind of `walker.stroll`, but it is the engine that moves him, with its own inertia and walls: he
goes to places all over the floor, slows down in bends, stops, looks around and turns back; a quarter of the walks are
a player's, who holds keys. One map is one place: its splits are other walks, not other places.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import Dataset, Episode
from experiments.video_diffusion.data.doom_engine import Engine, square, vizdoom
from experiments.video_diffusion.data.doom_floor import PITCH, Floor, floor_of
from experiments.video_diffusion.data.doom_maps import bare
from experiments.video_diffusion.data.doom_wad import maps_in
from experiments.video_diffusion.data.maze_walks import FIRST
from experiments.video_diffusion.data.walker import PLAYERS, Body, Pace, look_around
from experiments.video_diffusion.memory.angles import wrapped

AHEAD = 3  # stances on his way that a walker looks ahead


@dataclass(frozen=True)
class DoomWalks(Dataset):
    """Walks through one level of a WAD: `map` is one of ViZDoom's scenarios, such as my_way_home, or a path; `level` is
    a map in it, the first one without it. Raises InputError without the package, for a WAD that is missing or broken,
    and for a level without floor to walk on."""

    map: str
    split: str = "train"
    length: int = 300
    level: str = ""
    wad: Path = field(init=False, repr=False)
    floor: Floor = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if self.split not in FIRST:
            raise InputError(f"doom: no split '{self.split}' (known: {', '.join(FIRST)})")
        path = found(self.map)
        maps = maps_in(path)
        level = self.level or next(iter(maps))
        if level not in maps:
            raise InputError(f"{path}: no level {level} (it has: {', '.join(maps)})")
        object.__setattr__(self, "wad", path)
        object.__setattr__(self, "level", level)
        object.__setattr__(self, "floor", floor_of(path, level, maps[level]))

    def __len__(self) -> int:
        return 10_000_000

    def episode(self, number: int) -> Episode:
        """Walk `number`. Raises InputError when the engine cannot load the level."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        seed = FIRST[self.split] + number
        rng = np.random.default_rng([zlib.crc32(self.level.encode()), seed])
        walk = Walk(running(self.wad, self.level), self.floor, rng, seed)
        frames, poses, actions = zip(*(walk.frame() for _ in range(self.length)), strict=True)
        poses = np.array(poses)
        poses[:, 2] = np.unwrap(poses[:, 2])
        return Episode(np.stack(frames), poses, np.array(actions), name=f"{self.map} {number}")


class Walk:
    """One walk in a running engine."""

    def __init__(self, engine: Engine, floor: Floor, rng: np.random.Generator, seed: int):
        self.engine, self.floor, self.rng = engine, floor, rng
        self.pace = Pace.drawn(rng)
        engine.enter(engine.level, seed % 2**31)
        engine.put(floor.stances[rng.integers(len(floor.stances))], rng.uniform(-np.pi, np.pi))
        self.body = Body(*engine.pose())
        asking = keys if rng.random() < PLAYERS else errands
        self.asking = asking(floor, rng, self.body, self.pace)

    def frame(self) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
        """What is seen (64, 64, 3), from which pose (3,), and what is asked for next: blocks and radians a frame."""
        seen, pose = square(self.engine.screen()), self.engine.pose()
        self.body.x, self.body.y, self.body.heading = pose
        asked = next(self.asking)
        # The engine has inertia for steps and none for turns.
        self.body.turn = self.pace.inertia * self.body.turn + (1 - self.pace.inertia) * asked[1]
        self.engine.walk(asked[0], self.body.turn)
        return seen, pose, asked


def errands(floor: Floor, rng: np.random.Generator, body: Body, pace: Pace) -> Iterator[tuple[float, float]]:
    """To one place after another, each by the shortest way."""
    while True:
        goal = int(rng.integers(len(floor.stances)))
        onward = floor.way(goal)
        cruise = pace.speed * rng.uniform(0.6, 1.0)
        for _ in range(rng.integers(20, 200)):  # now and then he changes his mind on the way
            target = here = floor.nearest(np.array([body.x, body.y]))
            for _ in range(AHEAD):
                target = int(onward[target]) if onward[target] >= 0 else target
            if here == goal:
                break
            ahead = floor.stances[target] - (body.x, body.y)
            off = wrapped(np.arctan2(ahead[1], ahead[0]) - body.heading)
            yield cruise * max(0.0, np.cos(off)) ** 2, float(np.clip(0.6 * off, -pace.turn, pace.turn))
        if rng.random() < 0.15:
            yield from look_around(rng, pace)


def keys(floor: Floor, rng: np.random.Generator, body: Body, pace: Pace) -> Iterator[tuple[float, float]]:
    """Keys held for a while: full speed or none, full turn or none; against a wall he mostly turns."""
    while True:
        kind, turn = rng.random(), pace.turn * rng.integers(-1, 2)
        eye = np.array([body.x + 0.7 * np.cos(body.heading), body.y + 0.7 * np.sin(body.heading)])
        blocked = np.hypot(*(floor.stances[floor.nearest(eye)] - eye)) > PITCH
        if kind < 0.06:
            yield from ((0.0, 0.0) for _ in range(rng.integers(3, 16)))
        elif kind < 0.16 or (blocked and kind < 0.7):
            yield from look_around(rng, pace)
        elif kind < 0.26:
            yield from ((-pace.speed, 0.0) for _ in range(rng.integers(3, 16)))
        else:
            yield from ((pace.speed, turn if kind > 0.7 else 0.0) for _ in range(rng.integers(4, 14)))


def found(name: str) -> Path:
    """The WAD of one of ViZDoom's scenarios, or at a path. Raises InputError."""
    folder = Path(vizdoom().__file__).parent / "scenarios"
    path = folder / f"{name}.wad" if (folder / f"{name}.wad").exists() else Path(name).expanduser()
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.wad")))
        raise InputError(f"doom: no map '{name}': neither a WAD's path nor one of {known}")
    return path


@lru_cache(maxsize=1)
def running(wad: Path, level: str) -> Engine:
    """The engine of this process that has the level loaded."""
    return Engine(bare(level, maps_in(wad)[level]), level)

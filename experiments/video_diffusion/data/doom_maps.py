"""A maze as a map of Doom: the engine's own textures on the walls, its flats on the floor, and a script that stands the
player anywhere.

The map is written in the text format (UDMF), for which ZDoom builds the nodes itself. One block is as wide as the walls
look high, so that walls have height 1 and the eye stands at .5, as in the mazes of the ray caster.
"""

import re
import struct
from collections.abc import Sequence

import numpy as np

from experiments.video_diffusion.data.doom_wad import wad
from experiments.video_diffusion.data.maze import HEADINGS, Maze
from experiments.video_diffusion.data.raycaster import POSTER_HALF

CEILING = 82  # map units: twice the height of the player's eye
BLOCK = 98.9  # map units; the engine draws pixels of 4:3 screens a fifth higher than wide
WALL, CEILING_FLAT, FLOORS = "BRICK7", "CEIL3_5", ("FLAT5_4", "FLAT14")
POSTERS = ("REDWALL", "ZZWOLF9", "YELMETAL", "MURAL1", "SILVER1", "GSTLION")  # by number from 1 on; none is animated
STAND = 1  # number of the script
LIGHT = 208  # of 255


def atlas(mazes: Sequence[Maze]) -> bytes:
    """A WAD with a map a maze, named `map_name` of its index."""
    script = standing_script()
    lumps = []
    for number, maze in enumerate(mazes):
        text = text_map(maze).encode("ascii")
        lumps += [(map_name(number), b""), ("TEXTMAP", text), ("BEHAVIOR", script), ("ENDMAP", b"")]
    return wad(lumps)


def bare(level: str, lumps: dict[str, bytes]) -> bytes:
    """A WAD with one level of others, without what moves, hurts, can be taken or ends a walk: of its things only
    the first player's start is left, and of its scripts none."""
    lumps, starts = dict(lumps), 0

    def kept(is_start: bool) -> bool:  # further starts would be bodies that stand about
        nonlocal starts
        starts += is_start
        return is_start and starts == 1

    if "BEHAVIOR" in lumps:
        lumps["BEHAVIOR"] = standing_script()
    if "TEXTMAP" in lumps:
        text = lumps["TEXTMAP"].decode("utf-8", "replace")
        things = re.compile(r"\bthing\b[^{]*\{[^}]*\}", re.IGNORECASE)
        start = re.compile(r"\btype\s*=\s*1\s*;")
        text = things.sub(lambda thing: thing[0] if kept(bool(start.search(thing[0]))) else "", text)
        lumps["TEXTMAP"] = text.encode()
    else:
        size, place = (20, 10) if "BEHAVIOR" in lumps else (10, 6)
        things = lumps["THINGS"]
        parts = (things[k : k + size] for k in range(0, len(things), size))
        lumps["THINGS"] = b"".join(part for part in parts if kept(struct.unpack_from("<h", part, place) == (1,)))
    return wad([(level, b""), *lumps.items()])


def map_name(number: int) -> str:
    return f"M{number:07d}"


def text_map(maze: Maze) -> str:
    """The map: x to the right and y up, in units of 1 / BLOCK; a sector a kind of floor."""
    points: dict[tuple[float, float], int] = {}
    lines, sides = [], []

    def point(x: float, y: float) -> int:
        return points.setdefault((round(BLOCK * x, 3), round(-BLOCK * y, 3)), len(points))

    def side(sector: int, texture: str = "") -> int:
        sides.append(f"sidedef{{sector={sector};" + (f'texturemiddle="{texture}";}}' if texture else "}"))
        return len(sides) - 1

    for row, column in np.argwhere(~maze.walls):
        sector = int(maze.floor[row, column])
        for heading, (dx, dy) in enumerate(HEADINGS):
            middle, right = (column + 0.5 + dx / 2, row + 0.5 + dy / 2), (-dy, dx)
            there = row + dy, column + dx

            def at(part: float, middle=middle, right=right) -> int:
                return point(middle[0] + part * right[0], middle[1] + part * right[1])

            if maze.walls[there]:
                hung = int(maze.posters[(*there, (heading + 2) % 4)])
                ends = (-0.5, -POSTER_HALF, POSTER_HALF, 0.5) if hung else (-0.5, 0.5)
                for number, (begin, end) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
                    texture = POSTERS[hung - 1] if hung and number == 1 else WALL
                    front = side(sector, texture)
                    lines.append(f"linedef{{v1={at(begin)};v2={at(end)};sidefront={front};blocking=true;}}")
            elif heading < 2 and maze.floor[there] != sector:
                front, back = side(sector), side(int(maze.floor[there]))
                lines.append(f"linedef{{v1={at(-0.5)};v2={at(0.5)};sidefront={front};sideback={back};twosided=true;}}")
    row, column = np.argwhere(~maze.walls)[0]
    start = f"x={BLOCK * (column + 0.5):.3f};y={-BLOCK * (row + 0.5):.3f};angle=0;type=1;single=true;"
    return "\n".join(
        [
            'namespace="zdoom";',
            *(f"vertex{{x={x:.3f};y={y:.3f};}}" for x, y in points),
            *lines,
            *sides,
            *(
                f'sector{{heightceiling={CEILING};texturefloor="{floor}";textureceiling="{CEILING_FLAT}";'
                f"lightlevel={LIGHT};}}"
                for floor in FLOORS
            ),
            f"thing{{{start}" + "".join(f"skill{k}=true;" for k in range(1, 6)) + "}",
        ]
    )


def standing_script() -> bytes:
    """Script STAND (x, y, angle) in the engine's byte code: the player stands at x, y (65536ths of a unit) on the
    floor and looks along angle (65536ths of a turn)."""
    push, argument, position, drop, turn, end = 3, 28, 283, 54, 276, 1
    code = [push, 0, argument, 0, argument, 1, push, 0, push, 0, position, drop]
    code += [push, 0, argument, 2, turn, end]
    body = struct.pack(f"<{len(code)}i", *code)
    head = b"ACS\0" + struct.pack("<i", 8 + len(body))  # where the directory of scripts lies
    return head + body + struct.pack("<5i", 1, STAND, 8, 3, 0)  # one script, its number, place, arguments; no strings

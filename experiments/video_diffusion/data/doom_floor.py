"""Where one can walk on a map of Doom: the lines that stop a player, and the floor between them.

Maps are read in all three formats: Doom's, Hexen's (which has scripts) and text (UDMF). Lengths are in blocks, with y
down, as everywhere in this package.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from experiments.errors import InputError
from experiments.video_diffusion.data.doom_maps import BLOCK

STEP, BODY = 24, 56  # map units: how high a player steps, and how high he is
PITCH = 0.25  # blocks between neighbouring stances
CLEARANCE = 0.22  # blocks from every wall; a player's radius is 0.16
FEWEST = 16  # stances of a map that can be walked on


@dataclass(frozen=True)
class Floor:
    """Stances (N, 2) in blocks, PITCH apart, all of which can be reached; `ways` (N, N) tells neighbours."""

    stances: np.ndarray
    ways: sparse.csr_matrix

    def nearest(self, place: np.ndarray) -> int:
        """The stance nearest to a place (2,)."""
        return int(np.square(self.stances - place).sum(1).argmin())

    def way(self, goal: int) -> np.ndarray:
        """For every stance (N,) the next one towards the goal; −1 or less at the goal."""
        return sparse.csgraph.breadth_first_order(self.ways, goal, directed=False)[1]


def floor_of(path: Path, level: str, lumps: dict[str, bytes]) -> Floor:
    """The floor around the player's start. Raises InputError where there is none, and for a broken map."""
    try:
        walls, start = (_from_text if "TEXTMAP" in lumps else _from_lumps)(lumps)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise InputError(f"{path}: {level} is broken: it cannot be read ({type(error).__name__})") from error
    if start is None:
        raise InputError(f"{path}: {level} has no place where a first player starts")
    nowhere = InputError(f"{path}: {level} has no floor to walk on")
    if not len(walls):
        raise nowhere
    low, high = walls.reshape(-1, 2).min(0), walls.reshape(-1, 2).max(0)
    grid = [np.arange(start[k] - PITCH * np.floor((start[k] - low[k]) / PITCH), high[k], PITCH) for k in (0, 1)]
    if min(map(len, grid)) == 0 or len(grid[0]) * len(grid[1]) > 1_000_000:
        raise nowhere
    x, y = np.meshgrid(*grid)
    free = distance(np.stack([x, y], -1).reshape(-1, 2), walls).reshape(x.shape) > CLEARANCE
    number = np.cumsum(free).reshape(free.shape) - 1
    pairs = [
        (number[:, :-1][free[:, :-1] & free[:, 1:]], number[:, 1:][free[:, :-1] & free[:, 1:]]),
        (number[:-1][free[:-1] & free[1:]], number[1:][free[:-1] & free[1:]]),
    ]
    one, other = (np.concatenate(part) for part in zip(*pairs, strict=True))
    count = int(free.sum())
    if not count:
        raise nowhere
    ways = sparse.csr_matrix((np.ones(len(one), np.int8), (one, other)), (count, count))
    stances = np.stack([x[free], y[free]], 1)
    begin = int(np.square(stances - start).sum(1).argmin())
    within = np.sort(sparse.csgraph.breadth_first_order(ways, begin, directed=False, return_predecessors=False))
    # Nobody walks to a start that stands in a wall or outside.
    if len(within) < FEWEST or np.hypot(*(stances[begin] - start)) > 2 * PITCH:
        raise nowhere
    return Floor(stances[within], ways[within][:, within])


def distance(places: np.ndarray, walls: np.ndarray) -> np.ndarray:
    """Of places (N, 2) to the nearest of walls (M, 4), each from x, y to x, y."""
    nearest = np.full(len(places), np.inf)
    for x1, y1, x2, y2 in walls:
        along = np.array([x2 - x1, y2 - y1])
        part = np.clip((places - (x1, y1)) @ along / max(float(along @ along), 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(places - (x1, y1) - part[:, None] * along).T))
    return nearest


def _walls(points, lines, sides, sectors) -> np.ndarray:
    """Lines (v1, v2, front, back or −1, blocking) → those that stop a player, (N, 4) in blocks."""
    found = []
    for one, other, front, back, blocking in lines:
        if back >= 0 and not blocking:
            (floor, ceiling), (beyond, above) = sectors[sides[front]], sectors[sides[back]]
            if abs(floor - beyond) <= STEP and min(ceiling, above) - max(floor, beyond) >= BODY:
                continue
        found.append((*points[one], *points[other]))
    return np.array(found, float).reshape(-1, 4) * (1, -1, 1, -1) / BLOCK


def _from_lumps(lumps: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray | None]:
    """Walls, and where the first player starts, of a map in Doom's or Hexen's format."""
    hexen = "BEHAVIOR" in lumps
    points = list(struct.iter_unpack("<hh", lumps["VERTEXES"]))
    sides = [side[-1] for side in struct.iter_unpack("<hh8s8s8sH", lumps["SIDEDEFS"])]
    sectors = [sector[:2] for sector in struct.iter_unpack("<hh8s8shhh", lumps["SECTORS"])]
    lines = []
    for line in struct.iter_unpack("<HHH6BHH" if hexen else "<HHHHHHH", lumps["LINEDEFS"]):
        front, back = line[-2:]
        lines.append((line[0], line[1], front, -1 if back == 0xFFFF else back, line[2] & 1))
    starts = [
        thing[1:3] if hexen else thing[:2]
        for thing in struct.iter_unpack("<7h6B" if hexen else "<5h", lumps["THINGS"])
        if thing[5 if hexen else 3] == 1
    ]
    return _walls(points, lines, sides, sectors), np.array(starts[0]) * (1, -1) / BLOCK if starts else None


def _from_text(lumps: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray | None]:
    """The same of a map in text."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", lumps["TEXTMAP"].decode("utf-8", "replace"), flags=re.DOTALL)
    parts: dict[str, list[dict[str, str]]] = {}
    for kind, body in re.findall(r"(\w+)\s*\{([^}]*)\}", text):
        fields = dict(re.findall(r'(\w+)\s*=\s*("[^"]*"|[^;]*);', body))
        parts.setdefault(kind.lower(), []).append(fields)
    points = [(float(point["x"]), float(point["y"])) for point in parts.get("vertex", [])]
    sides = [int(side["sector"]) for side in parts.get("sidedef", [])]
    sectors = [
        (float(sector.get("heightfloor", 0)), float(sector.get("heightceiling", 0)))
        for sector in parts.get("sector", [])
    ]
    lines = [
        (
            int(line["v1"]),
            int(line["v2"]),
            int(line["sidefront"]),
            int(line.get("sideback", -1)),
            line.get("blocking") == "true",
        )
        for line in parts.get("linedef", [])
    ]
    starts = [(float(thing["x"]), float(thing["y"])) for thing in parts.get("thing", []) if thing.get("type") == "1"]
    return _walls(points, lines, sides, sectors), np.array(starts[0]) * (1, -1) / BLOCK if starts else None

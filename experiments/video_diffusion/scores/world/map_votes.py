"""Is it one map that a video walks through? Every frame votes for what it sees, and votes far apart in time are
compared.

What is voted on: an edge between two blocks is a wall where a ray ends on it, and open where a ray passes through it;
the tile of a block is orange or grey; a poster on a wall has one of six looks. Votes of a visit are those without a gap
of APART frames; two visits agree when their majorities do. An edge that the walker himself passed through at both
visits tells nothing: he would not have gone through a wall.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.data.scenes import TILES, directions
from experiments.video_diffusion.scores.readers.scene import Reading

APART = 20  # frames between two visits
FAR = 3.0  # blocks: what is further away is not voted on
MARGIN = 0.12  # blocks: as near to the end of an edge a ray tells nothing
OFF_GRID = 0.22  # blocks that a wall may be read off its grid line

Vote = tuple[int, Hashable, Hashable, float]  # frame, subject, answer, weight


@dataclass(frozen=True)
class Agreement:
    """Of `compared` pairs of neighbouring visits `agreeing` agree; of answers that have nothing to do with each other
    `chance` (a share) would."""

    agreeing: int
    compared: int
    chance: float

    @property
    def share(self) -> float:
        return self.agreeing / self.compared if self.compared else float("nan")


def votes(poses: Tensor, read: Reading) -> dict[str, list[Vote]]:
    """Votes on "edges", "tiles" and "posters" of frames read as `read`, seen from `poses` (T, 3)."""
    found: dict[str, list[Vote]] = {"edges": [], "tiles": [], "posters": []}
    depth = (1 / read.inverse_depth.clamp(min=1e-3)).numpy()
    posters = read.poster.softmax(1).numpy()
    orange = read.orange.numpy()
    u = directions()
    for t, (x, y, angle) in enumerate(poses.double().numpy()):
        rays = np.stack([np.cos(angle) - u * np.sin(angle), np.sin(angle) + u * np.cos(angle)], 1)
        here = Counter()
        for column, ray in enumerate(rays):
            for subject, answer in _along((x, y), ray, depth[t, column]):
                here[subject, answer] += 1
            if depth[t, column] < FAR and (face := _face_hit((x, y), ray, depth[t, column])):
                found["posters"] += _poster(t, face, posters[t, :, column])
        found["edges"] += [(t, subject, answer, float(rays)) for (subject, answer), rays in here.items()]
        found["tiles"] += _tiles(t, (x, y), rays, depth[t], orange[t])
    return found


def _along(stance: tuple[float, float], ray: np.ndarray, depth: float) -> Iterable[tuple[Hashable, str]]:
    """Edges that the ray passes through or ends on, nearest first."""
    for axis in (0, 1):
        if abs(ray[axis]) < 1e-6:
            continue
        forward = ray[axis] > 0
        line = np.floor(stance[axis]) + (1 if forward else 0)
        while (far := (line - stance[axis]) / ray[axis]) < min(FAR, depth + OFF_GRID):
            across = stance[1 - axis] + far * ray[1 - axis]
            inside = across - np.floor(across)
            # How far before or behind the line the wall was read, square to it.
            off = (depth - far) * abs(ray[axis])
            if MARGIN < inside < 1 - MARGIN:
                if abs(off) < OFF_GRID and _faces(stance, ray, depth, axis):
                    yield (axis, int(line), int(np.floor(across))), "wall"
                elif off > OFF_GRID:
                    yield (axis, int(line), int(np.floor(across))), "open"
            line += 1 if forward else -1


def _faces(stance: tuple[float, float], ray: np.ndarray, depth: float, axis: int) -> bool:
    """Whether the point where the ray ends lies nearer to a line across `axis` than to one along it."""
    end = [stance[k] + depth * ray[k] for k in (0, 1)]
    off = [abs(value - round(value)) for value in end]
    return off[axis] <= off[1 - axis]


def _face_hit(stance: tuple[float, float], ray: np.ndarray, depth: float) -> tuple | None:
    """The face that the ray ends on, and where along it, in [0, 1)."""
    end = [stance[k] + depth * ray[k] for k in (0, 1)]
    axis = int(abs(end[1] - round(end[1])) < abs(end[0] - round(end[0])))
    along = end[1 - axis] - np.floor(end[1 - axis])
    if abs(end[axis] - round(end[axis])) > OFF_GRID:
        return None
    # Posters hang on faces, and a wall has two.
    return (axis, int(round(end[axis])), int(np.floor(end[1 - axis])), bool(ray[axis] > 0)), along


def _poster(t: int, hit: tuple, chances: np.ndarray) -> list[Vote]:
    """A vote for what hangs in the middle of a face: nothing (0) or one of six."""
    face, along = hit
    return [(t, face, int(chances.argmax()), float(chances.max()))] if abs(along - 0.5) < 0.16 else []


def _tiles(t: int, stance: tuple[float, float], rays: np.ndarray, depth: np.ndarray, orange: np.ndarray) -> list[Vote]:
    """A vote for each tile that points on the floor before the walls lie on, well inside it."""
    seen: dict[tuple[int, int], float] = defaultdict(float)
    for k, far in enumerate(TILES):
        points = np.array(stance) + far * rays
        inside = np.abs(points - np.floor(points) - 0.5).max(1) < 0.5 - MARGIN
        for column in np.flatnonzero(inside & (depth > far + 0.15)):
            block = tuple(np.floor(points[column]).astype(int).tolist())
            seen[block] += float(np.clip(orange[k, column], -4, 4))
    return [(t, block, value > 0, abs(value)) for block, value in seen.items() if abs(value) > 2]


def agreement(
    cast: list[Vote], passed: dict[Hashable, list[int]] | None = None, headings: Sequence[float] | None = None
) -> Agreement:
    """Compare neighbouring visits. `passed` tells for edges at which frames the walker went through them, `headings`
    where he looked at each frame.

    What an edge is depends on how it is met: those beside a corridor are mostly walls, those ahead and those walked
    through mostly open. So chance is that two visits agree which meet their edges alike and see different ones.
    """
    by_subject: dict[Hashable, list[tuple[int, Hashable, float]]] = defaultdict(list)
    for t, subject, answer, weight in cast:
        by_subject[subject].append((t, answer, weight))
    pairs: dict[Hashable, list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for subject, given in by_subject.items():
        visits = _visits(sorted(given, key=lambda vote: vote[0]))
        walked = [any(visit[0] - 2 <= t <= visit[1] + 2 for t in (passed or {}).get(subject, [])) for visit in visits]
        for k in range(len(visits) - 1):
            if walked[k] and walked[k + 1]:
                continue
            met = tuple((walked[i], _ahead(subject, visits[i], headings)) for i in (k, k + 1))
            pairs[met].append((visits[k][2], visits[k + 1][2]))
    every = [pair for alike in pairs.values() for pair in alike]
    compared = len(every)
    chance = sum(map(_by_chance, pairs.values(), [every] * len(pairs))) / compared if compared else float("nan")
    return Agreement(sum(one == other for one, other in every), compared, chance)


def _ahead(edge: Hashable, visit: tuple[int, int, Hashable], headings: Sequence[float] | None) -> bool | None:
    """Whether an edge lies across the line of sight in the middle of a visit, in place of along it."""
    if headings is None:
        return None
    heading = headings[(visit[0] + visit[1]) // 2]
    return bool((abs(np.cos(heading)) > abs(np.sin(heading))) == (edge[0] == 0))


def _by_chance(alike: list[tuple[Hashable, Hashable]], every: list[tuple[Hashable, Hashable]]) -> float:
    """How many of the pairs `alike` would agree if each kept its first answer and took another one's second; where
    there is no other one, one of `every` pair's."""
    others = alike if len(alike) > 1 else every
    after = Counter(second for _, second in others)
    if len(others) < 2:
        return float(alike[0][0] == alike[0][1])
    return sum((after[first] - (first == second)) / (len(others) - 1) for first, second in alike)


def _visits(given: list[tuple[int, Hashable, float]]) -> list[tuple[int, int, Hashable]]:
    """(first frame, last frame, answer) of each visit with a clear answer."""
    groups: list[list[tuple[int, Hashable, float]]] = []
    for vote in given:
        if groups and vote[0] - groups[-1][-1][0] < APART:
            groups[-1].append(vote)
        else:
            groups.append([vote])
    visits = []
    for group in groups:
        total = Counter()
        for _, answer, weight in group:
            total[answer] += weight
        (best, most), *_ = total.most_common(1)
        if most >= 2 and most > 0.6 * sum(total.values()):
            visits.append((group[0][0], group[-1][0], best))
    return visits


def passages(poses: Tensor) -> dict[Hashable, list[int]]:
    """Edges that a path (T, 3) goes through, each with the frames at which it does."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    blocks = poses[:, :2].floor().long().tolist()
    for t, (here, there) in enumerate(zip(blocks, blocks[1:], strict=False)):
        for axis in (0, 1):
            if here[axis] != there[axis]:
                line = max(here[axis], there[axis])
                found[axis, line, here[1 - axis]].append(t)
                found[axis, line, there[1 - axis]].append(t)
    return found


def consistency(poses: Tensor, read: Reading) -> dict[str, Agreement]:
    """The agreement of a video with itself, on edges, tiles and posters."""
    cast = votes(poses, read)
    through = passages(poses)
    headings = poses[:, 2].tolist()
    found = {"edges": agreement(cast["edges"], through, headings), "tiles": agreement(cast["tiles"])}
    # A bare wall agrees with a bare wall too easily: only faces on which something was seen are asked.
    hung = {face for _, face, answer, weight in cast["posters"] if answer and weight > 0.5}
    found["posters"] = agreement([vote for vote in cast["posters"] if vote[1] in hung])
    return found


def true_reading(inverse_depth: np.ndarray, poster: np.ndarray, orange: np.ndarray) -> Reading:
    """The truth (see `data.scenes.Scenes`) in the readers' words, for the ceiling of a ruler."""
    chances = torch.nn.functional.one_hot(torch.from_numpy(poster).long(), 7).mT.float() * 20
    phase = torch.zeros(len(poster), 10)
    tiles = torch.from_numpy(np.where(orange, 4.0, -4.0)).float().mT
    return Reading(torch.from_numpy(inverse_depth).float(), chances, tiles, phase)

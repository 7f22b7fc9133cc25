"""The rulers held against what is known: real walks of five walkers, real walks through the autoencoder, planted
cheats.

From these come the floors and ceilings that no single recording can tell. A unit is a walk; none of them is in a split.
"""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from experiments.video_diffusion.data.other_walkers import OTHERS, draw, walked
from experiments.video_diffusion.scores.cheats import collage, frozen, mirrored, nearest_copies, snapped, sped_up
from experiments.video_diffusion.scores.world.continuation import FIRST
from experiments.video_diffusion.scores.world.measured import Readers, Seen
from experiments.video_diffusion.scores.world.over_walks import over_walks
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.rulers import score

FRAMES, GIVEN = 300, 150
POOL = 16  # walks that a collage cuts between
FREE = ("consistency", "pace", "on_lattice", "transitions")  # rulers that are not told the path


def real(kind: str, seed: int, frames: int = FRAMES, given: int = GIVEN) -> Recording:
    """A real walk as a recording that knows all of itself."""
    path = walked(kind, seed, frames)
    shown = torch.from_numpy(draw(path))
    return Recording(f"{kind} {seed}", shown, given, torch.from_numpy(path.poses), shown)


def alone(recording: Recording) -> Recording:
    """The frames without anything that is known of them."""
    return Recording(recording.name, recording.frames)


def cheats(seed: int, readers: Readers, frames: int = FRAMES, given: int = GIVEN) -> Iterator[tuple[str, Recording]]:
    """Planted cheats from the walk `seed`, each as long as it: with all that is known of the true walk, but for the
    collage, which is a free walk."""
    true = real("own", seed, frames, given)

    def like(name: str, made: Tensor) -> tuple[str, Recording]:
        return name, Recording(f"{name} {seed}", made, given, true.poses, true.truth)

    others = [real("own", 1000 + POOL * seed + k, frames, 0).frames for k in range(POOL - 1)]
    yield "collage", Recording(f"collage {seed}", collage(torch.stack([true.frames, *others])))
    yield like("mirrored", mirrored(true.frames, given))
    path = walked("own", seed, frames)
    yield like("snapped", torch.cat([true.frames[:given], snapped(path.maze, path.poses)[given:]]))
    nearest = Seen(true, readers).places.nearest
    first = torch.full((FIRST,), given - 1)
    yield like("nearest_copy", nearest_copies(true.frames, given, torch.cat([first, nearest])))
    yield like("frozen", frozen(true.frames, given))
    twice = real("own", seed, 2 * frames, given).frames
    yield like("sped_up", sped_up(twice, given)[:frames])


def kinds(readers: Readers) -> list[str]:
    """What one walk can be measured as: five walkers, the data's through the autoencoder where there is one, cheats."""
    return ["own", *OTHERS, *(["own_through_autoencoder"] if readers.through else []), "cheats"]


def of_one_walk(kind: str, seed: int, readers: Readers) -> dict[str, dict[str, dict]]:
    """By name (that of the walker, or of each cheat) all rulers on the walk `seed`."""
    if kind == "cheats":
        return {name: _all(recording, readers) for name, recording in cheats(seed, readers)}
    if kind != "own_through_autoencoder":
        return {kind: _all(real(kind, seed), readers)}
    walk = real("own", seed)
    again = Recording(walk.name, readers.through(walk.frames), GIVEN, walk.poses, walk.truth)
    return {kind: _all(again, readers)}


def _all(recording: Recording, readers: Readers) -> dict[str, dict]:
    """A recording as a free walk, and by what is known of its path."""
    free, led = score(alone(recording), readers, only=FREE), score(recording, readers)
    return led | {name: row for name, row in free.items() if name != "tempo"}  # which needs given frames


def collected(found: Iterable[dict[str, dict[str, dict]]]) -> dict:
    """{"walkers", "cheats": by name the rulers over all walks, "reference": floors and ceilings} of `of_one_walk`s."""
    rows: dict[str, list] = {}
    for each in found:
        for name, row in each.items():
            rows.setdefault(name, []).append(row)
    over = {name: over_walks(each) for name, each in rows.items()}
    walkers = {name: row for name, row in over.items() if name in ("own", *OTHERS, "own_through_autoencoder")}
    planted = {name: row for name, row in over.items() if name not in walkers}
    return {"walkers": walkers, "cheats": planted, "reference": reference(walkers, planted)}


def reference(walkers: dict[str, dict], planted: dict[str, dict]) -> dict[str, dict]:
    """By ruler the ceiling, real video (through the autoencoder where that was measured), and the floor, the cheat that
    it is there to catch."""
    best = walkers.get("own_through_autoencoder", walkers["own"])
    worst = {
        "consistency": "collage",
        "consistency_tiles": "collage",
        "consistency_posters": "collage",
        "pace": "frozen",
        "tempo": "sped_up",
        "obedience_step": "frozen",
        "obedience_turn": "mirrored",
        "transitions": "collage",
        "on_lattice": "snapped",
        "return": "mirrored",
        "continuation_seen": "nearest_copy",
        "continuation_seen_from_elsewhere": "nearest_copy",
        "continuation_partly": "nearest_copy",
        "continuation_new": "nearest_copy",
    }
    return {
        name: {"floor": planted[cheat][name].get("value"), "ceiling": best[name].get("value")}
        for name, cheat in worst.items()
        if name in best and name in planted.get(cheat, {})
    }

"""Every ruler on one recording: each a value with its interval, between the floor of a cheat and the ceiling of real
video.

What a ruler needs and a recording lacks is said in the ruler's place.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.scores.metrics import psnr, transition_validity
from experiments.video_diffusion.scores.readers import Reading
from experiments.video_diffusion.scores.readers.accuracy import read_frames
from experiments.video_diffusion.scores.readers.scene import QUARTER
from experiments.video_diffusion.scores.statistics import along_a_video, counted
from experiments.video_diffusion.scores.world.continuation import FIRST
from experiments.video_diffusion.scores.world.map_votes import Agreement, consistency
from experiments.video_diffusion.scores.world.measured import Measured, Readers, Seen
from experiments.video_diffusion.scores.world.obedience import asked_by_actions, asked_by_poses, disobedience
from experiments.video_diffusion.scores.world.pace import STILL, pace, stride
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.returning import returned

SIXTEENTH = QUARTER / 4  # the lattice walker's headings
ON_LATTICE = math.radians(2.5)
ENOUGH = 40  # given frames that show how fast the walker is
SHIFT = 37  # frames by which a motion is asked of another moment, for the floor of obedience


def score(
    recording: Recording,
    readers: Readers,
    reference: dict[str, Any] | None = None,
    only: Sequence[str] | None = None,
    seen: Seen | None = None,
) -> dict[str, Any]:
    """By ruler {"value", "low", "high", "floor", "ceiling", …}, or {"value": None, "why"} where it does not apply.
    `reference` has floors and ceilings that no single recording can tell, see `studies.recorded.rulers`; `only` names
    those of RULERS that are asked, all without it; `seen` is what was read of the recording's truth already. Raises
    InputError for that of another truth."""
    if seen and not seen.of(recording):
        raise InputError(f"{recording.name}: held against what is seen along another path")
    measured, known = Measured(recording, readers, seen), reference or {}
    found = {}
    for name in only or RULERS:
        result = RULERS[name](measured)
        for key, row in result.items():
            if row.get("value") is not None:
                ends = known.get(key, {})
                row |= {end: ends[end] for end in ("floor", "ceiling") if end in ends and row.get(end) is None}
                row.setdefault("floor", None)
                row.setdefault("ceiling", None)
            found[key] = row
        if not result:
            found[name] = {"value": None, "why": f"{name}: does not apply"}
    return found


def map_votes(measured: Measured) -> dict[str, dict]:
    """Do frames far apart in time agree on the map?"""
    return {
        name: _agreement(found, unit)
        for (name, unit), found in zip(
            (("consistency", "edges"), ("consistency_tiles", "tiles"), ("consistency_posters", "posters")),
            consistency(measured.poses, measured.read).values(),
            strict=True,
        )
    }


def _agreement(found: Agreement, unit: str) -> dict[str, Any]:
    if not found.compared:
        return {"value": None, "why": f"no {unit} are seen twice, 20 frames apart", unit: 0}
    row = counted(found.agreeing, found.compared)
    return row | {unit: found.compared, "chance": found.chance, "floor": found.chance}


def movement(measured: Measured) -> dict[str, dict]:
    """Standstills, speed and jerks of the made part."""
    made = measured.motions[max(0, measured.recording.given - 1) :]
    found = pace(made)
    row = along_a_video(found.possible.float().numpy())
    rows = {"pace": row | {"longest_standstill": found.longest_still, "step": found.step}}
    if measured.recording.given < ENOUGH:
        why = f"fewer than {ENOUGH} given frames to hold the made ones against"
        return rows | {"tempo": {"value": None, "why": why}}
    steps = measured.motions[:, :2].norm(dim=1).numpy()
    before = stride(steps[: measured.recording.given - 1])
    if before < STILL[0]:
        return rows | {"tempo": {"value": None, "why": "the given frames stand still"}}
    row = along_a_video(steps[measured.recording.given - 1 :] / before, stride)
    return rows | {"tempo": row | {"unit": "times the given frames' stride"}}


def transitions(measured: Measured) -> dict[str, dict]:
    """The judge's opinion of each transition of the made part."""
    if measured.readers.judge is None:
        return {"transitions": {"value": None, "why": "no judge of transitions among the weights"}}
    possible = transition_validity(measured.readers.judge, measured.recording.frames[None])[0]
    return {"transitions": along_a_video(possible[max(0, measured.recording.given - 1) :].float().numpy())}


def lattice(measured: Measured) -> dict[str, dict]:
    """How many frames look along one of sixteen headings: walkers of the lattice do so always, others by chance."""
    heading = torch.atan2(measured.read.phase[:, 1], measured.read.phase[:, 0]) / 4
    off = torch.remainder(heading + SIXTEENTH / 2, SIXTEENTH) - SIXTEENTH / 2
    on = (off.abs() < ON_LATTICE).float()[measured.recording.given :]
    return {"on_lattice": along_a_video(on.numpy()) | {"chance": 2 * ON_LATTICE / SIXTEENTH}}


def obedience(measured: Measured) -> dict[str, dict]:
    """How far the motion of the made part is from the one that was asked for: median errors."""
    recording, read = measured.recording, measured.motions
    if recording.poses is not None:
        asked, by = asked_by_poses(recording.poses), "poses"
    elif recording.actions is not None and recording.actions.shape[1:] == (2,):
        asked, by = asked_by_actions(recording.actions, read), "actions"
    elif recording.actions is not None:
        why = f"actions of shape {tuple(recording.actions.shape)} are no speeds and turns (T, 2)"
        return {name: {"value": None, "why": why} for name in ("obedience_step", "obedience_turn")}
    else:
        why = "no poses or actions in the file"
        return {name: {"value": None, "why": why} for name in ("obedience_step", "obedience_turn")}
    first = max(0, recording.given - 1)
    step, turn = disobedience(asked[first:], read[first:])
    elsewhere = disobedience(asked[first:].roll(SHIFT, 0), read[first:])
    rows = {}
    for name, error, floor in (("step", step, elsewhere[0]), ("turn", turn, elsewhere[1])):
        row = along_a_video(error.numpy(), np.median)
        rows[f"obedience_{name}"] = row | {"floor": float(floor.median()), "unit": _UNITS[name], "by": by}
    return rows


_UNITS = {"step": "blocks", "turn": "degrees"}


def continuation(measured: Measured) -> dict[str, dict]:
    """PSNR against the truth, of places shown in the given frames, of those of them seen from elsewhere, of those shown
    in part, and of new ones."""
    names = ("continuation_seen", "continuation_seen_from_elsewhere", "continuation_partly", "continuation_new")
    if why := _no_truth(measured.recording):
        return {name: {"value": None, "why": why} for name in names}
    recording, at = measured.recording, measured.seen.places
    first = recording.given + FIRST
    truth = recording.truth[first:]
    rows = {"value": psnr(recording.frames[first:], truth)}
    rows["another_maze"] = psnr(_like(measured.readers.another, len(truth)), truth)
    rows["copy"] = psnr(recording.frames[at.nearest], truth) if recording.given else rows["another_maze"]
    if measured.seen.through is not None:
        rows["ceiling"] = psnr(measured.seen.through[first:], truth)
    found = {}
    kinds = (at.seen, at.seen & ~at.here, ~at.seen & ~at.new, at.new)
    for name, chosen in zip(names, kinds, strict=True):
        count = int(chosen.sum())
        if not count:
            found[name] = {"value": None, "why": "no frame of the kind", "frames": 0}
            continue
        ends = {key: float(row[chosen].mean()) for key, row in rows.items() if key != "value"}
        found[name] = along_a_video(rows["value"][chosen].numpy()) | ends | {"frames": count, "unit": "dB"}
        found[name]["floor"] = ends["another_maze"]
    return found


def returning(measured: Measured) -> dict[str, dict]:
    """Share of the frames of known places that show what is really there, of what the given frames showed."""
    if why := _no_truth(measured.recording):
        return {"return": {"value": None, "why": why}}
    first, seen = measured.recording.given + FIRST, measured.seen.places.seen
    if not seen.any():
        return {"return": {"value": None, "why": "no place of the given frames is seen again", "frames": 0}}
    true, shown = _part(measured.seen.read, first), measured.seen.shown
    passed = returned(_part(measured.read, first), true, shown)[seen]
    row = along_a_video(passed.float().numpy()) | {"frames": int(seen.sum())}
    other = read_frames(measured.readers.scene, _like(measured.readers.another, len(seen)))
    row["floor"] = float(returned(other, true, shown)[seen].float().mean())
    if measured.seen.through is not None:
        again = read_frames(measured.readers.scene, measured.seen.through[first:])
        row["ceiling"] = float(returned(again, true, shown)[seen].float().mean())
    return {"return": row}


def _no_truth(recording: Recording) -> str | None:
    if recording.poses is None or recording.truth is None:
        return "no `poses` and `truth` in the file: what is really seen along the path is not known"
    if recording.given < 1 or len(recording.frames) <= recording.given + FIRST:
        return f"needs given frames, and more than {FIRST} after them"
    return None


def _part(read: Reading, first: int) -> Reading:
    return Reading(*(getattr(read, name)[first:] for name in Reading.__dataclass_fields__))


def _like(frames: Tensor, count: int) -> Tensor:
    """As many frames as `count`, over and over where there are fewer."""
    return frames.repeat(-(-count // len(frames)), 1, 1, 1)[:count]


RULERS: dict[str, Callable[[Measured], dict[str, dict]]] = {
    "consistency": map_votes,
    "continuation": continuation,
    "return": returning,
    "obedience": obedience,
    "pace": movement,
    "transitions": transitions,
    "on_lattice": lattice,
}

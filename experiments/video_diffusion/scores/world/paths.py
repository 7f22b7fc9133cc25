"""Where each frame of a video was seen from, when nobody tells: motions are summed up and held to the grid of blocks.

Every frame tells the heading up to quarter turns and the stance up to whole blocks (`readers.scene`); which quarter and
which block it is, the motion from the frame before tells. So errors do not add up, and a slip by a whole block needs an
error of half a block in one step.
"""

import math

import torch
from torch import Tensor

from experiments.video_diffusion.memory.poses import compose, relative
from experiments.video_diffusion.scores.readers.scene import QUARTER

HOLD = 0.3  # how far a pose is drawn to where its own frame says it is, once many frames before it were listened to
SHARE = 0.4  # what the phases of two frames count against the motion read between them
MOST = 0.25, 0.35  # blocks, radians: a frame that contradicts the motion by more is not listened to any more than this


def localised(phase: Tensor, motions: Tensor) -> Tensor:
    """Poses (T, 3) by the phases (T, 10) of a video's frames and the motions (T − 1, 3) between them. The first one
    stands in block (0, 0), looking along x up to half a quarter turn."""
    heading = float(_angle(phase[0, :2])) / 4
    start = torch.tensor([0.5, 0.5, heading])
    begin = _held(start, phase[0], 1.0, first=True)
    return torch.stack([begin, *followed(begin, phase[1:], motions)])


def followed(pose: Tensor, phase: Tensor, motions: Tensor, before: int = 1) -> list[Tensor]:
    """Poses (3,), a list of T, from `pose` on, by the phases (T, 10) of the frames that follow and the motions (T, 3)
    to each; `before` frames were listened to already."""
    poses = [pose]
    for k, (step, seen) in enumerate(zip(motions, phase, strict=True), before + 1):
        # The first frames count alike, so that one that was misread is soon outvoted.
        poses.append(_held(compose(poses[-1], step), seen, max(HOLD, 1 / k)))
    return poses[1:]


def refined(phase: Tensor, motions: Tensor) -> Tensor:
    """Motions (T − 1, 3) drawn towards what the phases (T, 10) of the two frames themselves say: neither knows more
    than these two frames, and their errors have little to do with each other."""
    found = []
    for k, step in enumerate(motions):
        here = _held(torch.tensor([0.5, 0.5, float(_angle(phase[k, :2])) / 4]), phase[k], 1.0, first=True)
        found.append(relative(here, _held(compose(here, step), phase[k + 1], SHARE)))
    return torch.stack(found) if found else motions


def _held(guess: Tensor, phase: Tensor, hold: float, first: bool = False) -> Tensor:
    """`guess` (3,) drawn towards the pose nearest to it that has this phase."""
    most = (torch.inf, torch.inf) if first else MOST
    heading = float(guess[2])
    off = _nearest(float(_angle(phase[:2])) / 4 - heading, QUARTER)
    sure = min(1.0, float(phase[:2].norm()))
    heading += hold * sure * max(-most[1], min(most[1], off))
    # Which of the two descriptions of the stance is far from its jump, and which axis it is along.
    part = heading / QUARTER
    axis, at = (round(part), 2) if abs(part - round(part)) < 0.25 else (math.floor(part), 6)
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[axis % 4]
    ahead, right = (_angle(phase[[at + k, at + k + 2]]) / (2 * math.pi) for k in (0, 1))
    x, y = float(cos * ahead - sin * right), float(sin * ahead + cos * right)
    stance = guess[:2].clone()
    worth = [min(1.0, float(phase[[at + k, at + k + 2]].norm())) for k in (0, 1)]
    for k, wanted in enumerate((x, y)):
        off = _nearest(wanted - float(guess[k]), 1.0)
        along = worth[0] if (cos != 0) == (k == 0) else worth[1]
        stance[k] += hold * along**2 * max(-most[0], min(most[0], off))
    return torch.tensor([float(stance[0]), float(stance[1]), heading])


def _angle(pair: Tensor) -> Tensor:
    return torch.atan2(pair[1], pair[0])


def _nearest(off: float, period: float) -> float:
    """`off` up to whole periods, as near to 0 as can be."""
    return off - period * round(off / period)

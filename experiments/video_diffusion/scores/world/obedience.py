"""Is the motion that a video shows the one that was asked for, by the poses of a path or by recorded actions?"""

import torch
from torch import Tensor

from experiments.video_diffusion.memory.angles import wrapped
from experiments.video_diffusion.memory.poses import asked_motions, relative

INERTIA = torch.linspace(0, 0.9, 10)  # of a walker who follows his actions


def asked_by_poses(poses: Tensor) -> Tensor:
    """Motions (T − 1, 3) between poses (T, 3)."""
    return relative(poses[:-1], poses[1:]).float()


def asked_by_actions(actions: Tensor, read: Tensor) -> Tensor:
    """Motions (T − 1, 3) that actions (T, 2), a speed (blocks a frame) and a turn (radians a frame), ask for of a
    walker with the inertia that fits the motions read (T − 1, 3) best: what it is, nobody recorded."""
    asked = actions[:-1].float()
    best, least = None, torch.inf
    for inertia in INERTIA.tolist():
        motion = asked_motions(asked, inertia)
        step, off = disobedience(motion, read)
        error = float(step.median() / 0.04 + off.median() / 4)
        if error < least:
            best, least = motion, error
    return best


def disobedience(asked: Tensor, read: Tensor) -> tuple[Tensor, Tensor]:
    """How far the motions read (N, 3) are from those asked for: steps (N,) in blocks, turns (N,) in degrees."""
    off = read - asked
    return off[:, :2].norm(dim=1), wrapped(off[:, 2]).abs().rad2deg()

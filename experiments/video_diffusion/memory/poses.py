"""Poses on the plane, the group SE(2): x and y in blocks, heading in radians from x towards y; tensors (…, 3).

A pose seen from another one is its position ahead and to the right of it (y grows to the right of x) and its turn.
"""

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.memory.angles import wrapped


def relative(here: Tensor, there: Tensor) -> Tensor:
    """`there` seen from `here`: (ahead, right, turn), the turn in [−π, π). The inverse of `compose(here, ·)`."""
    dx, dy = (there - here)[..., :2].unbind(-1)
    cos, sin = here[..., 2].cos(), here[..., 2].sin()
    return torch.stack([cos * dx + sin * dy, cos * dy - sin * dx, wrapped(there[..., 2] - here[..., 2])], dim=-1)


def compose(here: Tensor, seen: Tensor) -> Tensor:
    """The pose that is `seen` (ahead, right, turn) from `here`; headings add up and are not wrapped."""
    ahead, right, turn = seen.unbind(-1)
    x, y, heading = here.unbind(-1)
    cos, sin = heading.cos(), heading.sin()
    return torch.stack([x + cos * ahead - sin * right, y + sin * ahead + cos * right, heading + turn], dim=-1)


def checked(poses: Tensor | np.ndarray) -> Tensor:
    """Poses (B, frames, 3) of B walks, as a tensor. Raises InputError for other shapes, and for what is no number."""
    poses = torch.as_tensor(poses)
    if poses.ndim != 3 or poses.shape[-1] != 3 or not poses.shape[1]:
        raise InputError(f"poses of shape {tuple(poses.shape)}; (videos, frames, 3) is needed")
    if not poses.isfinite().all():
        video, frame, _ = (~poses.isfinite()).nonzero()[0].tolist()
        raise InputError(f"the pose of frame {frame} of video {video} is not a number")
    return poses


def asked_motions(actions: Tensor, inertia: float = 0.0) -> Tensor:
    """Motions (…, T, 3) that actions (…, T, 2), speeds (blocks a frame) and turns (radians a frame), ask of a walker
    who keeps `inertia` of the last frame's velocity: along arcs, in the open. Raises InputError for other actions."""
    if actions.ndim < 2 or actions.shape[-1] != 2:
        raise InputError(f"actions of shape {tuple(actions.shape)} are no speeds and turns (frames, 2)")
    if not actions.isfinite().all():
        raise InputError(f"the action of frame {int((~actions.isfinite()).nonzero()[0][-2])} is not a number")
    now, rows = torch.zeros_like(actions[..., 0, :]), []
    for wanted in actions.unbind(-2):
        now = inertia * now + (1 - inertia) * wanted
        rows.append(now)
    speed, turn = torch.stack(rows, dim=-2).unbind(-1)
    return torch.stack([speed * (turn / 2).cos(), speed * (turn / 2).sin(), turn], dim=-1)


def led_by(start: Tensor, actions: Tensor, inertia: float = 0.0) -> Tensor:
    """Poses (B, T + 1, 3) from `start` (B, 3) on, where actions (B, T, 2) lead in the open. Raises InputError."""
    if len(actions) != len(start):
        raise InputError(f"actions of {len(actions)} videos, but {len(start)} begin")
    poses = [start]
    for motion in asked_motions(actions, inertia).unbind(1):
        poses.append(compose(poses[-1], motion.to(start)))
    return checked(torch.stack(poses, dim=1))

"""How well the readers read: on real frames of mazes that they never saw, beside the truth."""

import math

import torch
from torch import Tensor

from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.readers.motion import MotionReader
from experiments.video_diffusion.scores.readers.scene import Reading, SceneReader, from_nearest, phase_of

NEAR = 2.0  # blocks: the distance up to which posters and openings are asked for
EDGE = 0.05  # blocks: an opening shallower than this is none


def read_frames(module: SceneReader, frames: Tensor, batch: int = 128) -> Reading:
    """Of frames (N, 64, 64, 3) uint8, on the CPU."""
    device = next(module.parameters()).device
    with torch.no_grad():
        parts = [module(to_images(part.to(device))) for part in frames.split(batch)]
    names = Reading.__dataclass_fields__
    return Reading(*(torch.cat([getattr(part, name) for part in parts]).cpu() for name in names))


def read_motions(module: MotionReader, first: Tensor, second: Tensor, batch: int = 128) -> Tensor:
    """(N, 3) between frames, each (N, 64, 64, 3) uint8, on the CPU."""
    device = next(module.parameters()).device
    with torch.no_grad():
        pairs = zip(first.split(batch), second.split(batch), strict=True)
        return torch.cat([module(*(to_images(part.to(device)) for part in pair)).cpu() for pair in pairs])


def scene_accuracy(module: SceneReader, frames: Tensor, poses: Tensor, truth: list[Tensor]) -> dict[str, float]:
    """Shares that are right: of directions in which a wall at most NEAR away is told from free view beyond (openings),
    of bare floor points, of columns of posters at most NEAR away; and errors of depth, heading (°) and stance
    (blocks)."""
    inverse, poster, orange, bare = truth
    read = read_frames(module, frames)
    # Where the wall stands at NEAR itself, either answer is right.
    clear = (1 / inverse - NEAR).abs() > EDGE
    openings = ((read.inverse_depth < 1 / NEAR) == (inverse < 1 / NEAR))[clear]
    near = (1 / inverse <= NEAR) & (poster > 0)
    colours = (read.poster.argmax(1) == poster)[near]
    tiles = ((read.orange > 0) == orange.mT)[bare.mT]
    wanted = phase_of(poses)
    heading = _angle(read.phase[:, :2], wanted[:, :2]) / 4
    first = torch.stack([_angle(read.phase[:, [k, k + 2]], wanted[:, [k, k + 2]]) for k in (2, 3)]).amax(0)
    second = torch.stack([_angle(read.phase[:, [k, k + 2]], wanted[:, [k, k + 2]]) for k in (6, 7)]).amax(0)
    stance = torch.where(from_nearest(poses[:, 2]) > 0.5, first, second) / (2 * math.pi)
    return {
        "openings": float(openings.float().mean()),
        "floor_tile": float(tiles.float().mean()),
        "poster_colour": float(colours.float().mean()),
        "depth_median_relative_error": float((inverse / read.inverse_depth.clamp(min=1e-3) - 1).abs().median()),
        "heading_median_error": float(heading.rad2deg().median()),
        "stance_median_error": float(stance.median()),
        "stance_error_90": float(stance.quantile(0.9)),
    }


def motion_accuracy(module: MotionReader, pairs: Tensor, motion: Tensor) -> dict[str, float]:
    """Median errors of the step (blocks) and of the turn (°) between the frames of pairs (N, 2, 64, 64, 3) uint8."""
    error = read_motions(module, *pairs.unbind(1)) - motion
    step, turn = error[:, :2].norm(dim=1), error[:, 2].abs().rad2deg()
    return {
        "step_median_error": float(step.median()),
        "step_error_90": float(step.quantile(0.9)),
        "turn_median_error": float(turn.median()),
        "turn_error_90": float(turn.quantile(0.9)),
    }


def _angle(read: Tensor, wanted: Tensor) -> Tensor:
    """How far apart (N,) the directions of two (N, 2) of cos and sin are, in radians."""
    off = torch.atan2(read[:, 1], read[:, 0]) - torch.atan2(wanted[:, 1], wanted[:, 0])
    return torch.remainder(off + math.pi, 2 * math.pi).sub(math.pi).abs()

"""The path of a video that `extend --along` makes: poses of all frames, or actions that lead on from the given ones."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.memory.poses import checked, led_by
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.sampling.start import Start
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.world.measured import Measured
from experiments.video_diffusion.scores.world.recording import Recording

HELP = (
    "lead the video, and remember: a .npz with `poses` (frames, 3) of all frames, the given ones too, x and y in "
    "blocks and heading in radians from x towards y; or with `actions` (new frames, 2), blocks and radians a frame, "
    "which lead on from where the given frames were seen, read from them"
)


def path(file: Path, models: Models, start: Start, frames: int) -> Tensor:
    """Poses (1, frames, 3) by `file`. Raises InputError where it tells fewer, or none."""
    known, given = arrays(file), len(start.frames)
    if "poses" in known:
        poses = checked(known["poses"][None])
        if poses.shape[1] < frames:
            raise InputError(f"{file}: poses for {poses.shape[1]} frames, but --frames {frames}")
        return poses[:, :frames]
    actions = known["actions"]
    if actions.ndim != 2 or len(actions) < frames - given:
        needed = f"{frames - given} frames are made after the {given} given ones"
        raise InputError(f"{file}: actions of shape {tuple(actions.shape)}, but {needed}")
    seen = Measured(Recording("start", start.frames), shipped_readers(models.folder, models.device, False)).poses
    led = led_by(seen[None, -1], actions[None, : frames - given])
    return torch.cat([seen[None], led[:, 1:]], dim=1)


def arrays(file: Path) -> dict[str, Tensor]:
    """`poses` and `actions` of a .npz as float32, as far as they are there. Raises InputError where neither is."""
    if not file.exists():
        raise InputError(f"--along {file}: no such file")
    try:
        with np.load(file, allow_pickle=False) as stored:
            found = {name: stored[name] for name in ("poses", "actions") if name in stored.files}
    except Exception as error:  # a damaged archive raises nearly anything, a lone array has no names
        raise InputError(f"--along {file}: no .npz that can be read") from error
    if not found:
        raise InputError(f"--along {file}: neither `poses` nor `actions` in it")
    for name, values in found.items():
        if not np.issubdtype(values.dtype, np.number):
            raise InputError(f"--along {file}: {name} are {values.dtype}; numbers are needed")
    return {name: torch.from_numpy(np.asarray(values, np.float32)) for name, values in found.items()}

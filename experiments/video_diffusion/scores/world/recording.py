"""A recording as the rulers take it: frames, and what its file knows of where they were seen from and what was asked
for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data.readers import read

KNOWN = ("poses", "truth", "given")  # arrays of a .npz beside `video` and `actions`


@dataclass(frozen=True)
class Recording:
    """`frames` (T, 64, 64, 3) uint8, the first `given` of them real. `poses` (T, 3): x, y in blocks and heading in
    radians, of the true path; `truth` like `frames`: what is really seen along it; `actions` (T, …) as recorded."""

    name: str
    frames: Tensor
    given: int = 0
    poses: Tensor | None = None
    truth: Tensor | None = None
    actions: Tensor | None = None

    def __post_init__(self):
        """Raises InputError where the parts do not fit together."""
        count = len(self.frames)
        if not 0 <= self.given < count:
            raise InputError(f"{self.name}: {self.given} of its {count} frames cannot be given; one at least is made")
        for part in ("poses", "truth", "actions"):
            if (value := getattr(self, part)) is not None and len(value) != count:
                raise InputError(f"{self.name}: {part} for {len(value)} frames, but it has {count}")
        if self.poses is not None:
            if self.poses.ndim != 2 or self.poses.shape[1] != 3:
                raise InputError(f"{self.name}: poses of shape {tuple(self.poses.shape)}; ({count}, 3) is needed")
            if not self.poses.isfinite().all():
                frame = int((~self.poses.isfinite().all(1)).nonzero()[0])
                raise InputError(f"{self.name}: the pose of frame {frame} is not a number")
        if self.truth is not None and self.truth.shape != self.frames.shape:
            shapes = tuple(self.truth.shape), tuple(self.frames.shape)
            raise InputError(f"{self.name}: truth of shape {shapes[0]}, but frames of {shapes[1]}")


def load(path: Path, given: int | None = None, resize: str | None = None) -> Recording:
    """Read a .npz, a film or a folder of frames; a .npz may hold KNOWN too. Raises InputError."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    episode, known = read(path, resize), {}
    if path.is_file() and path.open("rb").read(2) == b"PK":
        with np.load(path, allow_pickle=False) as stored:
            known = {name: stored[name] for name in KNOWN if name in stored.files}
    if given is None:
        given = int(known.get("given", 0))
    return Recording(
        episode.name,
        torch.from_numpy(np.ascontiguousarray(episode.frames)),
        given,
        _floats(path, "poses", known.get("poses")),
        torch.from_numpy(known["truth"]) if "truth" in known else None,
        _floats(path, "actions", episode.actions),
    )


def _floats(path: Path, name: str, values: np.ndarray | None) -> Tensor | None:
    if values is None:
        return None
    if not np.issubdtype(values.dtype, np.number):
        raise InputError(f"{path}: {name} are {values.dtype}; numbers are needed")
    return torch.from_numpy(np.asarray(values, np.float64))

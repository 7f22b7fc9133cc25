"""Tells every clip of a long video its motion and what the frames before it show there.

The motion is given: recorded poses, or those that actions lead to. What memory shows is read from the video itself as
it grows: from the frames it begins with, and, where they show nothing, from those generated since.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.memory.bank import RETRIEVED, MemoryBank
from experiments.video_diffusion.memory.poses import checked
from experiments.video_diffusion.memory.reprojection import Views
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.model.conditions import NOTHING, Conditions
from experiments.video_diffusion.sampling.trained_models import Models


class Remembering:
    """For `extend`: videos that go along `poses` (B, frames, 3). `retrieved` frames a clip are remembered; 0: none.

    `seen` is what banks of the same first frames have seen already. Raises InputError for poses that no walk has.
    """

    def __init__(self, models: Models, poses: Tensor, retrieved: int = RETRIEVED, seen: Sequence[Views] | None = None):
        self.models, self.poses, self.retrieved = models, checked(poses), retrieved
        encode = models.encode_images
        self.banks = [MemoryBank(models.depth, encode, retrieved) for _ in range(len(poses))] if retrieved else []
        self.remembered = 0
        if self.banks and seen is not None:
            if len(seen) != len(poses):
                raise InputError(f"a memory of {len(seen)} videos, but poses of {len(poses)}")
            for bank, views, path in zip(self.banks, seen, poses, strict=True):
                bank.given, count = views, len(views.poses)
                if count > len(path) or not torch.allclose(views.poses, path[:count].to(views.poses), atol=1e-3):
                    raise InputError("a memory of another walk: its frames were seen from elsewhere")
            self.remembered = len(seen[0].poses)

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        """What is told of the clip of `frames` frames from frame `first` on, when the latents so far are `video`."""
        if len(video) != len(self.poses):
            raise InputError(f"poses of {len(self.poses)} videos, but {len(video)} are made")
        poses = self._path(first, frames)
        if not self.banks:
            return Conditions(poses.to(video))
        self._remember(video)
        views = torch.stack([bank.views(path) for bank, path in zip(self.banks, poses, strict=True)])
        return Conditions(poses.to(video), views.to(video))

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        """What `extend` asks in the denoiser's place; memories that do more than tell put it in here."""
        return self.models.denoise(z, t, condition, memory, known)

    def _path(self, first: int, frames: int) -> Tensor:
        """Poses (B, frames, 3) from frame `first` on; past the end of the path the walker stands still."""
        poses = self.poses[:, first : first + frames]
        if not poses.shape[1]:
            poses = self.poses[:, -1:]
        return torch.cat([poses, poses[:, -1:].expand(-1, frames - poses.shape[1], -1)], dim=1)

    def _remember(self, video: Tensor) -> None:
        """Look at the frames that came since the last clip."""
        if video.shape[1] > self.poses.shape[1]:
            raise InputError(f"poses for {self.poses.shape[1]} frames, but the video has {video.shape[1]} already")
        begin, reach = self.remembered, self.models.decoder.reach
        seen = self.models.decode(video[:, max(0, begin - reach) :])[:, min(begin, reach) :]
        for bank, frames, path in zip(self.banks, seen, self.poses, strict=True):
            bank.remember(to_images(frames), path[begin : video.shape[1]], given=not begin)
        self.remembered = video.shape[1]

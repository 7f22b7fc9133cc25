"""Tells every clip of a long video its motion and what the frames before it show there.

The motion is given: recorded poses, or those that actions lead to. What memory shows is read from the video itself as
it grows, given and generated frames alike.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.memory.bank import RETRIEVED, MemoryBank
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.sampling.trained_models import Models


class Remembering:
    """For `extend`: videos that go along `poses` (B, frames, 3). `retrieved` frames a clip are remembered; 0: none."""

    def __init__(self, models: Models, poses: Tensor, retrieved: int = RETRIEVED):
        self.models, self.poses, self.retrieved = models, poses, retrieved
        encode = models.encode_images
        self.banks = [MemoryBank(models.depth, encode, retrieved) for _ in range(len(poses))] if retrieved else []
        self.remembered = 0

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        """What is told of the clip of `frames` frames from frame `first` on, when the latents so far are `video`."""
        poses = self.poses[:, first : first + frames]
        if poses.shape[1] < frames:  # past the end of the path the walker stands still
            poses = torch.cat([poses, poses[:, -1:].expand(-1, frames - poses.shape[1], -1)], dim=1)
        if not self.banks:
            return Conditions(poses.to(video))
        self._remember(video)
        views = torch.stack([bank.views(path) for bank, path in zip(self.banks, poses, strict=True)])
        return Conditions(poses.to(video), views.to(video))

    def _remember(self, video: Tensor) -> None:
        """Look at the frames that came since the last clip."""
        begin, reach = self.remembered, self.models.decoder.reach
        seen = self.models.decode(video[:, max(0, begin - reach) :])[:, min(begin, reach) :]
        for bank, frames, path in zip(self.banks, seen, self.poses, strict=True):
            bank.remember(to_images(frames), path[begin : video.shape[1]])
        self.remembered = video.shape[1]

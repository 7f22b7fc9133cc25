"""Free walks that remember: nobody says where they go, and yet what was seen is there again.

Every clip is drawn twice. The first time without memory, to see where the model would walk; the motion is read from
that draft. Then again, told this motion and what earlier frames show along it.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.memory.poses import compose
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.methods.method import Past
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.world.measured import Measured, Readers
from experiments.video_diffusion.scores.world.paths import followed
from experiments.video_diffusion.scores.world.recording import Recording


class Exploring(Remembering):
    """For `extend`: videos that begin with frames `start` (B, n, 64, 64, 3) uint8, drafted by `method` in the steps of
    `scheme`. Where they were seen from is read from the frames alone, given and made ones."""

    def __init__(
        self,
        models: Models,
        readers: Readers,
        start: Tensor,
        method: Method,
        scheme: Scheme,
        generator: torch.Generator,
    ):
        paths = [Measured(Recording("start", video), readers).poses for video in start]
        super().__init__(models, torch.stack(paths))
        self.readers, self.method, self.scheme, self.generator = readers, method, scheme, generator
        for bank, video, path in zip(self.banks, start, paths, strict=True):
            bank.remember(to_images(video), path, given=True)
        self.remembered, self.last = start.shape[1], start[:, -1:]

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        self._look(video)
        here = video.shape[1]
        self.poses = torch.cat([self.poses[:, :here], self._ahead(video, first, frames)], dim=1)
        return super().__call__(video, first, frames)

    def _look(self, video: Tensor) -> None:
        """Read where the frames since the last clip were seen from, and remember them."""
        begin, reach = self.remembered, self.models.decoder.reach
        if begin == video.shape[1]:
            return
        made = self.models.decode(video[:, max(0, begin - reach) :])[:, min(begin, reach) :]
        found = []
        for bank, frames, last, path in zip(self.banks, made, self.last, self.poses, strict=True):
            read = Measured(Recording("made", torch.cat([last, frames])), self.readers)
            poses = torch.stack(followed(path[begin - 1], read.read.phase[1:], read.motions, begin))
            bank.remember(to_images(frames), poses)
            found.append(poses)
        self.poses = torch.cat([self.poses[:, :begin], torch.stack(found)], dim=1)
        self.remembered, self.last = video.shape[1], made[:, -1:]

    def _ahead(self, video: Tensor, first: int, frames: int) -> Tensor:
        """Poses (B, new frames, 3) along which the model would walk without memory."""
        shape = (len(video), frames, *video.shape[2:])
        noise = torch.randn(shape, generator=self.generator, device=self.generator.device).to(video)
        past = Past(video[:, first:], video, noise)
        draft = sample(self.models.denoise, self.method, past, self.scheme, generator=self.generator).clip
        known, found = video.shape[1] - first, []
        for made, path in zip(self.models.decode(draft), self.poses, strict=True):
            steps, poses = Measured(Recording("draft", made[known - 1 :]), self.readers).motions, [path[-1]]
            for step in steps:
                poses.append(compose(poses[-1], step))
            found.append(torch.stack(poses[1:]))
        return torch.stack(found)

    def _remember(self, video: Tensor) -> None:
        """All that is there was looked at before the draft."""

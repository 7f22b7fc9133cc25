"""Held-out walks of which all is known: poses, what is really seen, and which places the given frames have shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.memory.bank import RETRIEVED
from experiments.video_diffusion.memory.poses import compose, relative
from experiments.video_diffusion.memory.reprojection import Views, reproject
from experiments.video_diffusion.memory.retrieval import most_overlapping
from experiments.video_diffusion.model.autoencoder import to_frames, to_images
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.shipped_readers import ELSEWHERE, shipped_readers
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import psnr
from experiments.video_diffusion.scores.world.continuation import FIRST as LEFT_OUT
from experiments.video_diffusion.scores.world.measured import Measured, Readers, Seen
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.rulers import score
from experiments.video_diffusion.studies.remembered import Remembered

FIRST = 50_000  # episodes of the test split from here on; no other study draws them
ASKED = ("continuation", "return", "obedience", "pace", "transitions")  # of the rulers
CLIP = 5  # frames that are retrieved for at a time


@dataclass(frozen=True)
class KnownWalks:
    """Real walks (W, T, 64, 64, 3) uint8 along poses (W, T, 3), their latents, what the autoencoder gives back, what
    memory has seen of the given frames, and what is really seen along the paths."""

    given: int
    readers: Readers
    frames: Tensor
    poses: Tensor
    latents: Tensor
    again: Tensor
    seen: list[Views]
    truth: list[Seen]

    @classmethod
    def drawn(
        cls, models: Models, count: int, given: int, made: int, source: str = WALKS, first: int = 0
    ) -> "KnownWalks":
        """From number `first` on, of the world that `source` names, whose own readers lie beside the other networks."""
        data = open_source(source, "test", given + made)
        episodes = [data.episode(FIRST + first + k) for k in range(count)]
        frames = torch.stack([torch.from_numpy(episode.frames) for episode in episodes])
        poses = torch.stack([torch.from_numpy(episode.poses).float() for episode in episodes])
        latents = models.encode(frames)
        again = models.decode(latents)
        seen = [views(models, video[:given], path) for video, path in zip(frames, poses, strict=True)]
        another = torch.from_numpy(data.episode(ELSEWHERE).frames)
        readers = replace(shipped_readers(models.folder, models.device, False, models.folder, source), another=another)
        truth = [
            Seen(Recording("walk", video, given, path, video), readers)
            for video, path in zip(frames, poses, strict=True)
        ]
        return cls(given, readers, frames, poses, latents, again, seen, truth)

    @cached_property
    def as_read(self) -> tuple[Tensor, list[Views]]:
        """Poses (W, T, 3) and what memory has seen, with the motion of the given frames read from them alone; from the
        last one on, where the walker is told where to go, poses are those asked for."""
        paths = []
        for video, path in zip(self.frames, self.poses, strict=True):
            read = Measured(Recording("walk", video[: self.given]), self.readers).poses
            paths.append(torch.cat([compose(path[self.given - 1], relative(read[-1], read)), path[self.given :]]))
        found = torch.stack(paths)
        seen = [replace(views, poses=path[: self.given]) for views, path in zip(self.seen, found, strict=True)]
        return found, seen

    def cheats(self) -> dict[str, Tensor]:
        """Floors and the ceiling, as videos."""
        given, first = self.given, torch.full((LEFT_OUT,), self.given - 1)
        nearest = [torch.cat([first, real.places.nearest]) for real in self.truth]
        copies = [torch.cat([v[:given], v[at]]) for v, at in zip(self.again, nearest, strict=True)]
        another = self.readers.another.expand_as(self.frames)
        pixels = [torch.cat([video[:given], self.pixels(k)]) for k, video in enumerate(self.again)]
        floors = {"copy": torch.stack(copies), "pixels": torch.stack(pixels), "another_maze": another}
        return {"autoencoder": self.again} | floors

    def pixels(self, walk: int) -> Tensor:
        """What is carried over from the given frames to the stances of the others, grey where they showed nothing: what
        memory shows the network."""
        seen, clips = self.seen[walk], self.poses[walk, self.given :].split(CLIP)
        shown = []
        for poses in clips:
            chosen = most_overlapping(seen.poses, seen.inverse_depth, poses, RETRIEVED)
            shown.append(to_frames(reproject(seen.take(chosen), poses)[0]))
        return torch.cat(shown)

    def scored(self, videos: Tensor, only: Sequence[str] = ASKED) -> list[dict[str, dict]]:
        """By walk what the rulers `only` tell of the videos (W, T, 64, 64, 3)."""
        made = zip(videos, self.truth, strict=True)
        return [score(replace(real.recording, frames=v), self.readers, only=only, seen=real) for v, real in made]

    def remembered(self, videos: dict[str, Tensor]) -> Remembered:
        """How like the truth they are; the frames right after the given ones are left out."""
        first = self.given + LEFT_OUT
        decibels = {
            name: [psnr(video[first:], truth[first:]) for video, truth in zip(found, self.frames, strict=True)]
            for name, found in videos.items()
        }
        places = [real.places for real in self.truth]
        kinds = {
            "seen": [at.seen for at in places],
            "partly": [~at.seen & ~at.new for at in places],
            "new": [at.new for at in places],
        }
        return Remembered(decibels, kinds, [at.age for at in places])


def views(models: Models, video: Tensor, poses: Tensor) -> Views:
    """What a memory has of given frames (T, 64, 64, 3) seen from the first of poses."""
    images = to_images(video)
    with torch.no_grad():
        return Views(images, models.depth(images.to(models.device)).cpu(), poses[: len(video)])

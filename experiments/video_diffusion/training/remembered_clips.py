"""Training clips with a memory: beside each, what earlier frames of the same walk show from its stances.

The frames are those that the autoencoder gives back, as a video that grows remembers its own. A reprojection takes
longer than a training step on its clip, so it is made when it is first drawn, and kept. Clip number n is a function of
the walks, the networks and n: a resumed training sees what an unbroken one does.
"""

import pathlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.memory.bank import RETRIEVED, encoded_views
from experiments.video_diffusion.memory.depth_reader import DepthReader
from experiments.video_diffusion.memory.poses import compose
from experiments.video_diffusion.memory.reprojection import Views, reproject
from experiments.video_diffusion.model.autoencoder import Autoencoder
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.posed_walks import PosedWalks
from experiments.video_diffusion.training.wear import Wear

KNOWN = 5  # frames of a clip that memory may hold already: those that it goes on from
TOGETHER = 256  # clips whose views a GPU makes at a time


@dataclass(frozen=True)
class RememberedClips:
    """`count` clips of `frames` frames. On a CPU their views are kept in files beside `file`; on a GPU, which makes
    them all in seconds, in its memory."""

    walks: PosedWalks
    autoencoder: Autoencoder
    reader: DepthReader
    file: pathlib.Path
    count: int
    frames: int
    seed: int = 0
    wear: Wear = Wear()

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Random clips (count, frames, C, H, W), their poses (count, frames, 3) and views (count, frames, C + 1, H,
        W)."""
        return self.clips(torch.randint(self.count, (count,), generator=generator, device=generator.device))

    def clips(self, numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The clips of these numbers (B,): latents, poses, views."""
        views, _ = self._made(numbers)
        return *self.plain(numbers), views.float()

    def plain(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """The same without what memory shows."""
        walk, first, _, _ = self._plan
        return self.walks.frames(walk[numbers], first[numbers][:, None] + self._clip)

    def recalled(self, numbers: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """The `count` earlier frames that show most of these clips (B,), as frames: latents (B, count, C, H, W) and
        poses (B, count, 3). Where fewer show anything, the first of them
        stands in, or the last frame that memory may hold."""
        _, chosen = self._made(numbers)
        return self.walks.frames(self._plan[0][numbers], chosen[:, :count].long())

    def _made(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """What is kept of these clips; made now where it is missing."""
        views, chosen, done = self._kept
        if self._device.type == "cuda":
            return views[numbers], chosen[numbers]
        missing = numbers[done[numbers] == 0].unique()
        if len(missing):
            views[missing], chosen[missing] = self._views(missing)
            done[missing] = 1
        return views[numbers], chosen[numbers]

    def _views(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Views (B, frames, C + 1, H, W) of these clips, and the frames that they are from (B, RETRIEVED)."""
        walk, first, past, count = (part[numbers] for part in self._plan)
        wanted = self.walks.poses[walk[:, None], first[:, None] + self._clip]
        there = torch.arange(self.walks.length, device=self._device) < past[:, None]
        chosen, adds = self.walks.ranked(walk, wanted, there, RETRIEVED)
        asked = adds & (torch.arange(RETRIEVED, device=self._device) < count[:, None])
        latents, poses = self.walks.frames(walk, chosen)
        if self.wear.share:
            moved, noise = self.wear.of(self.seed, numbers, RETRIEVED, latents.shape[2:])
            latents, poses = latents + noise, compose(poses, moved)
        with torch.no_grad():
            with precision(self._device):
                images = self.autoencoder.decode(latents.flatten(0, 1)).clamp(-1, 1)
            depth = self.reader(images).masked_fill(~asked.flatten()[:, None], torch.nan)
            images, depth = (part.unflatten(0, chosen.shape) for part in (images, depth))
            found = torch.vmap(lambda *seen: reproject(Views(*seen[:3]), seen[3]))(images, depth, poses, wanted)

            def encode(images: Tensor) -> Tensor:
                with precision(self._device):
                    return self.autoencoder.encode(images)

            views = encoded_views(*(part.flatten(0, 1) for part in found), encode)
        first_or_last = torch.where(adds[:, :1], chosen[:, :1], past[:, None] - 1)
        kept = torch.where(adds, chosen, first_or_last)
        return views.unflatten(0, wanted.shape[:2]).half(), kept.short()

    @property
    def _device(self) -> torch.device:
        return self.walks.latents.device

    @property
    def _clip(self) -> Tensor:
        return torch.arange(self.frames, device=self._device)

    @cached_property
    def _plan(self) -> list[Tensor]:
        """Of every clip (count,): its walk, its first frame, how many frames of the walk memory may hold, and how many
        are retrieved. Half of the clips remember the frames that they go on from, too; the others only what lies
        further back."""
        rows = []
        for number in range(self.count):
            rng = np.random.default_rng([self.seed, number])
            walk = int(rng.integers(len(self.walks.latents)))
            first = int(rng.integers(KNOWN, self.walks.length - self.frames + 1))
            past = first + KNOWN if rng.random() < 0.5 else max(1, first - int(rng.integers(0, 40)))
            rows.append((walk, first, past, int(rng.integers(1, RETRIEVED + 1))))
        return list(torch.tensor(rows).to(self._device).unbind(1))

    @cached_property
    def _kept(self) -> tuple[Tensor, Tensor, Tensor]:
        """The views, the frames that they are from, and which of them have been made."""
        if self._device.type == "cuda":
            groups = torch.arange(self.count, device=self._device).split(TOGETHER)
            views, chosen = zip(*map(self._views, groups), strict=True)
            return torch.cat(views), torch.cat(chosen), torch.ones(self.count, device=self._device)
        shape = (self.count, self.frames, self.walks.latents.shape[2] + 1, *self.walks.latents.shape[3:])
        sizes = {
            ".views": (np.float16, shape),
            ".chosen": (np.int16, (self.count, RETRIEVED)),
            ".made": (np.uint8, (self.count,)),
        }
        files = []
        for suffix, (kind, size) in sizes.items():
            path = self.file.with_suffix(suffix)
            whole = path.exists() and path.stat().st_size == int(np.prod(size)) * np.dtype(kind).itemsize
            files.append(torch.from_numpy(np.memmap(path, kind, "r+" if whole else "w+", shape=size)))
        return tuple(files)

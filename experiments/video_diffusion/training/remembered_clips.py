"""Training clips with a memory: beside each, what earlier frames of the same walk show from its stances.

A reprojection takes longer than a training step on its clip, so it is made when it is first drawn, and kept on disk.
Clip number n is a function of the walks, the networks and n: a resumed training sees what an unbroken one does.
"""

import pathlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.maze_walks import Path
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.memory.bank import RETRIEVED, encoded_views
from experiments.video_diffusion.memory.depth_reader import DepthReader
from experiments.video_diffusion.memory.reprojection import Views, reproject
from experiments.video_diffusion.memory.retrieval import most_overlapping
from experiments.video_diffusion.model.autoencoder import Autoencoder, to_images
from experiments.video_diffusion.model.precision import precision

KNOWN = 5  # frames of a clip that memory may hold already: those that it goes on from


@dataclass(frozen=True)
class RememberedClips:
    """`count` clips of `frames` frames from walks whose latents are (N, length, C, H, W); views are kept beside
    `file`."""

    walks: MazeWalks
    paths: list[Path]  # through the mazes, one a walk
    inverse_depth: Tensor  # (N, length, S): of the walls in every frame, by the maze; tells which views overlap
    latents: Tensor
    autoencoder: Autoencoder
    reader: DepthReader
    file: pathlib.Path
    count: int
    frames: int
    seed: int = 0

    @classmethod
    def of(cls, walks: MazeWalks, latents: Tensor, **settings) -> "RememberedClips":
        """Of the first walks, whose `latents` these are."""
        paths = [walks.path(number) for number in range(len(latents))]
        depth = np.stack([1 / cast(path.maze, path.poses, walks.pixels)[0] for path in paths])
        return cls(walks, paths, torch.from_numpy(depth).float(), latents, **settings)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Random clips (count, frames, C, H, W), their poses (count, frames, 3) and views (count, frames, C + 1, H,
        W)."""
        numbers = torch.randint(self.count, (count,), generator=generator).tolist()
        clips, poses, views = zip(*map(self.clip, numbers), strict=True)
        return torch.stack(clips), torch.stack(poses), torch.stack(views)

    def clip(self, number: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = np.random.default_rng([self.seed, number])
        walk = int(rng.integers(len(self.latents)))
        first = int(rng.integers(KNOWN, self.latents.shape[1] - self.frames + 1))
        here = slice(first, first + self.frames)
        poses = self.poses(walk)
        kept, done = self._kept
        if not done[number]:
            kept[number] = self._views(walk, first, poses, rng).numpy()
            done[number] = 1
        return self.latents[walk, here].float(), poses[here], torch.from_numpy(kept[number].astype(np.float32))

    def poses(self, walk: int) -> Tensor:
        """Of all frames of a walk (length, 3)."""
        return torch.from_numpy(self.paths[walk].poses).float()

    def _views(self, walk: int, first: int, poses: Tensor, rng: np.random.Generator) -> Tensor:
        """Half of the clips remember the frames that they go on from, too; the others only what lies further back."""
        past = first + KNOWN if rng.random() < 0.5 else max(1, first - int(rng.integers(0, 40)))
        wanted = poses[first : first + self.frames]
        count = int(rng.integers(1, RETRIEVED + 1))
        chosen = most_overlapping(poses[:past], self.inverse_depth[walk, :past], wanted, count)
        frames = torch.from_numpy(self.walks.draw(self.paths[walk], chosen.numpy()))
        device = next(self.autoencoder.parameters()).device
        images = to_images(frames)
        with torch.no_grad(), precision(device):
            read = self.reader(images.to(device)).cpu()
        found = reproject(Views(images, read, poses[chosen]), wanted)

        def encode(images: Tensor) -> Tensor:
            with precision(device):
                return self.autoencoder.encode(images.to(device)).cpu()

        return encoded_views(*found, encode)

    @cached_property
    def _kept(self) -> tuple[np.memmap, np.memmap]:
        """The views, and which of them have been made."""
        shape = (self.count, self.frames, self.latents.shape[2] + 1, *self.latents.shape[3:])
        files = []
        for suffix, kind, size in ((".views", np.float16, shape), (".made", np.uint8, (self.count,))):
            path = self.file.with_suffix(suffix)
            whole = path.exists() and path.stat().st_size == int(np.prod(size)) * np.dtype(kind).itemsize
            files.append(np.memmap(path, kind, "r+" if whole else "w+", shape=size))
        return files[0], files[1]

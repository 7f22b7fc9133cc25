"""Encoded walks whose poses are known, and how far their walls are: what clips with a past are taken from."""

import os
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.memory import retrieval
from experiments.video_diffusion.training.workspace import Workspace
from experiments.workers import processes

MANY = 256  # walks from which on several processes follow their rays


@dataclass(frozen=True)
class PosedWalks:
    """Latents (N, length, C, H, W), poses (N, length, 3) and 1 / depth (N, length, S) of the walls in every frame, by
    the maze; that depth tells which views overlap, and is never shown to a network."""

    latents: Tensor
    poses: Tensor
    inverse_depth: Tensor

    @classmethod
    def of(cls, workspace: Workspace, split: str, count: int) -> "PosedWalks":
        """The first `count` walks of a split, on the workspace's device. Raises InputError for recordings, whose poses
        are not known."""
        data = workspace.open(split)
        if not isinstance(data, MazeWalks):
            raise InputError(f"{workspace.data}: no poses, so that motion and memory cannot be learned from it")
        latents = workspace.latents(split, count)
        poses, inverse_depth = (torch.from_numpy(part).to(workspace.device) for part in followed(data, len(latents)))
        return cls(latents.to(workspace.device), poses, inverse_depth)

    @property
    def length(self) -> int:
        return self.latents.shape[1]

    def frames(self, walk: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (B, F, C, H, W) in float32 and poses (B, F, 3) of `frames` (B, F) of the walks (B,)."""
        return self.latents[walk[:, None], frames].float(), self.poses[walk[:, None], frames]

    def ranked(self, walk: Tensor, wanted: Tensor, there: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Of the frames of walks (B,) that are `there` (B, length), those that show most of what lies ahead of poses
        `wanted` (B, T, 3), as `retrieval.ranked` has it: indices (B, count), and which of them add anything."""
        chosen = torch.vmap(lambda *one: retrieval.ranked(*one[:3], count, one[3]))
        return chosen(self.poses[walk], self.inverse_depth[walk], wanted, there)


@lru_cache(maxsize=4)
def followed(walks: MazeWalks, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Poses (count, length, 3) of the first walks, and 1 / depth (count, length, S) of the walls in their frames."""
    if count < MANY:
        return tuple(map(np.stack, zip(*(_follow(walks, number) for number in range(count)), strict=True)))
    with processes(os.cpu_count()) as pool:
        paths = pool.map(partial(_follow, walks), range(count), chunksize=8)
        return tuple(map(np.stack, zip(*paths, strict=True)))


def _follow(walks: MazeWalks, number: int) -> tuple[np.ndarray, np.ndarray]:
    path = walks.path(number)
    depth = cast(path.maze, path.poses, walks.pixels)[0]
    return path.poses.astype(np.float32), (1 / depth).astype(np.float32)

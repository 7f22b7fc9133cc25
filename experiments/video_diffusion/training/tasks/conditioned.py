"""What the denoiser is told beside its clips in training: for some motion, for some of those what memory shows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.weight_files import load_weights
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.remembered_clips import RememberedClips
from experiments.video_diffusion.training.workspace import Workspace

MOVING = 0.3  # share of the clips without memory that are told their motion


@dataclass(frozen=True)
class ConditionedClips:
    """Clips of walks whose poses are known: a share of each batch is remembered, of the others a share is moving."""

    remembered: RememberedClips
    share: float

    @classmethod
    def of(cls, recipe: Recipe, workspace: Workspace, split: str, walks: Tensor, frames: int) -> "ConditionedClips":
        """Raises InputError for recordings, whose poses are not known, and where the depth reader is missing."""
        data = workspace.open(split)
        if not isinstance(data, MazeWalks):
            raise InputError(f"{workspace.data}: no poses, so that motion and memory cannot be learned from it")
        reader = load_weights(DepthReader, DepthReaderConfig, workspace.path("depth"), str(workspace.device))
        name = f"remembered-{split}-{len(walks)}-{workspace.digest(split, 'autoencoder', 'depth')}"
        remembered = RememberedClips.of(
            data,
            walks,
            autoencoder=workspace.autoencoder(),
            reader=reader,
            file=workspace.runs / name,
            count=recipe.remembered if split == "train" else 256,
            frames=frames,
        )
        return cls(remembered, recipe.remembering)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Conditions]:
        """Clips (count, T, C, H, W) and what is told of them."""
        m = round(self.share * count)
        clips, poses, views = self.remembered.draw(m, generator)
        others, other_poses = self.plain(count - m, generator)
        told = torch.rand(count - m, generator=generator) < MOVING
        everyone = torch.ones(m, dtype=torch.bool)
        unseen = views.new_zeros(count - m, *views.shape[1:])
        return torch.cat([clips, others]), Conditions(
            torch.cat([poses, other_poses]),
            torch.cat([views, unseen]),
            torch.cat([everyone, told]),
            torch.cat([everyone, torch.zeros_like(told)]),
        )

    def plain(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Clips from anywhere in the walks, and their poses (count, T, 3)."""
        walks, length = self.remembered.latents, self.remembered.frames
        which = torch.randint(len(walks), (count, 1), generator=generator)
        start = torch.randint(walks.shape[1] - length + 1, (count, 1), generator=generator)
        frames = start + torch.arange(length)
        poses = torch.stack([self.remembered.poses(w)[f] for w, f in zip(which[:, 0].tolist(), frames, strict=True)])
        return walks[which, frames].float(), poses

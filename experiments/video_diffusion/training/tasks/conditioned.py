"""What the denoiser is told beside its clips in training: for some motion, for some of those what memory shows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.model.conditions import SLOTS, Conditions
from experiments.video_diffusion.training.posed_walks import PosedWalks
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.remembered_clips import RememberedClips
from experiments.video_diffusion.training.wear import Wear
from experiments.video_diffusion.training.workspace import Workspace

MOVING = 0.5  # share of the clips without memory that are told their motion
HELD_OUT = 256  # remembered clips that are scored


@dataclass(frozen=True)
class ConditionedClips:
    """Clips of walks whose poses are known. A share of each batch is `remembering`: told its motion and what memory
    shows there. Another one is `recalling`: its first SLOTS frames are earlier ones, told apart by their poses alone.
    Of the others a share is told its motion, and the rest nothing."""

    remembered: RememberedClips
    remembering: float
    recalling: float = 0.0

    @classmethod
    def of(cls, recipe: Recipe, workspace: Workspace, split: str, count: int, frames: int) -> "ConditionedClips":
        """Of the first `count` walks of a split. Raises InputError for recordings, whose poses are not known, and where
        the depth reader is missing."""
        walks = PosedWalks.of(workspace, split, count)
        wear = Wear(recipe.worn if split == "train" else 0.0)
        decoded = f"worn-{wear.share:g}" if wear.share else "decoded"
        remembered = RememberedClips(
            walks,
            workspace.autoencoder(),
            workspace.depth_reader(),
            file=workspace.runs / f"{decoded}-{split}-{count}-{workspace.digest(split, 'autoencoder', 'depth')}",
            count=recipe.remembered if split == "train" else HELD_OUT,
            frames=frames,
            wear=wear,
        )
        return cls(remembered, recipe.remembering, recipe.recalling)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Conditions, Tensor]:
        """Clips (count, T, C, H, W), what is told of them, and which of them are recalling (count,)."""
        m, k = round(self.remembering * count), round(self.recalling * count)
        remembered, poses, views = self.remembered.draw(m, generator)
        recalled = self.recalled(k, generator)
        plain = self.plain(count - m - k, generator)
        clips, where = (torch.cat(parts) for parts in zip((remembered, poses), recalled, plain, strict=True))
        kind = torch.arange(count, device=clips.device)
        told = torch.rand(count, generator=generator, device=clips.device) < MOVING
        unseen = views.new_zeros(count - m, *views.shape[1:])
        known = Conditions(where, torch.cat([views, unseen]), (kind < m + k) | told, kind < m)
        return clips, known, (kind >= m) & (kind < m + k)

    def recalled(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Clips whose first frames are earlier ones that show the most of what comes, and their poses."""
        shown = self.remembered
        numbers = torch.randint(shown.count, (count,), generator=generator, device=generator.device)
        earlier, own = shown.recalled(numbers, SLOTS), shown.plain(numbers)
        return tuple(torch.cat([a, b[:, SLOTS:]], dim=1) for a, b in zip(earlier, own, strict=True))

    def plain(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Clips from anywhere in the walks, and their poses (count, T, 3)."""
        walks, length, device = self.remembered.walks, self.remembered.frames, generator.device
        which = torch.randint(len(walks.latents), (count,), generator=generator, device=device)
        start = torch.randint(walks.length - length + 1, (count, 1), generator=generator, device=device)
        return walks.frames(which, start + torch.arange(length, device=device))

"""What may be known of a clip besides its noisy frames: from where each is seen, and what memory shows there."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from experiments.video_diffusion.memory.poses import relative

SLOTS = 3  # first frames of a clip in which retrieved frames may stand, told apart by their poses alone
REFERENCE = 4  # the frame that all poses are told from: the last known one, with the usual overlap of five


@dataclass(frozen=True)
class Conditions:
    """Of clips (B, T, C, H, W): poses (B, T, 3), see `memory.poses`; `views` (B, T, C + 1, H, W), the latents of the
    pictures that memory shows there and, as the last channel, how much of each place it knows.

    `moving` and `remembering` (B,) tell for which clips they count; without them, for all.
    """

    poses: Tensor | None = None
    views: Tensor | None = None
    moving: Tensor | None = None
    remembering: Tensor | None = None

    def of(self, frames: slice) -> "Conditions":
        """The same for a part of the clips' frames."""
        poses, views = (None if part is None else part[:, frames] for part in (self.poses, self.views))
        return Conditions(poses, views, self.moving, self.remembering)

    def clips(self, some: slice | Tensor) -> "Conditions":
        """The same for some of the clips, a range or numbers."""
        return Conditions(*(None if part is None else part[some] for part in vars(self).values()))


NOTHING = Conditions()


def motion_features(poses: Tensor) -> Tensor:
    """Poses (B, T, 3) → features (B, T, 21): each frame seen from the one before, from the one after and from the
    reference. A step of a frame is a fraction of a block, and is told in quarters of one."""
    first, last = poses[:, :1], poses[:, -1:]
    before, after = torch.cat([first, poses[:, :-1]], dim=1), torch.cat([poses[:, 1:], last], dim=1)
    reference = poses[:, min(REFERENCE, poses.shape[1] - 1), None].expand_as(poses)
    return torch.cat([_features(relative(other, poses)) for other in (before, after, reference)], dim=-1)


def _features(seen: Tensor) -> Tensor:
    place, turn = seen[..., :2], seen[..., 2:]
    return torch.cat([place, 4 * place.clamp(-0.5, 0.5), turn.sin(), turn.cos() - 1, 4 * turn.clamp(-0.5, 0.5)], dim=-1)


class MotionEmbedding(nn.Module):
    """Poses (B, T, 3) → what is added to the features of the frames' noise levels (B·T, width); nothing at the start of
    training, and nothing for clips that are not `moving`."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(21, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)
        )
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, poses: Tensor, moving: Tensor | None = None) -> Tensor:
        found = self.layers(motion_features(poses))
        if moving is not None:
            found = found * moving[:, None, None].to(found.dtype)
        return found.flatten(0, 1)


class ViewEntrance(nn.Module):
    """Views (B, T, C + 1, H, W) → what is added to the first features of the frames (B·T, width, H, W); nothing at the
    start of training, and nothing for clips that are not `remembering`."""

    def __init__(self, channels: int, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels + 1, width, 3, padding=1), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1)
        )
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, views: Tensor, remembering: Tensor | None = None) -> Tensor:
        found = self.layers(views.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        if remembering is not None:
            found = found * remembering.repeat_interleave(views.shape[1])[:, None, None, None].to(found.dtype)
        return found

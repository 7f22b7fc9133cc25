"""A memory of one video: its frames so far, from where each was seen, and what they show from new stances."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.memory.depth_reader import DepthReader
from experiments.video_diffusion.memory.reprojection import Views, reproject
from experiments.video_diffusion.memory.retrieval import most_overlapping

Encode = Callable[[Tensor], Tensor]  # images (N, 3, S, S) in [−1, 1] → latents (N, C, H, W)
RETRIEVED = 6  # earlier frames that one clip is reminded of


class MemoryBank:
    """Grows with `remember`; `views` shows what it knows. `count` frames are retrieved for a clip.

    Frames that were given are evidence of the world; what a model made itself only fills what they leave open.
    """

    def __init__(self, reader: DepthReader, encode: Encode, count: int = RETRIEVED):
        self.reader, self.encode, self.count = reader, encode, count
        self.given: Views | None = None
        self.made: Views | None = None

    @property
    def seen(self) -> Views | None:
        """All of it, the given frames first."""
        return joined(self.given, self.made)

    def remember(self, images: Tensor, poses: Tensor, given: bool = False) -> None:
        """Add frames as images (T, 3, S, S) in [−1, 1], seen from poses (T, 3)."""
        with torch.no_grad():
            depth = self.reader(images)
        new = Views(images, depth, poses.to(images))
        if given:
            self.given = joined(self.given, new)
        else:
            self.made = joined(self.made, new)

    def views(self, poses: Tensor) -> Tensor:
        """What memory shows from poses (T, 3): (T, C + 1, H, W), the latents of the pictures and, last, how much of
        each place is known; zeros where nothing is."""
        there = [views for views in (self.given, self.made) if views is not None]
        if not there or not self.count:
            return nothing(self.encode, len(poses))
        images, known = self._shown(there[0], poses)
        for views in there[1:]:
            others, too = self._shown(views, poses)
            images, known = torch.where(known > 0, images, others), torch.maximum(known, too)
        return encoded_views(images, known, self.encode)

    def _shown(self, views: Views, poses: Tensor) -> tuple[Tensor, Tensor]:
        poses = poses.to(views.poses)
        return reproject(views.take(most_overlapping(views.poses, views.inverse_depth, poses, self.count)), poses)


def joined(before: Views | None, after: Views | None) -> Views | None:
    """Both one after the other; None where there is neither."""
    if before is None or after is None:
        return before or after
    pairs = zip(vars(before).values(), vars(after).values(), strict=True)
    return Views(*(torch.cat(pair) for pair in pairs))


def encoded_views(images: Tensor, known: Tensor, encode: Encode) -> Tensor:
    """Reprojected images (T, 3, S, S) and where they are known (T, 1, S, S) → views (T, C + 1, H, W)."""
    with torch.no_grad():
        latents = encode(filled(images, known))
    cover = F.avg_pool2d(known, known.shape[-1] // latents.shape[-1])
    return torch.cat([latents * (cover > 0), cover], dim=1)


def filled(images: Tensor, known: Tensor) -> Tensor:
    """The same images with the nearest known colour of the row where nothing is known: a latent is made of all that
    lies around it, and a grey hole would change those of its neighbours. A row without any stays as it is."""
    there, size = known[:, 0] > 0, images.shape[-1]
    column = torch.arange(size, device=images.device).expand_as(there)
    left = torch.where(there, column, -size).cummax(-1).values
    right = torch.where(there, column, 2 * size).flip(-1).cummin(-1).values.flip(-1)
    nearest = torch.where(column - left <= right - column, left, right)
    anything = (nearest >= 0) & (nearest < size)
    colours = images.gather(-1, nearest.clamp(0, size - 1)[:, None].expand_as(images))
    return torch.where(anything[:, None], colours, images)


def nothing(encode: Encode, frames: int, size: int = 64) -> Tensor:
    """The views of an empty memory."""
    return encoded_views(torch.zeros(frames, 3, size, size), torch.zeros(frames, 1, size, size), encode)

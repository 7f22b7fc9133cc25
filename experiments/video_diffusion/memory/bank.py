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
    """Grows with `remember`; `views` shows what it knows. `count` frames are retrieved for a clip."""

    def __init__(self, reader: DepthReader, encode: Encode, count: int = RETRIEVED):
        self.reader, self.encode, self.count = reader, encode, count
        self.seen: Views | None = None

    def remember(self, images: Tensor, poses: Tensor) -> None:
        """Add frames as images (T, 3, S, S) in [−1, 1], seen from poses (T, 3)."""
        with torch.no_grad():
            depth = self.reader(images)
        new = Views(images, depth, poses.to(images))
        if self.seen is not None:
            pairs = zip(vars(self.seen).values(), vars(new).values(), strict=True)
            new = Views(*(torch.cat(pair) for pair in pairs))
        self.seen = new

    def views(self, poses: Tensor) -> Tensor:
        """What memory shows from poses (T, 3): (T, C + 1, H, W), the latents of the pictures and, last, how much of
        each place is known; zeros where nothing is."""
        if self.seen is None or not self.count:
            return nothing(self.encode, len(poses))
        poses = poses.to(self.seen.poses)
        chosen = most_overlapping(self.seen.poses, self.seen.inverse_depth, poses, self.count)
        return encoded_views(*reproject(self.seen.take(chosen), poses), self.encode)


def encoded_views(images: Tensor, known: Tensor, encode: Encode) -> Tensor:
    """Reprojected images (T, 3, S, S) and where they are known (T, 1, S, S) → views (T, C + 1, H, W)."""
    with torch.no_grad():
        latents = encode(images)
    cover = F.avg_pool2d(known, known.shape[-1] // latents.shape[-1])
    return torch.cat([latents * (cover > 0), cover], dim=1)


def nothing(encode: Encode, frames: int, size: int = 64) -> Tensor:
    """The views of an empty memory."""
    return encoded_views(torch.zeros(frames, 3, size, size), torch.zeros(frames, 1, size, size), encode)

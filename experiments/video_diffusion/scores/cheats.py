"""Videos that look right for a moment and are wrong as a world: what every ruler has to tell from a true one.

Each takes real videos (…, T, 64, 64, 3) uint8 and returns one of T frames. They are tests of the rulers and rows of
tables.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.raycaster import render

PIECE = 5  # frames between two cuts of a collage


def collage(videos: Tensor) -> Tensor:
    """The first of videos (V, T, …), but after every PIECE frames a cut to the most similar frame of another one: of
    one that was not shown for the longest, or the collage would come back to a maze of its own and remember it."""
    count, length = videos.shape[:2]
    small = F.avg_pool2d(videos.flatten(0, 1).movedim(-1, 1).float(), 4).flatten(1).unflatten(0, (count, length))
    frames, which, at, shown = [], 0, 0, []
    while len(frames) < length:
        piece = videos[which, at : at + PIECE]
        frames += list(piece)
        after = small[which, min(at + len(piece), length - 1)]
        distance = (small[:, : length - PIECE] - after).square().mean(2)
        shown = [other for other in shown if other != which] + [which]
        distance[shown[-(3 * count // 4) :]] = torch.inf
        which, at = divmod(int(distance.argmin()), distance.shape[1])
    return torch.stack(frames[:length])


def mirrored(video: Tensor, first: int) -> Tensor:
    """Left and right exchanged from frame `first` on."""
    return torch.cat([video[:first], video[first:].flip(2)])


def snapped(maze: Maze, poses: np.ndarray, textures: float = 0.4) -> Tensor:
    """The path (T, 3) seen from the nearest of four stances a block and sixteen headings, as who knows only these would
    show it."""
    near = poses.copy()
    near[:, :2] = np.floor(poses[:, :2]) + np.clip(np.round((poses[:, :2] % 1) * 4) / 4, 0.25, 0.75)
    near[:, 2] = np.round(poses[:, 2] / (np.pi / 8)) * (np.pi / 8)
    return torch.from_numpy(render(maze, near, textures=textures, smooth=True))


def nearest_copies(video: Tensor, given: int, nearest: Tensor) -> Tensor:
    """After the `given` frames, those of them at `nearest` (T − given,)."""
    return torch.cat([video[:given], video[nearest]])


def frozen(video: Tensor, first: int) -> Tensor:
    """Frame `first` for ever."""
    return torch.cat([video[:first], video[first : first + 1].expand(len(video) - first, *video.shape[1:])])


def sped_up(video: Tensor, first: int, times: int = 2) -> Tensor:
    """Every `times`-th frame from `first` on; as many frames as there are then."""
    return torch.cat([video[:first], video[first::times]])

"""Does the denoiser know a poster's colours, by the frame itself and by the frames beside it?

Every walk is drawn twice, the second time with one poster in other colours. Between the latents x and x + d of the two
lies the choice; an estimate x̂ of the first has taken the other colours where (x̂ − x)·d > ‖d‖² / 2. Whoever knows both
and sees the one noised to t can only choose the nearer: an error of Φ(−‖d‖ (1 − t) / 2t), however good the denoiser.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks, open_source
from experiments.video_diffusion.data.maze_walks import Path
from experiments.video_diffusion.data.raycaster import POSTER_HALF, POSTERS, cast
from experiments.video_diffusion.model.noise import add_noise
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.methods.method import Denoise
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.statistics import proportion
from experiments.video_diffusion.studies.recorded.ablation import NEARLY_CLEAN
from experiments.video_diffusion.studies.recorded.decisions import BATCH

LEVEL = 0.5
SIZES = (10, 30, 60, 150)  # least pixels of a poster in each class
SEEN_IN = 5  # frames of a walk that show its poster, at least
FIRST = 30_000  # number of the first walk; no study uses these


@dataclass(frozen=True)
class Pairs:
    """Latents x (B, T, C, H, W), the way d to the other colours, and the poster's pixels (B, T)."""

    latents: Tensor
    change: Tensor
    pixels: Tensor

    @property
    def told(self) -> Tensor:
        """Frames (B, T) that show the poster beside one that shows it too, at least half as large."""
        beside = F.pad(self.pixels, (1, 1))
        larger = torch.maximum(beside[:, :-2], beside[:, 2:])
        return (self.pixels >= SIZES[0]) & (larger >= (self.pixels / 2).clamp(min=SIZES[0]))

    @property
    def way(self) -> Tensor:
        """‖d‖ (B, T), in units in which the latents' numbers have variance 1."""
        return self.change.flatten(2).norm(dim=2)

    def mistaken(self, estimate: Tensor) -> Tensor:
        """Frames (B, T) in which x̂ (B, T, C, H, W) has the other colours."""
        along = ((estimate - self.latents) * self.change).flatten(2).sum(2)
        return along > self.way.square() / 2


def pairs(models: Models, walks: int) -> Pairs:
    """Of those among `walks` held-out walks that show one poster long enough. Raises InputError when none does."""
    data = open_source(WALKS, "test", models.denoiser.config.frames)
    found = [twice for number in range(walks) if (twice := recoloured(data, FIRST + number)) is not None]
    if not found:
        raise InputError(f"none of {walks} walks shows a poster in {SEEN_IN} frames; ask for more walks")
    one, other = (torch.from_numpy(np.stack(videos)) for videos in zip(*found, strict=True))
    latents = models.encode(one)
    return Pairs(latents, models.encode(other) - latents, (one != other).any(-1).sum((2, 3)))


def recoloured(data: MazeWalks, number: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The frames (T, 64, 64, 3) of a walk, and the same with the poster that it shows longest in the next colours; None
    where it shows none in SEEN_IN frames."""
    walk = data.episode(number)
    _, face, x, y, along = cast(walk.maze, walk.poses, data.pixels)
    hit = (walk.maze.posters[y, x, face] > 0) & (np.abs(along - 0.5) < POSTER_HALF)
    places = np.stack([y, x, face], axis=-1)
    seen = Counter(tuple(place) for t, rays in enumerate(hit) for place in np.unique(places[t][rays], axis=0))
    place, often = seen.most_common(1)[0] if seen else ((), 0)
    if often < SEEN_IN:
        return None
    posters = walk.maze.posters.copy()
    posters[place] = posters[place] % (len(POSTERS) - 1) + 1
    again = Path(replace(walk.maze, posters=posters), walk.poses, walk.actions)
    return walk.frames, data.draw(again, np.arange(len(walk.poses)))


def mistakes(denoise: Denoise, shown: Pairs) -> list[dict]:
    """A row for each of SIZES: the frames and, where there are any, in which share of them the estimate has the other
    colours, `joint` where all frames are at LEVEL, `beside` where all other frames are nearly clean (intervals over
    walks); how far apart the two are in the latents, `way`, and the share that the best `choice` errs in at LEVEL."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(shown.latents.shape, generator=generator).to(shown.latents)
    frames = shown.latents.shape[1]

    def mistaken(levels: Tensor) -> Tensor:
        levels = levels.to(noise).expand(noise.shape[:2])
        z = add_noise(shown.latents, noise, levels)
        with torch.no_grad():
            parts = [denoise(*part) for part in zip(z.split(BATCH), levels.split(BATCH), strict=True)]
        return shown.mistaken(torch.cat(parts))

    alone = torch.full((frames, frames), NEARLY_CLEAN).fill_diagonal_(LEVEL)
    found = {
        "joint": mistaken(torch.full((frames,), LEVEL)),
        "beside": torch.stack([mistaken(levels)[:, k] for k, levels in enumerate(alone)], dim=1),
    }
    rows = []
    for least, most in zip(SIZES, (*SIZES[1:], np.inf), strict=True):
        counted = shown.told & (shown.pixels >= least) & (shown.pixels < most)
        some, row = counted.any(1), {"pixels": least, "frames": int(counted.sum())}
        if row["frames"]:
            row["way"] = float(shown.way[counted].mean())
            row["choice"] = float(torch.special.ndtr(-shown.way[counted] * (1 - LEVEL) / (2 * LEVEL)).mean())
            for name, wrong in found.items():
                row[name] = proportion(((wrong & counted).sum(1)[some] / counted.sum(1)[some]).tolist())
        rows.append(row)
    return rows

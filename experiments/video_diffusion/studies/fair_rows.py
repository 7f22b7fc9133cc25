"""What makes the rows of a comparison alike: as many seams in each, and beside the methods a ceiling and two floors.

Videos are (V, T, 64, 64, 3) uint8; the first HISTORY frames of each are given.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.extension import HISTORY, next_clip
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.cheats import PIECE, collage, frozen

NEW = PIECE  # frames that a clip adds, whatever the method: a seam wherever a collage has a cut
POOL = 16  # walks that a collage cuts between
CEILING = "truth"


def seams_of(frames: int) -> list[int]:
    """The first new frame of every clip."""
    return list(range(HISTORY, frames, NEW))


def continued(
    models: Models,
    method: Method,
    start: Tensor,
    frames: int,
    generator: torch.Generator,
    scheme: Scheme = CONTINUING,
) -> Tensor:
    """`start` (B, n, C, H, W) continued to `frames` frames, NEW a clip. A method without overlap could add more; the
    rest of its clip is dropped, or it would be asked at half as many seams."""
    video, length = start, models.denoiser.config.frames
    while video.shape[1] < frames:
        added = next_clip(models.denoise, method, video, scheme, clip=length, generator=generator).clip
        video = torch.cat([video, added[:, method.overlap : method.overlap + NEW]], dim=1)
    return video[:, :frames]


def collages(walks: Tensor) -> Tensor:
    """Each walk goes on, behind its given frames, in pieces of the others, cut where the frames are most alike."""
    count, rest = len(walks), walks[:, HISTORY - PIECE :]
    pool = (torch.arange(count)[:, None] + torch.arange(min(count, POOL))) % count
    return torch.cat([walks[:, : HISTORY - PIECE], torch.stack([collage(rest[some]) for some in pool])], dim=1)


def copies(walks: Tensor) -> Tensor:
    """The last given frame for ever."""
    return torch.stack([frozen(walk, HISTORY - 1) for walk in walks])


FLOORS: dict[str, Callable[[Tensor], Tensor]] = {"collage": collages, "copy": copies}
PLANTED: dict[str, Callable[[Tensor], Tensor]] = {CEILING: lambda walks: walks, **FLOORS}


def planted(models: Models, walks: Tensor, some: slice = slice(None)) -> dict[str, Tensor]:
    """Ceiling and floors for `some` of the walks: all are cut between, and all have been through the autoencoder."""
    return {name: models.decode(models.encode(made(walks)[some])) for name, made in PLANTED.items()}


def measurable(row: dict[str, Any]) -> dict[str, Any]:
    """Without estimates that are not finite, which JSON does not know."""
    return {name: found for name, found in row.items() if not isinstance(found, dict) or _finite(found)}


def _finite(found: dict) -> bool:
    return all(isfinite(number) for number in found.values() if isinstance(number, float))

"""Long videos from a model that knows only short clips: clip after clip, each tied to the last by a method."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past, Told
from experiments.video_diffusion.sampling.sampler import CONTINUING, Sampled, Scheme, sample

# (latents so far (B, n, C, H, W), the new clip's first frame, its length) → what is known of it
Tell = Callable[[Tensor, int, int], Conditions]
HISTORY = 10  # frames that a method may look back


@dataclass(frozen=True)
class LongVideo:
    """`latents` (B, frames, C, H, W); `seams` are the indices of the first new frame of every clip added."""

    latents: Tensor
    seams: list[int]
    diagnostics: list[dict[str, Tensor]]  # one a clip, values (steps, B)


def extend(
    denoise: Denoise,
    method: Method,
    start: Tensor,
    frames: int,
    scheme: Scheme = CONTINUING,
    *,
    clip: int = 10,
    generator: torch.Generator,
    tell: Tell | None = None,
) -> LongVideo:
    """Continue `start` (B, n, C, H, W), n ≥ max(overlap, 10 for history methods), to `frames` frames.

    Each clip has `clip` frames, of which the method's `overlap` are known. The given frames are never changed.
    `tell` says what is known of every clip: its motion, and what memory shows there. Raises InputError for a start that
    cannot be continued.
    """
    check(method, start, clip, generator)
    video, seams, diagnostics = start, [], []
    while video.shape[1] < frames:
        first = video.shape[1] - method.overlap
        told = Told(denoise, tell(video, first, clip)) if tell else denoise
        added = next_clip(told, method, video, scheme, clip=clip, generator=generator)
        seams.append(video.shape[1])
        diagnostics.append(added.diagnostics)
        video = torch.cat([video, added.clip[:, method.overlap :]], dim=1)
    return LongVideo(video[:, :frames], seams, diagnostics)


def check(method: Method, start: Tensor, clip: int, generator: torch.Generator) -> None:
    """Raises InputError for what no clip can go on from, and for a method that leaves nothing new."""
    if start.ndim != 5 or not start.is_floating_point():
        found, needed = f"{tuple(start.shape)}, {start.dtype}", "(videos, frames, C, H, W), as Models.encode gives them"
        raise InputError(f"a start of shape {found}; latents {needed}, are needed")
    if not start.isfinite().all():
        raise InputError("the start holds what is no number")
    check_overlap(method, clip)
    needed = max(method.overlap, method.looks_back)
    if start.shape[1] < needed:
        raise InputError(f"a start of {start.shape[1]} frames; the method looks back {needed}")
    if not isinstance(generator, torch.Generator):
        raise InputError(f"generator={generator!r}: a torch.Generator is needed, as torch.Generator().manual_seed(0)")


def check_overlap(method: Method, clip: int) -> None:
    """Raises InputError where every frame of a clip would be known, so that nothing is added."""
    if not 0 <= method.overlap < clip:
        raise InputError(f"overlap must lie between 0 and {clip - 1}, one less than a clip, not {method.overlap}")


def next_clip(
    denoise: Denoise, method: Method, video: Tensor, scheme: Scheme, *, clip: int, generator: torch.Generator
) -> Sampled:
    """The clip that follows `video` (B, n, C, H, W), of which no more than the last frames are looked at: its first
    `overlap` frames are the video's last ones, the others new."""
    shape = (len(video), clip, *video.shape[2:])
    noise = torch.randn(shape, generator=generator, device=generator.device).to(video)
    past = Past(video[:, video.shape[1] - method.overlap :], video[:, -HISTORY:], noise)
    return sample(denoise, method, past, scheme, generator=generator)

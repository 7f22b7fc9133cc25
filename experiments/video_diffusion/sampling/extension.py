"""Long videos from a model that knows only short clips: clip after clip, each tied to the last by a method."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

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
    `tell` says what is known of every clip: its motion, and what memory shows there.
    """
    video, seams, diagnostics = start, [], []
    while video.shape[1] < frames:
        first = video.shape[1] - method.overlap
        told = Told(denoise, tell(video, first, clip)) if tell else denoise
        added = next_clip(told, method, video, scheme, clip=clip, generator=generator)
        seams.append(video.shape[1])
        diagnostics.append(added.diagnostics)
        video = torch.cat([video, added.clip[:, method.overlap :]], dim=1)
    return LongVideo(video[:, :frames], seams, diagnostics)


def next_clip(
    denoise: Denoise, method: Method, video: Tensor, scheme: Scheme, *, clip: int, generator: torch.Generator
) -> Sampled:
    """The clip that follows `video` (B, n, C, H, W), of which no more than the last frames are looked at: its first
    `overlap` frames are the video's last ones, the others new."""
    shape = (len(video), clip, *video.shape[2:])
    noise = torch.randn(shape, generator=generator, device=generator.device).to(video)
    past = Past(video[:, video.shape[1] - method.overlap :], video[:, -HISTORY:], noise)
    return sample(denoise, method, past, scheme, generator=generator)

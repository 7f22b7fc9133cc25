"""Long videos from a model that knows only short clips: clip after clip, each tied to the last by a method."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme, sample

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
) -> LongVideo:
    """Continue `start` (B, n, C, H, W), n ≥ max(overlap, 10 for history methods), to `frames` frames.

    Each clip has `clip` frames, of which the method's `overlap` are known. The given frames are never changed.
    """
    video, seams, diagnostics = start, [], []
    while video.shape[1] < frames:
        shape = (len(video), clip, *video.shape[2:])
        noise = torch.randn(shape, generator=generator, device=generator.device).to(video)
        past = Past(video[:, video.shape[1] - method.overlap :], video[:, -HISTORY:], noise)
        added = sample(denoise, method, past, scheme, generator=generator)
        seams.append(video.shape[1])
        diagnostics.append(added.diagnostics)
        video = torch.cat([video, added.clip[:, method.overlap :]], dim=1)
    return LongVideo(video[:, :frames], seams, diagnostics)

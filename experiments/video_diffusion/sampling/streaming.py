"""A long video clip by clip, of which only the end is kept: its length costs no memory."""

from collections.abc import Iterator

import torch
from torch import Tensor

from experiments.video_diffusion.sampling.extension import HISTORY, Tell, check, next_clip
from experiments.video_diffusion.sampling.methods.method import Method, Told
from experiments.video_diffusion.sampling.sampler import Scheme
from experiments.video_diffusion.sampling.trained_models import Models


def stream(
    models: Models,
    method: Method,
    start: Tensor,
    frames: int,
    scheme: Scheme,
    generator: torch.Generator,
    tell: Tell | None = None,
) -> Iterator[Tensor]:
    """The frames after `start` (1, n, C, 8, 8) up to `frames` of them in all, (m, 64, 64, 3) uint8 at a time, as
    `extend` makes and `Models.decode` decodes them. `tell`, as there, looks back at all latents, which are kept for it.
    Raises InputError as `extend` does."""
    check(method, start, models.denoiser.config.frames, generator)
    clip, reach = models.denoiser.config.frames, models.decoder.reach
    kept = frames if tell else max(HISTORY, method.overlap, 2 * reach + 1)
    tail, done, seen = start[:, -kept:], start.shape[1], start.shape[1]  # frames made, and frames given out
    while done < frames:
        told = Told(models.denoise, tell(tail, done - method.overlap, clip)) if tell else models.denoise
        added = next_clip(told, method, tail, scheme, clip=clip, generator=generator).clip
        new = added[:, method.overlap :][:, : frames - done]
        done += new.shape[1]
        tail = torch.cat([tail, new], dim=1)
        # A frame is decoded when those that have a part in it are there.
        ready = done if done == frames else done - reach
        if ready > seen:
            first = tail.shape[1] - (done - seen)
            around = tail[:, max(0, first - reach) :]
            shown = models.decode(around)[0, min(first, reach) :][: ready - seen]
            seen = ready
            yield shown
        tail = tail[:, -(kept + reach) :]

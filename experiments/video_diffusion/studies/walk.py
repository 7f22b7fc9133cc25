"""Out, around, back and around again: walks that the model draws from nothing, with and without memory.

At the end the walker stands where he began and looks the same way, so that the last frame should be the first one.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods.method import Method, Past, Told
from experiments.video_diffusion.sampling.methods.per_frame_noise import PerFrameNoise
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.sampler import CONTINUING, sample
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.statistics import interval

AROUND = 16  # frames of a half turn


class Alone(Models):
    """Each frame is decoded by itself, as in the browser, which has no decoder that sees neighbours."""

    @cached_property
    def decoder(self) -> VideoDecoder:
        return VideoDecoder.of(self.autoencoder).to(self.device)


@dataclass(frozen=True)
class Config:
    """`out` frames are walked straight ahead, `speed` blocks each, before the first half turn."""

    walks: int = 8
    out: int = 24
    speed: float = 0.18
    steps: int = CONTINUING.steps
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: how like the first frame the last one is, in decibels, by memory; arrays: by memory, the walk that has
    most room ahead. Nobody has drawn the maze, so that some of the walkers are led through a wall."""
    recorder.seeds = (config.seed,)
    models = Alone(best_device()).check("autoencoder", "denoiser", "depth")
    recorder.device = str(models.device)
    path = out_and_back(config.out, config.speed)
    poses = torch.from_numpy(path).float().expand(config.walks, -1, -1)
    values, arrays = {"walks": config.walks, "frames": len(path), "steps": config.steps}, {}
    shown = None
    for done, name in enumerate(("remembering", "forgetting")):
        report(done / 2, f"walks out and back, {name}")
        videos = models.decode(drawn(models, poses, config, memory=name == "remembering"))
        error = (videos[:, 0].float() - videos[:, -1].float()).square().mean((1, 2, 3)) / 255**2
        values[name] = {"returned_psnr": interval((-10 * error.log10()).tolist())}
        shown = int(room(models, videos).argmax()) if shown is None else shown  # the same noise for both
        arrays[name] = videos[shown].numpy()
    return recorder.result(values | {"shown": shown}, arrays)


def room(models: Models, videos: Tensor) -> Tensor:
    """Blocks of free space ahead, as the depth reader sees it, on average over videos' frames: (B,)."""
    with torch.no_grad():
        ahead = models.depth(to_images(videos.flatten(0, 1)))[:, 24:40].median(1).values
    return (1 / ahead.clamp(min=0.1)).unflatten(0, videos.shape[:2]).mean(1)


def drawn(models: Models, poses: Tensor, config: Config, memory: bool) -> Tensor:
    """Latents (walks, frames, C, 8, 8) from nothing along poses (walks, frames, 3), continued clip by clip."""
    generator = torch.Generator().manual_seed(config.seed)
    noise = models.noise(len(poses), generator)
    first = Told(models.denoise, Conditions(poses[:, : noise.shape[1]].to(noise)))
    scheme = replace(CONTINUING, steps=config.steps)
    begin = sample(first, Method(), Past.none(noise), scheme, generator=generator).clip
    tell = Remembering(models, poses) if memory else Remembering(models, poses, retrieved=0)
    return extend(
        models.denoise, PerFrameNoise(), begin, poses.shape[1], scheme, generator=generator, tell=tell
    ).latents


def out_and_back(out: int, speed: float) -> np.ndarray:
    """A path (T, 3) straight ahead, a half turn, the way back, and a half turn where it began."""
    along = speed * np.arange(out)
    turn = math.pi * (1 - np.cos(np.linspace(0, math.pi, AROUND + 2)[1:-1])) / 2  # it begins and ends softly
    parts = [
        (along, 0.0),
        (along[-1], turn),
        (along[::-1], math.pi),
        (0.0, math.pi + turn),
        (0.0, 2 * math.pi),
    ]
    legs = [np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(heading)) for x, heading in parts]
    x, heading = np.concatenate([leg[0] for leg in legs]), np.concatenate([leg[1] for leg in legs])
    return np.stack([x, np.zeros_like(x), heading], axis=1)

"""Out, around, back and around again: walks that the model draws from nothing, with and without memory.

At the end the walker stands where he began and looks the same way, so that the last frame should be the first one.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods.method import Method, Past, Told
from experiments.video_diffusion.sampling.methods.per_frame_noise import PerFrameNoise
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import multistep
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.statistics import interval

WEIGHTS = FOLDER / "continuous"
FIRST = 50_000  # walks of the test split from here on; no other study draws them
AROUND = 16  # frames of a half turn


class Alone(Models):
    """Each frame is decoded by itself, as in the browser: no decoder that sees its neighbours is trained on these latents
    yet."""

    @cached_property
    def decoder(self) -> VideoDecoder:
        return VideoDecoder.of(self.autoencoder).to(self.device)


@dataclass(frozen=True)
class Config:
    """`out` frames are walked before the first half turn. Of `paths` recorded ones the `walks` that lead farthest from
    where they begin are drawn; the very farthest is shown."""

    walks: int = 6
    paths: int = 60
    out: int = 44
    steps: int = 8
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: how like the first frame the last one is, in decibels, by memory; arrays: the first walk of each."""
    recorder.seeds = (config.seed,)
    models = Alone(best_device(), WEIGHTS).check("autoencoder", "denoiser", "depth")
    recorder.device = str(models.device)
    data = MazeWalks("test", config.out)
    paths = sorted((data.path(FIRST + number).poses for number in range(config.paths)), key=reach, reverse=True)
    poses = torch.from_numpy(np.stack([out_and_back(path) for path in paths[: config.walks]])).float()
    values, arrays = {"walks": config.walks, "frames": poses.shape[1], "steps": config.steps}, {}
    for done, name in enumerate(("remembering", "forgetting")):
        report(done / 2, f"walks out and back, {name}")
        latents = drawn(models, poses, config, memory=name == "remembering")
        videos = models.decode(latents)
        error = (videos[:, 0].float() - videos[:, -1].float()).square().mean((1, 2, 3)) / 255**2
        values[name] = {"returned_psnr": interval((-10 * error.log10()).tolist())}
        arrays[name] = videos[0].numpy()
    return recorder.result(values, arrays)


def drawn(models: Models, poses: Tensor, config: Config, memory: bool) -> Tensor:
    """Latents (walks, frames, C, 8, 8) from nothing along poses (walks, frames, 3), continued clip by clip."""
    generator = torch.Generator().manual_seed(config.seed)
    noise = models.noise(len(poses), generator)
    first = Told(models.denoise, Conditions(poses[:, : noise.shape[1]].to(noise)))
    scheme = Scheme(config.steps, multistep, shift=8.0, ancestral=1.4)
    begin = sample(first, Method(), Past.none(noise), scheme, generator=generator).clip
    tell = Remembering(models, poses) if memory else Remembering(models, poses, retrieved=0)
    return extend(
        models.denoise, PerFrameNoise(), begin, poses.shape[1], scheme, generator=generator, tell=tell
    ).latents


def reach(poses: np.ndarray) -> float:
    """How far a path (T, 3) leads from its beginning, in blocks."""
    return float(np.hypot(*(poses[:, :2] - poses[0, :2]).T).max())


def out_and_back(poses: np.ndarray) -> np.ndarray:
    """A path (T, 3), a half turn at its end, the path backwards, and a half turn where it began."""
    turn = math.pi * (1 - np.cos(np.linspace(0, math.pi, AROUND + 2)[1:-1])) / 2  # it begins and ends softly
    back = poses[::-1] + [0, 0, math.pi]

    def turned(pose: np.ndarray) -> np.ndarray:
        return np.stack([pose + [0, 0, part] for part in turn])

    return np.concatenate([poses, turned(poses[-1]), back, turned(back[-1]), back[-1:] + [0, 0, math.pi]])

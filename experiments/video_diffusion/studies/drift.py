"""Do long videos fade? Every method on to frame 300, scored in windows on the way, beside real video.

A few videos only, so that a laptop can run it: the frames of one video are alike, and a Fréchet distance over so few is
mostly bias. What is asked is whether the last window is further from real frames than the first is, at the same number
of frames, against the same real ones; its interval is the jackknife's over videos, and wide. The preset `paper` has
enough videos for narrow ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from experiments.errors import InputError
from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.extension import HISTORY, extend
from experiments.video_diffusion.metrics import (
    brightness,
    contrast,
    frame_features,
    frechet_distance,
    transition_validity,
)
from experiments.video_diffusion.models import Models, best_device
from experiments.video_diffusion.sampling import STEPS
from experiments.video_diffusion.statistics import proportion
from experiments.video_diffusion.studies.contenders import contender, real_videos


@dataclass(frozen=True)
class Config:
    methods: tuple[str, ...] = (
        "history_guidance",
        "reconstruction_guidance",
        "feature_injection",
        "per_frame_noise",
        "per_frame_guidance",
    )
    frames: int = 300
    videos: int = 4
    window: int = 50
    steps: int = STEPS
    shown: int = 50  # every so many frames
    seed: int = 20


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: by method, and as `floor` for real video, scores of windows of the generated part, and whose Fréchet
    distance grows most; arrays: every `shown`th frame of the first video. Raises InputError for a single video."""
    recorder.seeds = (config.seed,)
    if config.videos < 2:
        raise InputError(f"drift: videos is {config.videos}; an interval over videos needs at least 2")
    models = Models(best_device()).check("autoencoder", "denoiser", "history", "judge")
    recorder.device = str(models.device)
    real = real_videos(config.seed, config.frames, config.videos)
    start = models.encode(real[:, :HISTORY])
    videos = {"truth": models.decode(models.encode(real))}
    for done, name in enumerate(config.methods):
        report(done / len(config.methods), f"{name.replace('_', ' ')}, {config.frames} frames")
        generator = torch.Generator().manual_seed(config.seed)
        method = contender(name, models)
        made = extend(models.denoise, method, start, config.frames, steps=config.steps, generator=generator)
        videos[name] = models.decode(made.latents)
    reference = reference_frames(models, config)
    rows = {name: course(models, found, reference, config.window) for name, found in videos.items()}
    values = {
        "floor": rows.pop("truth"),
        "methods": rows,
        "worst": max(rows, key=lambda name: rows[name]["frechet_ratio"]),
        "frames": config.frames,
        "window": config.window,
        "videos": config.videos,
        "given": HISTORY,
        "steps": config.steps,
    }
    return recorder.result(values, {name: found[0, :: config.shown].numpy() for name, found in videos.items()})


def reference_frames(models: Models, config: Config, apart: int = 10) -> Tensor:
    """Features of as many real frames as the videos have in a window, from many other walks; `apart` frames a walk."""
    walks = real_videos(1000 + config.seed, apart, -(-config.videos * config.window // apart))
    features = frame_features(models.judge, models.decode(models.encode(walks)))
    return features.flatten(0, 1)[: config.videos * config.window]


def course(models: Models, videos: Tensor, reference: Tensor, window: int) -> dict:
    """Scores of videos (B, T, 64, 64, 3) in windows of the generated part. The last one ends with the video and may
    overlap with the one before."""
    starts = [*range(HISTORY, videos.shape[1] - window, window), videos.shape[1] - window]
    valid = transition_validity(models.judge, videos).float()
    features = frame_features(models.judge, videos)
    light, range_ = brightness(videos), contrast(videos)
    parts = [slice(first, first + window) for first in starts]
    frechet = [frechet_distance(features[:, part].flatten(0, 1), reference) for part in parts]
    return {
        "position": [first + window / 2 for first in starts],
        "validity": [proportion(valid[:, part.start - 1 : part.stop - 1].mean(1).tolist()) for part in parts],
        "brightness": [float(light[:, part].mean()) for part in parts],
        "contrast": [float(range_[:, part].mean()) for part in parts],
        "frechet": frechet,
        "frechet_first": frechet[0],
        "frechet_last": frechet[-1],
        "frechet_ratio": frechet[-1] / frechet[0],
        "frechet_ratio_interval": ratio_interval([features[:, part] for part in (parts[-1], parts[0])], reference),
    }


def ratio_interval(pair: Sequence[Tensor], reference: Tensor) -> dict[str, float]:
    """The ratio of the distances of two windows' features (B, window, d), with the 95 % interval of the jackknife over
    videos, on logarithms. Each turn leaves as many real frames out as generated ones."""
    videos, window = pair[0].shape[:2]

    def log_ratio(kept: list[int]) -> float:
        real = reference[: len(kept) * window]
        last, first = (frechet_distance(features[kept].flatten(0, 1), real) for features in pair)
        return float(np.log(last / first))

    whole = log_ratio(list(range(videos)))
    without = [log_ratio([k for k in range(videos) if k != left]) for left in range(videos)]
    error = np.sqrt((videos - 1) / videos * np.square(np.subtract(without, np.mean(without))).sum())
    half = stats.t.ppf(0.975, videos - 1) * error
    return {key: float(np.exp(whole + sign * half)) for key, sign in (("value", 0), ("low", -1), ("high", 1))}

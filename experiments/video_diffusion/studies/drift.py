"""Do long videos fade? Every method on to frame 300, scored in windows on the way, beside real video.

A few videos only, so that a laptop can run it: the frames of one video are alike, and a Fréchet distance over so few is
mostly bias. Of it is asked whether the last window is further from real frames than the first is, at the same number of
frames, against the same real ones; the interval is the jackknife's over videos, and wide. The preset `paper` has enough
videos for narrow ones. How strange a single frame is does not ask which places a few videos happen to show, and few
videos tell it well; it cannot see a video that stays in one good place.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
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
from experiments.video_diffusion.sampling import CONTINUING
from experiments.video_diffusion.shipped import NETWORKS
from experiments.video_diffusion.statistics import proportion, ratio_interval
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
    steps: int = CONTINUING.steps
    reference: int = 200  # real walks that frames are compared with
    shown: int = 50  # every so many frames
    seed: int = 20


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: by method, and as `floor` for real video, scores of windows of the generated part, and whose frames
    grow stranger most; arrays: every `shown`th frame of the first video. Raises InputError for a single video."""
    recorder.seeds = (config.seed,)
    if config.videos < 2:
        raise InputError(f"drift: videos is {config.videos}; an interval over videos needs at least 2")
    models = Models(best_device()).check(*NETWORKS)
    recorder.device = str(models.device)
    real = real_videos(config.seed, config.frames, config.videos)
    start, scheme = models.encode(real[:, :HISTORY]), replace(CONTINUING, steps=config.steps)
    videos = {"truth": models.decode(models.encode(real))}
    for done, name in enumerate(config.methods):
        report(done / len(config.methods), f"{name.replace('_', ' ')}, {config.frames} frames")
        generator = torch.Generator().manual_seed(config.seed)
        method = contender(name, models)
        made = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        videos[name] = models.decode(made.latents)
    reference = reference_frames(models, config)
    rows = {name: course(models, found, reference, config.window) for name, found in videos.items()}
    values = {
        "floor": rows.pop("truth"),
        "methods": rows,
        "worst": max(rows, key=lambda name: rows[name]["strangeness_growth"]["value"]),
        "frames": config.frames,
        "window": config.window,
        "videos": config.videos,
        "given": HISTORY,
        "steps": config.steps,
    }
    return recorder.result(values, {name: found[0, :: config.shown].numpy() for name, found in videos.items()})


def reference_frames(models: Models, config: Config, frames: int = 5) -> Tensor:
    """Features (N, d) of real frames, `frames` from each of many other walks."""
    walks = real_videos(1000 + config.seed, frames, max(config.reference, -(-config.videos * config.window // frames)))
    return frame_features(models.judge, models.decode(models.encode(walks))).flatten(0, 1)


def strangeness(features: Tensor, reference: Tensor) -> Tensor:
    """Squared Mahalanobis distance (B, T) of features (B, T, d) from the reference (N, d), over d: 1 for its own."""
    spread = torch.linalg.cholesky(torch.cov(reference.double().T))
    away = (features.double() - reference.double().mean(0)).flatten(0, 1).T
    found = torch.linalg.solve_triangular(spread, away, upper=False).square().mean(0)
    return found.unflatten(0, features.shape[:2])


def course(models: Models, videos: Tensor, reference: Tensor, window: int) -> dict:
    """Scores of videos (B, T, 64, 64, 3) in windows of the generated part. The last one ends with the video and may
    overlap with the one before."""
    starts = [*range(HISTORY, videos.shape[1] - window, window), videos.shape[1] - window]
    valid = transition_validity(models.judge, videos).float()
    features = frame_features(models.judge, videos)
    light, range_ = brightness(videos), contrast(videos)
    parts = [slice(first, first + window) for first in starts]
    real = reference[: videos.shape[0] * window]
    frechet = [frechet_distance(features[:, part].flatten(0, 1), real) for part in parts]
    strange = strangeness(features, reference)

    def frechet_log_ratio(kept: list[int]) -> float:
        """Each turn of the jackknife leaves as many real frames out as generated ones."""
        near = real[: len(kept) * window]
        last, first = (frechet_distance(features[kept, part].flatten(0, 1), near) for part in (parts[-1], parts[0]))
        return float(np.log(last / first))

    return {
        "position": [first + window / 2 for first in starts],
        "validity": [proportion(valid[:, part.start - 1 : part.stop - 1].mean(1).tolist()) for part in parts],
        "brightness": [float(light[:, part].mean()) for part in parts],
        "contrast": [float(range_[:, part].mean()) for part in parts],
        "frechet": frechet,
        "frechet_first": frechet[0],
        "frechet_last": frechet[-1],
        "frechet_ratio": frechet[-1] / frechet[0],
        "frechet_ratio_interval": ratio_interval(frechet_log_ratio, len(videos)),
        "strangeness": [float(strange[:, part].mean()) for part in parts],
        "strangeness_growth": growth(strange[:, HISTORY:], window),
    }


def growth(strange: Tensor, window: int) -> dict[str, float]:
    """How many times as strange frames (B, T) are in the last window as in the first, with its interval over videos.

    Along a line fitted to the logarithm over the whole of each video: which places a video happens to show in its first
    and last window tells less of the way between than all its frames do.
    """
    frames = strange.shape[1]
    place = torch.linspace(-0.5, 0.5, frames, dtype=strange.dtype)
    ends = (strange.log() * place).sum(1) / place.square().sum() * (frames - window) / (frames - 1)
    return ratio_interval(lambda kept: float(ends[kept].mean()), len(strange))

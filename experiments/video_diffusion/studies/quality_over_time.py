"""Scores along a video: does it keep its quality?

The frames of one video are alike, and a Fréchet distance over few videos is mostly bias. Of it is asked whether the
last window is further from real frames than the first is, at the same number of frames, against the same real ones; the
interval is the jackknife's over videos, and wide. How strange a single frame is does not ask which places a few videos
happen to show, and few videos tell it well; it cannot see a video that stays in one good place.
"""

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import (
    brightness,
    contrast,
    frame_features,
    frechet_distance,
    transition_validity,
)
from experiments.video_diffusion.scores.statistics import proportion, ratio_interval

FRAMES = 5  # of each walk of the reference
BEFORE = 35  # frames of each that are left out: where it begins, a walk is calmer than later on


def courses(rows: dict[str, dict]) -> dict:
    """By method, and as `floor` for real video, the scores of windows, and whose frames grow stranger most."""
    methods = {name: row for name, row in rows.items() if name != "truth"}
    worst = max(methods, key=lambda name: methods[name]["strangeness_growth"]["value"])
    return {"floor": rows["truth"], "methods": methods, "worst": worst}


def reference_frames(models: Models, walks: Tensor) -> Tensor:
    """Features (N, d) of the frames from BEFORE on of real walks (B, T, 64, 64, 3)."""
    return frame_features(models.judge, models.decode(models.encode(walks[:, BEFORE:]))).flatten(0, 1)


def walks_needed(least: int, frames: int) -> int:
    """How many walks, `least` at least, have so many such frames when BEFORE + FRAMES of each are drawn."""
    return max(least, -(-frames // FRAMES))


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

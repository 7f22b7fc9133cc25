"""One row of a table of long videos: what is measured of a method's videos, and the Fréchet distances of many."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import (
    brightness,
    clip_features,
    contrast,
    frame_features,
    moment_distance,
    moments,
    optical_flow,
    seam_ratio,
    split_transitions,
    transition_validity,
)
from experiments.video_diffusion.scores.statistics import interval, ratio_interval

GROUPS = 16  # of clips, for the jackknife
END = 5  # last frames, for what drifts


def score(models: Models, videos: Tensor, seams: list[int]) -> dict:
    """Of videos (B, T, 64, 64, 3), with intervals over videos; the generated part alone is scored. `by_video` is for
    comparing methods whose videos have the same starts."""
    found = by_video(models, videos, seams)
    kept = {key: found[key] for key in ("seam_validity", "flow_std")}
    return row(found) | {"seams": len(seams), "by_video": kept}


def by_video(models: Models, videos: Tensor, seams: list[int]) -> dict[str, list[float]]:
    """The same, a value a video. `bad_steps` are the transitions that the judge finds impossible."""
    valid = transition_validity(models.judge, videos).float()
    at, elsewhere = split_transitions(videos.shape[1], seams, HISTORY)
    ratio = seam_ratio(videos, seams, HISTORY)
    flow, spread = optical_flow(videos[:, HISTORY:])
    found = {
        "seam_validity": valid[:, at].mean(1),
        "inner_validity": valid[:, elsewhere].mean(1),
        "bad_steps": (1 - valid[:, HISTORY - 1 :]).sum(1),
        "seam_ratio": ratio,
        "seam_log_ratio": ratio.log(),
        "flow": flow.mean(1),
        "flow_std": spread,
        "brightness_drift": drift(brightness(videos)),
        "contrast_drift": drift(contrast(videos)),
    }
    return {key: each.tolist() for key, each in found.items()}


def row(samples: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Intervals over videos of what is told of each."""
    within = {"seam_validity": (0.0, 1.0), "inner_validity": (0.0, 1.0), "bad_steps": (0.0, np.inf)}
    return {key: interval(each, within.get(key, (-np.inf, np.inf))) for key, each in samples.items()}


def plausible_seams(models: Models, video: Tensor, seams: list[int]) -> Tensor:
    """The judge's verdict (seams,) on the transition into each seam's frame, of one video (T, 64, 64, 3)."""
    return transition_validity(models.judge, video[None])[0, [seam - 1 for seam in seams]]


def gain(better: list[float], worse: list[float]) -> dict[str, float]:
    """Mean difference over videos from the same starts and noises, with its interval."""
    return interval([a - b for a, b in zip(better, worse, strict=True)], (-1.0, 1.0))


def samples(found: list[dict], name: str) -> dict[str, list[float]]:
    """By score what cells have told of each unit of a row."""
    return {key: sum((one["rows"][name][key] for one in found), []) for key in found[0]["rows"][name]}


def plausible(found: list[dict]) -> dict[str, dict[str, float]]:
    """The plausible transitions of every row, at seams and inside clips, with intervals."""
    told = {name: row(samples(found, name)) for name in found[0]["rows"]}
    return {f"{name}, {key}": each[key] for name, each in told.items() for key in ("seam_validity", "inner_validity")}


def over_last(rows: list[dict], samples: str) -> list[dict]:
    """Every row with its `gain` over the last one, video by video, in place of the videos' `samples`."""
    last = rows[-1][samples]
    return [
        {key: each for key, each in row.items() if key != samples} | {"gain": gain(row[samples], last)} for row in rows
    ]


def drift(course: Tensor) -> Tensor:
    """Change (B,) from the given frames to the last ones of a course (B, T)."""
    return course[:, -END:].mean(1) - course[:, :HISTORY].mean(1)


def described(models: Models, videos: Tensor) -> dict[str, Tensor]:
    """The judge's features (N, T, d) of frames and of transitions, each under the name of its distance."""
    kinds: dict[str, Callable] = {"frame_frechet": frame_features, "clip_frechet": clip_features}
    return {name: features(models.judge, videos) for name, features in kinds.items()}


def frechet(clips: dict[str, Tensor], real: dict[str, Tensor]) -> dict[str, dict[str, float]]:
    """Distances of clips to real ones, both `described`, with intervals over clips: the frames of one are alike, so
    that even hundreds of clips leave a distance uncertain."""
    return {name: distance(found, real[name].flatten(0, 1)) for name, found in clips.items()}


def distance(found: Tensor, real: Tensor) -> dict[str, float]:
    """Fréchet distance of clips' features (N, T, d) to real ones (M, d), with the jackknife's interval over clips."""
    return ratio_interval(*_log_distance(found, real))


def distance_ratio(found: Tensor, other: Tensor, real: Tensor) -> dict[str, float]:
    """Of two such distances, to be used where the n-th clips of both (N, T, d) began with the same noise."""
    (above, groups), (below, _) = (_log_distance(clips, real) for clips in (found, other))
    return ratio_interval(lambda kept: above(kept) - below(kept), groups)


def _log_distance(found: Tensor, real: Tensor) -> tuple[Callable[[list[int]], float], int]:
    """The logarithm of the distance of the groups of clips that are kept, and how many groups there are."""
    parts, reference = found.split(-(-len(found) // GROUPS)), moments(real)

    def of(kept: list[int]) -> float:
        return float(np.log(moment_distance(moments(torch.cat([parts[k] for k in kept]).flatten(0, 1)), reference)))

    return of, len(parts)


def best(rows: dict[str, dict]) -> dict[str, str]:
    """The generated row that is ahead, by score. One can be the best by one score and poor by another."""
    made = [name for name in rows if name not in ("truth", "independent")]

    def value(name: str, key: str) -> float:
        return rows[name][key]["value"]

    def seam_change(name: str) -> float:
        return abs(value(name, "seam_log_ratio"))

    return {
        # Among equally many possible transitions, those that are no greater a change than elsewhere.
        "seam_validity": max(made, key=lambda name: (value(name, "seam_validity"), -seam_change(name))),
        "inner_validity": max(made, key=lambda name: value(name, "inner_validity")),
        "seam_ratio": min(made, key=seam_change),
        "contrast_drift": min(made, key=lambda name: abs(value(name, "contrast_drift"))),
    }

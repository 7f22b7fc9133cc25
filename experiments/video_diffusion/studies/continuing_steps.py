"""How few steps does a continued clip need, and does fresh noise on the way help it? The method with the best seams,
from the same starts and the same first noises at every number of steps."""

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.contenders import contender, real_videos
from experiments.video_diffusion.studies.fair_rows import CEILING, seams_of
from experiments.video_diffusion.studies.measurement import Found, Measurement, no_arrays
from experiments.video_diffusion.studies.scoring import by_video, over_last, plausible, row, samples

SHOWN = ("seam_validity", "inner_validity", "bad_steps", "seam_ratio", "flow", "contrast_drift")
NOISE = {"fresh": 1.0, "plain": 0.0}  # `ancestral`: as much as the forward process takes away, or none


@dataclass(frozen=True)
class Config:
    """`steps` in rising order; the last one is what the others are held against."""

    method: str = "per_frame_guidance"
    steps: tuple[int, ...] = (1, 2, 4, 8, 20)
    videos: int = 24
    frames: int = 40
    batch: int = 1  # videos made at once
    seed: int = 20
    again: int = 0


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some videos, what is told of each: at every number of steps, with fresh noise and without it, with the seconds
    that a made frame took; and of real walks through the autoencoder."""
    count = min(config.batch, config.videos - first)
    walks = models.encode(real_videos(config.seed, config.frames, count, first=first))
    start, seams = walks[:, :HISTORY], seams_of(config.frames)
    rows, seconds = {CEILING: by_video(models, models.decode(walks), seams)}, {}
    for steps in config.steps:  # in turn, so that a slower hour of the machine favours neither
        for name, ancestral in NOISE.items():
            scheme = replace(CONTINUING, steps=steps, ancestral=ancestral)
            began = time.perf_counter()
            videos = continued(models, start, scheme, config, first)
            key = f"{name} {steps}"
            seconds[key] = (time.perf_counter() - began) / len(start) / (config.frames - HISTORY)
            rows[key] = by_video(models, videos, seams)
    return {"rows": rows, "seconds": seconds}


def continued(models: Models, start: Tensor, scheme: Scheme, config: Config, first: int) -> Tensor:
    """Videos (B, T, 64, 64, 3) that begin with `start`."""
    generator, method = torch.Generator().manual_seed(config.seed + first), contender(config.method, models)
    made = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
    return models.decode(made.latents)


def values(config: Config, found: list[Found]) -> dict:
    """`fresh` and `plain`, a row a number of steps with its gain in plausible seams over the most steps, video by
    video; `fewest`, of each the first number of steps that is within noise of the most; `real`, walks through the
    autoencoder."""

    def shown(name: str) -> dict:
        told = row(samples(found, name))
        return {key: told[key] for key in SHOWN}

    def tried(steps: int, key: str) -> dict:
        seconds = float(np.mean([one["seconds"][key] for one in found]))
        seams = samples(found, key)["seam_validity"]
        return {"steps": steps, "seconds_a_frame": seconds, "by_video": seams} | shown(key)

    rows = {name: over_last([tried(n, f"{name} {n}") for n in config.steps], "by_video") for name in NOISE}
    values = {"real": shown(CEILING), **rows, "most": config.steps[-1]}
    values |= {"fewest": {name: fewest_steps(every) for name, every in rows.items()}}
    return values | {key: getattr(config, key) for key in ("videos", "frames", "method")}


def fewest_steps(rows: list[dict]) -> int:
    """The fewest steps whose seams are not worse than those of the most steps, beyond the noise over videos."""
    return next(row["steps"] for row in rows if row["gain"]["high"] >= 0)


NETWORKS = ("autoencoder", "decoder", "denoiser", "judge")
MEASUREMENT = Measurement(
    "continuing_steps", Config, NETWORKS, lambda config: config.videos, cell, values, no_arrays, plausible
)
run = MEASUREMENT.run

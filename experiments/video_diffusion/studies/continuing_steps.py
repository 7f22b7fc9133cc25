"""How few steps does a continued clip need, and does fresh noise on the way help it? The method with the best seams,
from the same starts and the same first noises at every number of steps."""

import time
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import contender, real_videos
from experiments.video_diffusion.studies.scoring import gain, score

SHOWN = ("seam_validity", "inner_validity", "seam_ratio", "flow", "contrast_drift")
NOISE = {"fresh": 1.0, "plain": 0.0}  # `ancestral`: as much as the forward process takes away, or none


@dataclass(frozen=True)
class Config:
    """`steps` in rising order; the last one is what the others are held against."""

    method: str = "per_frame_guidance"
    steps: tuple[int, ...] = (1, 2, 4, 8, 20)
    videos: int = 24
    frames: int = 40
    batch: int = 24  # videos made at once
    seed: int = 20


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: `fresh` and `plain`, a row a number of steps with its gain in plausible seams over the most steps, video
    by video; `fewest`, of each the first number of steps that is within noise of the most; `real`, walks through the
    autoencoder."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "judge")
    recorder.device = str(models.device)
    walks = models.encode(real_videos(config.seed, config.frames, config.videos))
    rows: dict[str, list[dict]] = {name: [] for name in NOISE}
    done, total = 0, len(NOISE) * sum(config.steps)
    for steps in config.steps:  # in turn, so that a slower hour of the machine favours neither
        for name, ancestral in NOISE.items():
            report(done / total, f"{steps} steps, {name}")
            scheme = replace(CONTINUING, steps=steps, ancestral=ancestral)
            found, seams = continued(models, walks, scheme, config)
            rows[name].append({"steps": steps} | found)
            done += steps
    fewest = {name: fewest_steps(found) for name, found in rows.items()}
    real = score(models, models.decode(walks), seams)
    values = {"real": {key: real[key] for key in SHOWN}, **rows, "fewest": fewest, "most": config.steps[-1]}
    return recorder.result(values | {"videos": config.videos, "frames": config.frames, "method": config.method})


def continued(models: Models, walks: Tensor, scheme: Scheme, config: Config) -> tuple[dict, list[int]]:
    """Scores of the walks' first frames, continued, with the seconds that a made frame took; and the seams."""
    began, parts = time.perf_counter(), []
    generator = torch.Generator().manual_seed(config.seed)
    for start in walks[:, :HISTORY].split(config.batch):
        method = contender(config.method, models)
        made = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        parts.append(models.decode(made.latents))
    seconds = (time.perf_counter() - began) / len(walks) / (config.frames - HISTORY)
    found = score(models, torch.cat(parts), made.seams)
    row = {key: found[key] for key in SHOWN} | {"by_video": found["by_video"]["seam_validity"]}
    return row | {"seconds_a_frame": seconds}, made.seams


def fewest_steps(rows: list[dict]) -> int:
    """The fewest steps whose seams are not worse than those of the most steps, beyond the noise over videos. Every row
    gets its `gain` over the last one in place of its videos' shares."""
    most = rows[-1]["by_video"]
    for row in rows:
        row["gain"] = gain(row.pop("by_video"), most)
    return next(row["steps"] for row in rows if row["gain"]["high"] >= 0)

"""All methods on the same starts, the same model and as many seams, between independent clips and real video: a few
videos to look at.
What needs many is asked of `recorded/comparison.py`.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.shipped_weights import EXTENDING
from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.methods import FeatureInjection
from experiments.video_diffusion.sampling.methods.method import within
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import NAMES, contender, real_videos
from experiments.video_diffusion.studies.failures import failures
from experiments.video_diffusion.studies.fair_rows import (
    CEILING,
    NEW,
    continued,
    measurable,
    planted,
    seams_of,
)
from experiments.video_diffusion.studies.scoring import best, plausible_seams, score

ELSEWHERE = 200  # seed of the real walks that failures are measured against


@dataclass(frozen=True)
class Config:
    frames: int = 64
    videos: int = 1  # a seed
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = CONTINUING.steps
    batch: int = 32  # videos made at once
    shown: int = 0  # which video is shown


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: one table row a method, `truth` and two floors among them, who is best by which score, and the worst
    failures; arrays: one video of each method, its seams with the judge's verdict on each, and the frames of the
    failures."""
    recorder.seeds = config.seeds
    models = Models(best_device()).check(*EXTENDING)
    recorder.device = str(models.device)
    real = torch.cat([real_videos(seed, config.frames, config.videos) for seed in config.seeds])
    bounds, walks = planted(models, real), models.encode(real[:, :HISTORY])
    scheme, seams = replace(CONTINUING, steps=config.steps), seams_of(config.frames)
    videos = {CEILING: bounds[CEILING]}
    for done, name in enumerate(NAMES):
        parts = []
        generator = torch.Generator().manual_seed(config.seeds[0])
        for start in walks.split(config.batch):
            report((done + sum(map(len, parts)) / len(walks)) / len(NAMES), name.replace("_", " "))
            made = continued(models, contender(name, models), start, config.frames, generator, scheme)
            parts.append(models.decode(made))
        videos[name] = torch.cat(parts)
    report(0.99, "scoring")
    rows = {name: measurable(score(models, found, seams)) for name, found in (videos | bounds).items()}
    rivals = {name: videos[name] for name in NAMES if name != "independent"}
    # As many as theirs together, for the worst of more videos is worse.
    others = real_videos(ELSEWHERE, config.frames, sum(map(len, rivals.values())))
    failed, pictures = failures(models.judge, rivals, dict.fromkeys(rivals, seams), others)
    values = {
        "methods": rows,
        "best": best({name: rows[name] for name in videos}),
        "failures": failed,
        "frames": config.frames,
        "videos": config.videos * len(config.seeds),
        "given": HISTORY,
        "new": NEW,
        "steps": config.steps,
        "overlap": FeatureInjection().overlap,
        "clip_frames": models.denoiser.config.frames,
        "injected_steps": injected_steps(config.steps),
    }
    arrays = {name: found[config.shown].numpy() for name, found in videos.items()}
    arrays |= {f"{name}_seams": np.array(seams) for name in videos}
    for name, found in videos.items():
        arrays[f"{name}_plausible"] = plausible_seams(models, found[config.shown], seams).numpy()
    return recorder.result(values, arrays | pictures)


def injected_steps(steps: int) -> int:
    """How many of 1000 steps inject, as the method stands."""
    grid = replace(CONTINUING, steps=steps).grid()[:-1]
    return round(1000 * sum(within(t, FeatureInjection().share) for t in grid) / steps)

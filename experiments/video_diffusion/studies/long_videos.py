"""All methods on the same starts and the same model, between independent clips and real video: a few videos to look at.
What needs many is asked of `recorded/comparison.py`.
"""

import time
from dataclasses import dataclass, replace

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.shipped_weights import EXTENDING
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import FeatureInjection
from experiments.video_diffusion.sampling.methods.method import within
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import NAMES, contender, real_videos
from experiments.video_diffusion.studies.failures import failures
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
    """Values: one table row a method, `truth` among them, who is best by which score, and the worst failures; arrays:
    one video of each method, its seams with the judge's verdict on each, and the frames of the failures."""
    recorder.seeds = config.seeds
    models = Models(best_device()).check(*EXTENDING)
    recorder.device = str(models.device)
    walks = models.encode(torch.cat([real_videos(seed, config.frames, config.videos) for seed in config.seeds]))
    # The ceiling has been through the autoencoder, as every generated video has.
    videos = {"truth": models.decode(walks)}
    scheme = replace(CONTINUING, steps=config.steps)
    seams: dict[str, list[int]] = {}
    seconds: dict[str, float] = {}
    for done, name in enumerate(NAMES):
        began, parts = time.perf_counter(), []
        generator = torch.Generator().manual_seed(config.seeds[0])
        for start in walks[:, :HISTORY].split(config.batch):
            report((done + sum(map(len, parts)) / len(walks)) / len(NAMES), name.replace("_", " "))
            made = extend(models.denoise, contender(name, models), start, config.frames, scheme, generator=generator)
            parts.append(models.decode(made.latents))
        seconds[name], seams[name], videos[name] = time.perf_counter() - began, made.seams, torch.cat(parts)
    seams["truth"] = seams["feature_injection"]
    report(0.99, "scoring")
    rows = {name: score(models, videos[name], seams[name]) for name in videos}
    for name, total in seconds.items():
        rows[name]["frames_per_second"] = len(videos[name]) * (config.frames - HISTORY) / total
    rivals = {name: videos[name] for name in NAMES if name != "independent"}
    # As many as theirs together, for the worst of more videos is worse.
    walks = real_videos(ELSEWHERE, config.frames, sum(map(len, rivals.values())))
    failed, pictures = failures(models.judge, rivals, seams, walks)
    values = {
        "methods": rows,
        "best": best(rows),
        "failures": failed,
        "frames": config.frames,
        "videos": config.videos * len(config.seeds),
        "given": HISTORY,
        "steps": config.steps,
        "overlap": FeatureInjection().overlap,
        "clip_frames": models.denoiser.config.frames,
        "injected_steps": injected_steps(config.steps),
    }
    arrays = {name: found[config.shown].numpy() for name, found in videos.items()}
    arrays |= {f"{name}_seams": torch.tensor(marks).numpy() for name, marks in seams.items()}
    for name, marks in seams.items():
        arrays[f"{name}_plausible"] = plausible_seams(models, videos[name][config.shown], marks).numpy()
    return recorder.result(values, arrays | pictures)


def injected_steps(steps: int) -> int:
    """How many of 1000 steps inject, as the method stands."""
    grid = replace(CONTINUING, steps=steps).grid()[:-1]
    return round(1000 * sum(within(t, FeatureInjection().share) for t in grid) / steps)

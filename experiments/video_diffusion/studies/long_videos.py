"""The three methods on the same starts and the same model, between independent clips and real video."""

import time
from dataclasses import dataclass

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.datasets import MazeWalks
from experiments.video_diffusion.extension import HISTORY, extend
from experiments.video_diffusion.methods import FeatureInjection, HistoryGuidance, Method, ReconstructionGuidance
from experiments.video_diffusion.metrics import (
    brightness,
    optical_flow,
    seam_ratio,
    split_transitions,
    transition_validity,
)
from experiments.video_diffusion.models import Models, best_device
from experiments.video_diffusion.statistics import interval


@dataclass(frozen=True)
class Config:
    frames: int = 64
    videos: int = 6  # a seed
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = 24
    injection_share: float = 0.8
    guidance_weight: float = 4.0
    history_weight: float = 2.0
    shown: int = 0  # which video of the first seed is shown


def methods(config: Config, models: Models) -> dict[str, Method]:
    return {
        "independent": Method(),
        "history_guidance": HistoryGuidance(encoder=models.history, weight=config.history_weight),
        "reconstruction_guidance": ReconstructionGuidance(weight=config.guidance_weight),
        "feature_injection": FeatureInjection(share=config.injection_share),
    }


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: one table row a method, `truth` among them; arrays: one video of each and its seams."""
    recorder.seeds = config.seeds
    models = Models(best_device()).check("autoencoder", "denoiser", "history", "judge")
    recorder.device = str(models.device)
    real = {seed: real_videos(seed, config) for seed in config.seeds}
    # The ceiling has been through the autoencoder, as every generated video has.
    truth = {seed: models.decode(models.encode(videos)) for seed, videos in real.items()}
    everything = {"truth": truth}
    seams: dict[str, list[int]] = {}
    seconds: dict[str, float] = {}
    work = [(name, seed) for name in methods(config, models) for seed in config.seeds]
    for done, (name, seed) in enumerate(work):
        report(done / len(work), f"{name.replace('_', ' ')}, seed {seed}")
        method = methods(config, models)[name]
        start = models.encode(real[seed][:, :HISTORY])
        began = time.perf_counter()
        generator = torch.Generator().manual_seed(seed)
        video = extend(models.denoise, method, start, config.frames, steps=config.steps, generator=generator)
        everything.setdefault(name, {})[seed] = models.decode(video.latents)
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began
        seams[name] = video.seams
    seams["truth"] = seams["feature_injection"]
    rows = {name: score(models, by_seed, seams[name]) for name, by_seed in everything.items()}
    new = (config.frames - HISTORY) * config.videos * len(config.seeds)
    for name, total in seconds.items():
        rows[name]["frames_per_second"] = new / total
    values = {
        "methods": rows,
        "frames": config.frames,
        "videos": config.videos * len(config.seeds),
        "given": HISTORY,
        "steps": config.steps,
        "overlap": FeatureInjection().overlap,
        "clip_frames": models.denoiser.config.frames,
        "injected_steps": round(1000 * config.injection_share),
    }
    arrays = {name: by_seed[config.seeds[0]][config.shown].numpy() for name, by_seed in everything.items()}
    arrays |= {f"{name}_seams": torch.tensor(marks).numpy() for name, marks in seams.items()}
    return recorder.result(values, arrays)


def real_videos(seed: int, config: Config) -> torch.Tensor:
    """Held-out walks (videos, frames, 64, 64, 3); no two seeds share a maze."""
    data = MazeWalks("test", config.frames)
    return torch.from_numpy(data.frames(range(50_000 + 1000 * seed, 50_000 + 1000 * seed + config.videos)))


def score(models: Models, by_seed: dict[int, torch.Tensor], seams: list[int]) -> dict:
    """One row of the table. Intervals are over videos; the generated part alone is scored."""
    videos = torch.cat(list(by_seed.values()))
    valid = transition_validity(models.judge, videos).float()
    at, elsewhere = split_transitions(videos.shape[1], seams, HISTORY)
    ratio = seam_ratio(videos, seams, HISTORY)
    flow, spread = optical_flow(videos[:, HISTORY:])
    light = brightness(videos)
    return {
        "seam_validity": interval(valid[:, at].mean(1).tolist()),
        "inner_validity": interval(valid[:, elsewhere].mean(1).tolist()),
        "seam_ratio": interval(ratio.tolist()),
        "seam_log_ratio": interval(ratio.log().tolist()),
        "flow": interval(flow.mean(1).tolist()),
        "flow_std": interval(spread.tolist()),
        "brightness_drift": interval((light[:, -5:].mean(1) - light[:, :HISTORY].mean(1)).tolist()),
        "seams": len(seams),
    }

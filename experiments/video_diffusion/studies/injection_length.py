"""How long should injection go on? From the first 200 to all 1000 of 1000 steps' worth of the path."""

from dataclasses import dataclass

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.extension import HISTORY, extend
from experiments.video_diffusion.methods import FeatureInjection
from experiments.video_diffusion.metrics import seam_ratio, split_transitions, transition_validity
from experiments.video_diffusion.models import Models, best_device
from experiments.video_diffusion.statistics import interval
from experiments.video_diffusion.studies.long_videos import Config as VideoConfig
from experiments.video_diffusion.studies.long_videos import real_videos


@dataclass(frozen=True)
class Config:
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
    videos: int = 12
    frames: int = 40
    steps: int = 24
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row for every share, in `shares`' order, and the share whose seams are judged best."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "denoiser", "judge")
    recorder.device = str(models.device)
    real = real_videos(10 + config.seed, VideoConfig(frames=config.frames, videos=config.videos))
    start = models.encode(real[:, :HISTORY])
    rows = []
    for done, share in enumerate(config.shares):
        report(done / len(config.shares), f"injecting {share:.0%} of the path")
        generator = torch.Generator().manual_seed(config.seed)
        method = FeatureInjection(share=share)
        video = extend(models.denoise, method, start, config.frames, steps=config.steps, generator=generator)
        frames = models.decode(video.latents)
        valid = transition_validity(models.judge, frames).float()
        at, elsewhere = split_transitions(config.frames, video.seams, HISTORY)
        ratio = seam_ratio(frames, video.seams, HISTORY)
        rows.append(
            {
                "share": share,
                "steps_of_1000": round(1000 * share),
                "seam_validity": interval(valid[:, at].mean(1).tolist()),
                "inner_validity": interval(valid[:, elsewhere].mean(1).tolist()),
                "seam_ratio": interval(ratio.tolist()),
            }
        )
    best = max(rows, key=lambda row: row["seam_validity"]["value"])
    values = {"shares": rows, "best": best["steps_of_1000"], "videos": config.videos, "frames": config.frames}
    return recorder.result(values)

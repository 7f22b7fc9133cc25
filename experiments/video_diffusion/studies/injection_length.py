"""How long should injection go on? From the first 200 to all 1000 of 1000 steps' worth of the sampling."""

from dataclasses import dataclass, replace

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import FeatureInjection
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import real_videos
from experiments.video_diffusion.studies.scoring import score

SHOWN = ("seam_validity", "inner_validity", "seam_ratio")


@dataclass(frozen=True)
class Config:
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)  # of the steps
    videos: int = 9
    frames: int = 30
    steps: int = CONTINUING.steps
    seed: int = 10


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row for every share, in `shares`' order, and the share whose seams are judged best."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "judge")
    recorder.device = str(models.device)
    start = models.encode(real_videos(config.seed, HISTORY, config.videos))
    scheme, rows = replace(CONTINUING, steps=config.steps), []
    for done, share in enumerate(config.shares):
        report(done / len(config.shares), f"injecting in {share:.0%} of the steps")
        generator = torch.Generator().manual_seed(config.seed)
        method = FeatureInjection(share=path_share(share, scheme))
        video = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        row = score(models, models.decode(video.latents), video.seams)
        rows.append({"share": share, "steps_of_1000": round(1000 * share)} | {key: row[key] for key in SHOWN})
    best = max(reversed(rows), key=lambda row: row["seam_validity"]["value"])  # of equals the longest
    values = {"shares": rows, "best": best["steps_of_1000"], "videos": config.videos, "frames": config.frames}
    return recorder.result(values)


def path_share(share: float, scheme: Scheme) -> float:
    """The share of the path from noise to data that the first `share` of the steps covers: most steps lie near the
    noise, so it is far less."""
    injected = round(share * scheme.steps)
    return 1.0 if injected == scheme.steps else 1 - float(scheme.grid()[max(injected - 1, 0)])

"""How long should injection go on, and how clean should the injected frames be?

Length: from the first 200 to all 1000 of 1000 steps' worth of the sampling, and down to one noise level. Step 800 of a
DDPM with 1000 steps is far less noisy than what 800 of 1000 steps reach on a path that lingers near the noise, so the
length is also matched by the level. Cleanness: the known frames are held at a level of their own, from the clip's own
level (injection to the last step, exactly) to nearly clean (per-frame noise).
"""

from dataclasses import dataclass, replace

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.noise import linear_ddpm_level
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import FeatureInjection, Method, PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import real_videos
from experiments.video_diffusion.studies.scoring import gain, score

SHOWN = ("seam_validity", "inner_validity", "seam_ratio")
FIRST_IMPLEMENTATION = 800  # of 1000 steps were injected there


@dataclass(frozen=True)
class Config:
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)  # of the steps
    held: tuple[float, ...] = (0.1, 0.3, 0.5, 0.75)  # levels of the known frames; 1 is the last of `shares`
    videos: int = 9
    frames: int = 30
    steps: int = 20  # finer than a video needs, so that lengths can be told apart
    seed: int = 10


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: `shares`, a row for every share, and the share whose seams are judged best; `matched`, injection to the
    noise level of the first implementation's last injected step; `held`, a row for every level of the known frames,
    the cleanest first. Gains are differences in plausible seams, video by video."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "judge")
    recorder.device = str(models.device)
    start = models.encode(real_videos(config.seed, HISTORY, config.videos))
    scheme, level = replace(CONTINUING, steps=config.steps), linear_ddpm_level(FIRST_IMPLEMENTATION)
    counted = FIRST_IMPLEMENTATION / 1000
    shares = sorted({*config.shares, counted, 1.0})
    done, total = 0, len(shares) + len(config.held) + 1

    def row(method: Method, what: str) -> dict:
        nonlocal done
        report(done / total, what)
        done += 1
        generator = torch.Generator().manual_seed(config.seed)
        video = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        found = score(models, models.decode(video.latents), video.seams)
        seams[what] = found["by_video"]["seam_validity"]
        return {key: found[key] for key in SHOWN}

    seams: dict[str, list[float]] = {}
    rows = [
        {"share": share, "steps_of_1000": round(1000 * share), "level": 1 - path_share(share, scheme)}
        | row(FeatureInjection(share=path_share(share, scheme)), f"{share:.0%} of the steps")
        for share in shares
    ]
    matched = {"level": level} | row(FeatureInjection(share=1 - level), f"down to level {level:.2f}")
    matched["gain"] = gain(seams[f"down to level {level:.2f}"], seams[f"{counted:.0%} of the steps"])
    held = [{"level": value} | row(PerFrameNoise(level=value), f"held at {value}") for value in sorted(config.held)]
    held.append({"level": 1.0} | {key: rows[-1][key] for key in SHOWN})
    cleanest = seams[f"held at {held[0]['level']}"]
    best = max(reversed(rows), key=lambda row: row["seam_validity"]["value"])  # of equals the longest
    values = {
        "shares": rows,
        "best": best["steps_of_1000"],
        "matched": matched,
        "held": held,
        "held_gain": gain(cleanest, seams["100% of the steps"]),
        "videos": config.videos,
        "frames": config.frames,
    }
    return recorder.result(values)


def path_share(share: float, scheme: Scheme) -> float:
    """The share of the path from noise to data that the first `share` of the steps covers: most steps lie near the
    noise, so it is far less."""
    injected = round(share * scheme.steps)
    return 1.0 if injected == scheme.steps else 1 - float(scheme.grid()[max(injected - 1, 0)])

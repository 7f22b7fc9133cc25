"""How long should injection go on, and how clean should the injected frames be?

Length: from the first 200 to all 1000 of 1000 steps' worth of the sampling, and down to one noise level. Step 800 of a
DDPM with 1000 steps is far less noisy than what 800 of 1000 steps reach on a path that lingers near the noise, so the
length is also matched by the level. Cleanness: the known frames are held at a level of their own, from the clip's own
level (injection to the last step, exactly) to nearly clean (per-frame noise).
"""

from dataclasses import dataclass, replace

import torch

from experiments.video_diffusion.model.noise import linear_ddpm_level
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import FeatureInjection, Method, PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.contenders import real_videos
from experiments.video_diffusion.studies.fair_rows import PLANTED, measurable, planted, seams_of
from experiments.video_diffusion.studies.measurement import Found, Measurement, no_arrays
from experiments.video_diffusion.studies.scoring import by_video, gain, plausible, row, samples

SHOWN = ("seam_validity", "inner_validity", "bad_steps", "seam_ratio")
FIRST_IMPLEMENTATION = 800  # of 1000 steps were injected there
MATCHED, WHOLE = "matched", 1.0


@dataclass(frozen=True)
class Config:
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.9, WHOLE)  # of the steps
    held: tuple[float, ...] = (0.1, 0.3, 0.5, 0.75)  # levels of the known frames; 1 is the last of `shares`
    videos: int = 24
    frames: int = 30
    steps: int = 20  # finer than a video needs, so that lengths can be told apart
    batch: int = 1  # videos made at once
    seed: int = 10
    again: int = 0


def methods(config: Config) -> dict[str, Method]:
    """By row what makes it: injection for each share of the steps, then to the noise level of the first
    implementation's last injected step; known frames held at each level."""
    scheme, level = replace(CONTINUING, steps=config.steps), linear_ddpm_level(FIRST_IMPLEMENTATION)
    found: dict[str, Method] = {
        f"share {share}": FeatureInjection(share=path_share(share, scheme)) for share in shares(config)
    }
    found[MATCHED] = FeatureInjection(share=1 - level)
    return found | {f"held {level}": PerFrameNoise(level=level) for level in sorted(config.held)}


def shares(config: Config) -> list[float]:
    return sorted({*config.shares, FIRST_IMPLEMENTATION / 1000, WHOLE})


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some videos what is told of each, by row; real walks, a collage and a frozen frame among the rows."""
    walks, seams = real_videos(config.seed, config.frames, config.videos), seams_of(config.frames)
    some = slice(first, first + config.batch)
    videos = planted(models, walks, some)
    start, scheme = models.encode(walks[some, :HISTORY]), replace(CONTINUING, steps=config.steps)
    for name, method in methods(config).items():
        generator = torch.Generator().manual_seed(config.seed + first)
        made = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        videos[name] = models.decode(made.latents)
    return {"rows": {name: by_video(models, found, seams) for name, found in videos.items()}}


def values(config: Config, found: list[Found]) -> dict:
    """`shares`, a row for every share, and the share whose seams are judged best; `matched`; `held`, a row for every
    level of the known frames, the cleanest first; `bounds`, real video and floors. Gains are differences in plausible
    seams, video by video."""
    scheme, level = replace(CONTINUING, steps=config.steps), linear_ddpm_level(FIRST_IMPLEMENTATION)
    told = {name: samples(found, name) for name in found[0]["rows"]}
    shown = {name: {key: each for key, each in row(one).items() if key in SHOWN} for name, one in told.items()}

    def gained(one: str, other: str) -> dict[str, float]:
        return gain(*(told[name]["seam_validity"] for name in (one, other)))

    rows = [
        {"share": share, "steps_of_1000": round(1000 * share), "level": 1 - path_share(share, scheme)}
        | shown[f"share {share}"]
        for share in shares(config)
    ]
    held = [{"level": level} | shown[f"held {level}"] for level in sorted(config.held)]
    best = max(reversed(rows), key=lambda row: row["seam_validity"]["value"])  # of equals the longest
    counted = f"share {FIRST_IMPLEMENTATION / 1000}"
    return {
        "shares": rows,
        "best": best["steps_of_1000"],
        MATCHED: {"level": level, "gain": gained(MATCHED, counted)} | shown[MATCHED],
        "held": [*held, {"level": 1.0} | shown[f"share {WHOLE}"]],
        "held_gain": gained(f"held {held[0]['level']}", f"share {WHOLE}"),
        "bounds": {name: measurable(shown[name]) for name in PLANTED},
        "videos": config.videos,
        "frames": config.frames,
    }


def path_share(share: float, scheme: Scheme) -> float:
    """The share of the path from noise to data that the first `share` of the steps covers: most steps lie near the
    noise, so it is far less."""
    injected = round(share * scheme.steps)
    return 1.0 if injected == scheme.steps else 1 - float(scheme.grid()[max(injected - 1, 0)])


NETWORKS = ("autoencoder", "decoder", "denoiser", "judge")
MEASUREMENT = Measurement(
    "injection_length", Config, NETWORKS, lambda config: config.videos, cell, values, no_arrays, plausible
)
run = MEASUREMENT.run

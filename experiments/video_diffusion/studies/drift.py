"""Do long videos fade? Methods on to frame 300, scored in windows on the way, beside real video: a few videos to look
at, so that a laptop can run it. What needs many is asked of `recorded/comparison.py`.
"""

from dataclasses import dataclass, replace

import torch

from experiments.errors import InputError
from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data.frame_sheet import packed
from experiments.video_diffusion.model.shipped_weights import EXTENDING
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import contender, real_videos
from experiments.video_diffusion.studies.quality_over_time import (
    BEFORE,
    FRAMES,
    course,
    courses,
    reference_frames,
    walks_needed,
)
from experiments.video_diffusion.studies.scoring import plausible_seams


@dataclass(frozen=True)
class Config:
    methods: tuple[str, ...] = (
        "history_guidance",
        "reconstruction_guidance",
        "feature_injection",
        "per_frame_noise",
        "per_frame_guidance",
    )
    frames: int = 300
    videos: int = 2
    window: int = 50
    steps: int = CONTINUING.steps
    reference: int = 200  # real walks, at least, that frames are compared with
    shown: int = 50  # every so many frames
    walks: tuple[str, ...] = ("feature_injection", "per_frame_guidance")  # kept whole, to be watched beside real video
    seed: int = 20


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: `courses` of the methods and of real video; arrays: every `shown`th frame of the first video; of `walks`
    and real video all its frames, packed, its seams and the judge's verdict on each. Raises InputError for a single
    video."""
    recorder.seeds = (config.seed,)
    if config.videos < 2:
        raise InputError(f"drift: videos is {config.videos}; an interval over videos needs at least 2")
    models = Models(best_device()).check(*EXTENDING)
    recorder.device = str(models.device)
    real = real_videos(config.seed, config.frames, config.videos)
    start, scheme = models.encode(real[:, :HISTORY]), replace(CONTINUING, steps=config.steps)
    videos, seams = {"truth": models.decode(models.encode(real))}, {}
    for done, name in enumerate(config.methods):
        report(done / len(config.methods), f"{name.replace('_', ' ')}, {config.frames} frames")
        generator = torch.Generator().manual_seed(config.seed)
        method = contender(name, models)
        made = extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        videos[name], seams[name] = models.decode(made.latents), made.seams
    others = walks_needed(config.reference, config.videos * config.window)
    reference = reference_frames(models, real_videos(1000 + config.seed, BEFORE + FRAMES, others))
    rows = {name: course(models, found, reference, config.window) for name, found in videos.items()}
    values = courses(rows) | {
        "frames": config.frames,
        "window": config.window,
        "videos": config.videos,
        "given": HISTORY,
        "steps": config.steps,
    }
    arrays = {name: found[0, :: config.shown].numpy() for name, found in videos.items()}
    kept = [name for name in config.walks if name in seams]
    for name in ("truth", *kept) if kept else ():
        marks = seams.get(name, seams[kept[0]])
        arrays[f"{name}_walk"] = packed(videos[name][0].numpy())
        arrays[f"{name}_seams"] = torch.tensor(marks).numpy()
        arrays[f"{name}_plausible"] = plausible_seams(models, videos[name][0], marks).numpy()
    return recorder.result(values, arrays)

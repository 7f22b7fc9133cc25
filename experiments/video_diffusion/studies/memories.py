"""What does it take for the world to stay? One network, one sampler, one motion; only the memory differs.

The first frames of held-out walks are given, the rest is made along their true path and held against what is really
seen there: places that the given frames showed, places shown in part, and new ones. Between a floor (another maze, a
copy of the nearest view given) and a ceiling (the truth through the autoencoder).
"""

import time
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.shipped_weights import CONTINUOUS
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contending_memories import NAMES, Build, built, retrieving, there_are
from experiments.video_diffusion.studies.known_walks import KINDS, KnownWalks


@dataclass(frozen=True)
class Config:
    """`counts` are numbers of retrieved frames, and `steps_tried` of denoising steps, that reprojection is tried with
    too, on the first `few` walks alone; `ages` are edges, in frames."""

    walks: int = 8
    given: int = 150
    made: int = 100
    steps: int = 8
    counts: tuple[int, ...] = (1, 12)
    steps_tried: tuple[int, ...] = (1, 2, 4, 20)
    few: int = 4
    ages: tuple[int, ...] = (0, 40, 80, 120, 250)
    batch: int = 8  # videos made at once
    seed: int = 0
    shown: int = 0  # the walk of the pictures


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row a memory, floors and ceiling among them, with intervals over walks, and what memory gains; arrays:
    one walk as each memory makes it, and what is really seen there."""
    recorder.seeds = (config.seed,)
    models = Models(best_device(), CONTINUOUS).check("autoencoder", "denoiser", "depth", "judge")
    recorder.device = str(models.device)
    walks = KnownWalks.drawn(models, config.walks, config.given, config.made)
    names, rows, sweeps, videos = there_are(models.folder), {}, {"counts": [], "steps": []}, {}
    for name, video in walks.cheats().items():
        rows[name], videos[name] = walks.scored(video), video
    work = len(names) + len(config.counts) + len(config.steps_tried)
    for done, name in enumerate(names):
        report(done / work, f"memory: {name}")
        build, parameters = built(name, models)
        made, seconds = continued(models, walks, build, config, config.steps)
        rows[name] = walks.scored(made) | {"seconds_a_frame": seconds, "parameters": parameters}
        videos[name] = made
    few = walks.first(config.few)
    tried = [("counts", n, retrieving(n), config.steps) for n in config.counts]
    tried += [("steps", n, built("reprojection", models)[0], n) for n in config.steps_tried]
    for done, (kind, number, build, steps) in enumerate(tried, len(names)):
        report(done / work, f"reprojection, {number} {'frames' if kind == 'counts' else 'steps'}")
        made, seconds = continued(models, few, build, config, steps)
        sweeps[kind].append({"number": number, "seconds_a_frame": seconds} | few.likeness(made))
    here = few.likeness(videos["reprojection"][: config.few])
    values = {
        "memories": rows,
        "missing": [name for name in NAMES if name not in names],
        "places": {kind: int(sum(chosen.sum() for chosen in walks.kind(kind))) for kind in KINDS},
        "gains": {kind: walks.gains(videos, kind) for kind in KINDS},
        "by_age": {name: walks.by_age(video, config.ages) for name, video in videos.items()},
        "ages": list(config.ages),
        "sweeps": sweeps | {"here": here},
        "best": max(names, key=lambda name: rows[name]["continuation_seen"]["value"]),
        **{key: getattr(config, key) for key in ("walks", "given", "made", "steps", "few")},
    }
    arrays = {name: video[config.shown, config.given :: 2].numpy() for name, video in videos.items()}
    arrays["truth"] = walks.frames[config.shown, config.given :: 2].numpy()
    arrays["seen"] = walks.kind("seen")[config.shown].numpy()
    return recorder.result(values, arrays)


def continued(models: Models, walks: KnownWalks, build: Build, config: Config, steps: int) -> tuple[Tensor, float]:
    """Videos (W, T, 64, 64, 3) whose first frames are given, and the seconds that a made frame took."""
    given, total, reach = walks.given, walks.latents.shape[1], models.decoder.reach
    scheme, began, parts = replace(CONTINUING, steps=steps), time.perf_counter(), []
    for k in range(0, len(walks.frames), config.batch):
        some = slice(k, k + config.batch)
        memory = build(models, walks.poses[some], walks.seen[some])
        generator = torch.Generator().manual_seed(config.seed + k)
        start = walks.latents[some, :given]
        video = extend(memory.denoise, PerFrameNoise(), start, total, scheme, generator=generator, tell=memory).latents
        parts.append(models.decode(video[:, given - reach :])[:, reach:])
    seconds = (time.perf_counter() - began) / len(walks.frames) / (total - given)
    return torch.cat([walks.again[:, :given], torch.cat(parts)], dim=1), seconds

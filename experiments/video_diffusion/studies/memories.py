"""What does it take for the world to stay? One network, one sampler, one motion; only the memory differs.

The first frames of held-out walks are given, the rest is made along their true path and held against what is really
seen there: places that the given frames showed, places shown in part, and new ones. Between a floor (another maze, a
copy of the nearest view given) and a ceiling (the truth through the autoencoder).
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contending_memories import (
    ENCODED,
    NAMES,
    Contender,
    contender,
    reprojecting,
    there_are,
)
from experiments.video_diffusion.studies.known_walks import KINDS, KnownWalks

SHOWN = ("motion", "slots", "memory_raw", "reprojection", "reprojection_given")  # of which one walk is kept


@dataclass(frozen=True)
class Config:
    """`counts` are numbers of retrieved frames, and `steps_tried` of denoising steps, that reprojection is tried with
    too, on the first `few` walks alone; `ages` are edges, in frames."""

    walks: int = 24
    given: int = 150
    made: int = 100
    steps: int = 4
    counts: tuple[int, ...] = (1, 12)
    steps_tried: tuple[int, ...] = (1, 2, 8, 20)
    few: int = 4
    ages: tuple[int, ...] = (0, 40, 80, 120, 250)
    batch: int = 8  # videos made at once
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row a memory, floors and ceiling among them, with intervals over walks, and what memory gains; arrays:
    one walk as each memory makes it, and what is really seen there."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "denoiser", "depth", "judge")
    recorder.device = str(models.device)
    walks = KnownWalks.drawn(models, config.walks, config.given, config.made)
    values, arrays = compared(models, walks, config, report)
    return recorder.result(values, arrays)


def compared(
    models: Models, walks: KnownWalks, config: Config, report: Report
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Values and arrays of `run`, on any walks."""
    names, videos = there_are(models.folder), walks.cheats()
    rows = {name: walks.scored(video) for name, video in videos.items()}
    work = len(names) + len(config.counts) + len(config.steps_tried)
    for done, name in enumerate(names):
        report(done / work, f"memory: {name.replace('_', ' ')}")
        found, parameters = contender(name, models)
        videos[name], seconds = continued(models, walks, found, config, config.steps)
        rows[name] = walks.scored(videos[name]) | {"seconds_a_frame": seconds, "parameters": parameters}
    shown = max(range(config.walks), key=lambda k: int(walks.kind("seen")[k].sum()))  # by the path alone
    tokens = [name for name in names if name in ENCODED]
    best = max(tokens, key=lambda name: rows[name]["continuation_seen"]["value"], default=None)
    values = {
        "memories": rows,
        "missing": [name for name in NAMES if name not in names],
        "places": {kind: int(sum(chosen.sum() for chosen in walks.kind(kind))) for kind in KINDS},
        "gains": {kind: gains(walks, videos, kind) for kind in KINDS},
        "tokens": {"best": best, "behind": walks.gain(videos[best], videos["reprojection"], "seen")} if best else {},
        "by_age": {name: walks.by_age(video, config.ages) for name, video in videos.items()},
        **sweeps(models, walks.first(config.few), videos["reprojection"], config, report, len(names) / work),
        "shown": shown,
        **{key: getattr(config, key) for key in ("walks", "given", "made", "steps", "few", "ages")},
    }
    arrays = {name: videos[name][shown, config.given :: 2].numpy() for name in SHOWN if name in videos}
    arrays["truth"] = walks.frames[shown, config.given :: 2].numpy()
    return values, arrays


def gains(walks: KnownWalks, videos: dict[str, Tensor], kind: str) -> dict[str, dict]:
    """By memory the decibels that it has more than the motion alone, than a copy of the nearest view, and than
    reprojection."""
    others = ("motion", "copy", "reprojection")
    return {name: {other: walks.gain(video, videos[other], kind) for other in others} for name, video in videos.items()}


def sweeps(
    models: Models, walks: KnownWalks, usual: Tensor, config: Config, report: Report, begun: float
) -> dict[str, dict]:
    """Reprojection with other numbers of retrieved frames and of steps; `usual` are its videos with the usual ones."""
    tried = [("counts", n, Contender(reprojecting(n)), config.steps) for n in config.counts]
    tried += [("steps", n, Contender(reprojecting()), n) for n in config.steps_tried]
    rows: dict[str, list] = {"counts": [], "steps": []}
    usual = usual[: len(walks.frames)]
    videos = {config.steps: usual}
    for done, (kind, number, memory, steps) in enumerate(tried):
        report(begun + (1 - begun) * done / len(tried), f"reprojection: {number} {kind}")
        made, seconds = continued(models, walks, memory, config, steps)
        rows[kind].append({"number": number, "seconds_a_frame": seconds} | walks.likeness(made))
        if kind == "steps":
            videos[steps] = made
    most = max(videos)
    return {
        "sweeps": rows | {"here": walks.likeness(usual)},
        "most_steps": most,
        "few_steps": walks.gain(usual, videos[most], "seen") if most != config.steps else {"value": None},
    }


def continued(
    models: Models, walks: KnownWalks, contender: Contender, config: Config, steps: int
) -> tuple[Tensor, float]:
    """Videos (W, T, 64, 64, 3) whose first frames are given, and the seconds that a made frame took."""
    poses, seen = walks.as_read if contender.read else (walks.poses, walks.seen)
    given, total, reach = walks.given, walks.latents.shape[1], models.decoder.reach
    scheme, began, parts = replace(CONTINUING, steps=steps), time.perf_counter(), []
    for k in range(0, len(walks.frames), config.batch):
        some = slice(k, k + config.batch)
        memory = contender.build(models, poses[some], seen[some])
        generator = torch.Generator().manual_seed(config.seed + k)
        start = walks.latents[some, :given]
        made = extend(memory.denoise, contender.method(), start, total, scheme, generator=generator, tell=memory)
        parts.append(models.decode(made.latents[:, given - reach :])[:, reach:])
    seconds = (time.perf_counter() - began) / len(walks.frames) / (total - given)
    return torch.cat([walks.again[:, :given], torch.cat(parts)], dim=1), seconds

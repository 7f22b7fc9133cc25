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

from experiments.results import jsonable
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.world.over_walks import over_walks
from experiments.video_diffusion.studies.contending_memories import (
    ENCODED,
    NAMES,
    Contender,
    contender,
    reprojecting,
    there_are,
)
from experiments.video_diffusion.studies.known_walks import KnownWalks
from experiments.video_diffusion.studies.measurement import Found, Measurement
from experiments.video_diffusion.studies.remembered import KINDS, Remembered

SHOWN = ("motion", "slots", "memory_raw", "reprojection", "reprojection_given")  # of which one walk is kept
USUAL = "reprojection"  # that is tried with other numbers of frames and of steps
OTHERS = ("motion", "copy", USUAL)  # that each memory is held against


@dataclass(frozen=True)
class Config:
    """`counts` are numbers of retrieved frames, and `steps_tried` of denoising steps, that reprojection is tried with
    too, on the first `few` walks alone; `ages` are edges, in frames."""

    memories: tuple[str, ...] = NAMES
    walks: int = 24
    given: int = 150
    made: int = 100
    steps: int = 4
    counts: tuple[int, ...] = ()
    steps_tried: tuple[int, ...] = (2, 8, 20)
    few: int = 4
    ages: tuple[int, ...] = (0, 40, 80, 120, 250)
    batch: int = 2  # walks made at once
    seed: int = 0
    data: str = WALKS
    again: int = 0


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some walks, by what made them: all rulers by walk, decibels, the seconds that a made frame took; and one of
    the first of them as each memory makes it, and what is really seen there."""
    count = min(config.batch, config.walks - first)
    walks = KnownWalks.drawn(models, count, config.given, config.made, config.data, first)
    names = [name for name in there_are(models.folder) if name in config.memories]
    videos, seconds, parameters = walks.cheats(), {}, {}
    for name in names:
        found, parameters[name] = contender(name, models)
        videos[name], seconds[name] = continued(models, walks, found, config, config.steps, first)
    scored = {name: walks.scored(video) for name, video in videos.items()}
    shown = int(torch.stack([seen.sum() for seen in walks.remembered({}).kinds["seen"]]).argmax())  # by the path alone
    films = {name: videos[name] for name in SHOWN if name in videos} | {"truth": walks.frames}
    if first < config.few:
        for key, memory, steps in tried(config):
            videos[key], seconds[key] = continued(models, walks, memory, config, steps, first)
    return {
        "rows": jsonable(scored),
        "seconds": seconds,
        "parameters": parameters,
        "remembered": vars(walks.remembered(videos)),
        "shown": first + shown,
        "films": {name: film[shown, config.given :: 2].clone() for name, film in films.items()},
    }


def tried(config: Config) -> list[tuple[str, Contender, int]]:
    """Under a name of its own, reprojection with each other number of frames, and of steps."""
    found = [(f"counts {n}", Contender(reprojecting(n)), config.steps) for n in config.counts]
    return found + [(f"steps {n}", Contender(reprojecting()), n) for n in config.steps_tried]


def continued(
    models: Models, walks: KnownWalks, contender: Contender, config: Config, steps: int, seed: int = 0
) -> tuple[Tensor, float]:
    """Videos (W, T, 64, 64, 3) whose first frames are given, and the seconds that a made frame took."""
    poses, seen = walks.as_read if contender.read else (walks.poses, walks.seen)
    given, total, reach = walks.given, walks.latents.shape[1], models.decoder.reach
    scheme, began = replace(CONTINUING, steps=steps), time.perf_counter()
    memory = contender.build(models, poses, seen)
    generator = torch.Generator().manual_seed(config.seed + seed)
    start = walks.latents[:, :given]
    made = extend(memory.denoise, contender.method(), start, total, scheme, generator=generator, tell=memory)
    frames = models.decode(made.latents[:, given - reach :])[:, reach:]
    seconds = (time.perf_counter() - began) / len(frames) / (total - given)
    return torch.cat([walks.again[:, :given], frames], dim=1), seconds


def values(config: Config, found: list[Found]) -> dict[str, Any]:
    """A row a memory, floors and ceilings among them, with intervals over walks, and what memory gains."""
    some = whole(found)
    rows = {name: over_walks(sum((one["rows"][name] for one in found), [])) for name in found[0]["rows"]}
    names = [name for name in NAMES if name in rows]
    for name in names:
        seconds = float(np.mean([one["seconds"][name] for one in found]))
        rows[name] |= {"seconds_a_frame": seconds, "parameters": found[0]["parameters"][name]}
    tokens = [name for name in names if name in ENCODED]
    best = max(tokens, key=lambda name: rows[name]["continuation_seen"]["value"], default=None)
    return {
        "memories": rows,
        "missing": [name for name in NAMES if name not in names],
        "places": {kind: int(sum(chosen.sum() for chosen in walks)) for kind, walks in some.kinds.items()},
        "gains": {kind: gains(some, list(rows), kind) for kind in KINDS},
        "tokens": {"best": best, "behind": some.gain(best, USUAL, "seen")} if best and USUAL in names else {},
        "by_age": {name: some.by_age(name, config.ages) for name in rows},
        **sweeps(config, found[: -(-config.few // config.batch)]),
        "shown": found[0]["shown"],
        "shown_of": len(found[0]["remembered"]["ages"]),
        **{key: getattr(config, key) for key in ("walks", "given", "made", "steps", "few", "ages", "data")},
    }


def whole(found: list[Found]) -> Remembered:
    return Remembered.joined(Remembered(**one["remembered"]) for one in found)


def gains(some: Remembered, names: list[str], kind: str) -> dict[str, dict]:
    """By memory the decibels that it has more than the motion alone, than a copy of the nearest view, and than
    reprojection."""
    others = [other for other in OTHERS if other in names]
    return {name: {other: some.gain(name, other, kind) for other in others} for name in names}


def sweeps(config: Config, found: list[Found]) -> dict[str, Any]:
    """Reprojection with other numbers of retrieved frames and of steps beside the usual ones, on the `few` walks."""
    some = whole(found).first(config.few)
    rows: dict[str, list] = {"counts": [], "steps": []}
    for key, _, _ in tried(config):
        kind, number = key.split()
        seconds = float(np.mean([one["seconds"][key] for one in found]))
        rows[kind].append({"number": int(number), "seconds_a_frame": seconds} | some.likeness(key))
    most = max((config.steps, *config.steps_tried))
    apart = some.gain(USUAL, f"steps {most}", "seen") if most != config.steps else {"value": None}
    here = some.likeness(USUAL) if USUAL in some.decibels else {}
    return {"sweeps": rows | {"here": here}, "most_steps": most, "few_steps": apart}


def arrays(config: Config, found: list[Found]) -> dict[str, np.ndarray]:
    """One walk as each memory makes it, every second frame, and what is really seen there."""
    return {name: film.numpy() for name, film in found[0]["films"].items()}


def checked(found: list[Found]) -> dict[str, dict]:
    """How near memories come to the truth, and what they gain, on places seen before."""
    some = whole(found)
    near = {f"{name}, dB": some.over(name, some.kinds["seen"]) for name in found[0]["rows"]}
    gained = {f"{name} over motion, dB": some.gain(name, "motion", "seen") for name in found[0]["rows"]}
    return {name: row for name, row in (near | gained).items() if row.get("value") is not None}


NETWORKS = ("autoencoder", "decoder", "denoiser", "depth", "judge", "scene", "motion")
MEASUREMENT = Measurement(
    "memories",
    Config,
    (*NETWORKS, *(name.replace("_", "-") for name in ENCODED)),
    lambda config: config.walks,
    cell,
    values,
    arrays,
    checked,
)
run = MEASUREMENT.run

"""What training brings: the denoiser at several lengths of one run, all other networks the shipped ones.

A training run keeps its state at the end of every cycle (`restarts` in training.yaml); each is a model of its own.
"""

import json
import logging
from functools import cache
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of, load_weights, read_record, save_weights
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import transition_validity
from experiments.video_diffusion.scores.statistics import interval, proportion
from experiments.video_diffusion.scores.world.over_walks import over_walks
from experiments.video_diffusion.studies import clips, memories
from experiments.video_diffusion.studies.contenders import contender, real_videos
from experiments.video_diffusion.studies.contending_memories import TRAINING_FREE
from experiments.video_diffusion.studies.known_walks import KnownWalks
from experiments.video_diffusion.studies.recorded.power_law import foretold
from experiments.video_diffusion.studies.scoring import score
from experiments.video_diffusion.training.recipes import recipe_of
from experiments.video_diffusion.training.state import opened
from experiments.video_diffusion.training.tasks.denoiser import held_out_losses
from experiments.video_diffusion.training.warm_start import stages_of
from experiments.video_diffusion.training.workspace import Workspace

# What needs no network that learned from one denoiser alone, as a history encoder does.
METHODS = ("stabilised_guidance", "feature_injection", "hidden_injection", "per_frame_noise", "per_frame_guidance")
KEPT = ("seam_validity", "inner_validity", "seam_log_ratio")
ASKED = ("continuation", "return")  # of the rulers
OF_MEMORY = ("return", "continuation_seen", "continuation_new")
RETURNS = 0.8  # share of the returns that are to show the place again
SEED = 30  # walks and noises that no study has
log = logging.getLogger(__name__)


def states(runs: Path, autoencoder: Path) -> tuple[str | None, list[tuple[int, Path]]]:
    """The digest of the weights that the run in `runs` began with, None for random ones, and (clips learned, file) of
    every kept state of its denoiser, fewest first; those that learned other latents than these weights' are left out.

    Raises InputError for a broken one.
    """
    known, begun, found = digest_of(autoencoder), None, []
    for path in runs.glob("denoiser.state-*"):
        with opened(path) as (metadata, _):
            origin, config = json.loads(metadata["origin"]), json.loads(metadata["config"])
        if origin.get("autoencoder") == known:
            begun = origin.get("begun_with")
            found.append((int(path.stem.split("-")[1]) * config["batch"], path))
        else:
            log.warning("%s: left out, it learned the latents of another autoencoder", path)
    return begun, sorted(found)


def learned_since(weights: Path, begun: str | None) -> int:
    """How many clips finished weights have learned since they were those of the digest `begun`; all, for None. Raises
    InputError where they never were."""
    stages = stages_of(read_record(weights))
    if begun:
        digests = [stage.get("digest") for stage in stages]
        if begun not in digests:
            raise InputError(f"{weights}: did not begin with the weights {begun}, as the run beside it did")
        stages = stages[digests.index(begun) + 1 :]
    return sum(stage["examples"] for stage in stages)


def as_weights(state: Path, folder: Path) -> Path:
    """The averaged weights of a training state as finished ones, written to `folder`."""
    with safe_open(state, framework="pt") as file:
        average = {key[8:]: file.get_tensor(key) for key in file.keys() if key.startswith("average.")}  # noqa: SIM118
    shipped = FOLDER / "denoiser.safetensors"
    denoiser = load_weights(Denoiser, DenoiserConfig, shipped)
    # A network may have grown since, by what it only needs for its training.
    denoiser.load_state_dict(denoiser.state_dict() | average)
    save_weights(denoiser, folder / shipped.name, {"preset": read_record(shipped)["preset"]})
    return folder / shipped.name


def scores(models: Models, runs: Path, frames: int, videos: int, walks: int, made: int) -> dict:
    """Of one denoiser: the loss on held-out clips by what is told; the plausible transitions inside `made` clips from
    nothing; the methods on `videos` videos of `frames` frames; what memory keeps of `walks` walks."""
    recipe, workspace = recipe_of("denoiser", "cpu"), Workspace(FOLDER, runs, models.device)
    return {
        "losses": held_out_losses(models.denoiser, recipe, workspace),
        "clips_validity": plausible_clips(models, made),
        "methods": compared(models, frames, videos),
        "memory": remembered(models, walks),
    }


def plausible_clips(models: Models, count: int) -> dict[str, float]:
    """Without autoguidance: the guide has learned for one length alone."""
    config = clips.Config(clips=count, seed=SEED)
    found = clips.generate(models, models.denoise, Method(), config)
    return proportion(transition_validity(models.judge, found).float().mean(1).tolist())


def compared(models: Models, frames: int, count: int) -> dict[str, dict]:
    """By method its scores on `count` videos of `frames` frames."""
    walks, rows = real_videos(SEED, frames, count), {}
    start = models.encode(walks[:, :HISTORY])
    for name in METHODS:
        generator = torch.Generator().manual_seed(SEED)
        made = extend(models.denoise, contender(name, models), start, frames, generator=generator)
        row = score(models, models.decode(made.latents), made.seams)
        rows[name] = {key: row[key] for key in KEPT}
    return rows


def remembered(models: Models, count: int) -> dict[str, dict]:
    """What reprojection keeps along the true path of `count` walks."""
    walks, config = known_walks(models.device, count), memories.Config(walks=count)
    made, _ = memories.continued(models, walks, TRAINING_FREE["reprojection"], config, config.steps)
    return returned(walks, made)


def returned(walks: KnownWalks, videos: Tensor) -> dict[str, dict]:
    """OF_MEMORY over the walks, and `by_walk`, None where a walk has no such place."""
    rows = walks.scored(videos, only=ASKED)
    over = over_walks(rows)
    return {name: over[name] | {"by_walk": [row[name].get("value") for row in rows]} for name in OF_MEMORY}


@cache
def known_walks(device: torch.device, count: int) -> KnownWalks:
    """The same for every length: no denoiser has a part in them."""
    config = memories.Config(walks=count)
    return KnownWalks.drawn(Models(device), count, config.given, config.made)


@cache
def best_possible(device: torch.device, count: int) -> dict[str, dict]:
    """Of the truth through the autoencoder what `remembered` tells of a length."""
    walks = known_walks(device, count)
    return returned(walks, walks.again)


def gains(rows: list[dict]) -> dict[str, dict]:
    """What the longest training has more than the shortest, walk by walk."""
    first, last = (rows[k]["memory"] for k in (0, -1))
    found = {}
    for name in OF_MEMORY:
        both = zip(last[name]["by_walk"], first[name]["by_walk"], strict=True)
        found[name] = interval([late - early for late, early in both if None not in (late, early)])
    return found


def laws(rows: list[dict], ceiling: dict[str, dict]) -> dict[str, dict]:
    """How memory goes on with more clips, as far as a straight line tells; needs four lengths at least."""
    if len(rows) < 4:
        return {}
    lengths = [row["clips"] for row in rows]
    values = {name: [row["memory"][name]["value"] for row in rows] for name in OF_MEMORY}
    return {
        "return": foretold(lengths, values["return"], ceiling["return"]["value"], RETURNS),
        "continuation_seen": foretold(lengths, values["continuation_seen"]),
    }

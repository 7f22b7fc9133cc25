"""The methods at several lengths of the denoiser's training, so that their ranking is no accident of one checkpoint.

A training run keeps its state at the end of every cycle (`restarts` in training.yaml); each is a model of its own.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import safe_open

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.weight_files import digest_of, load_weights, read_record, save_weights
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.contenders import NAMES, contender, real_videos
from experiments.video_diffusion.studies.scoring import score
from experiments.video_diffusion.training.state import opened

KEPT = ("seam_validity", "inner_validity", "seam_log_ratio")
SEED = 30  # walks and noises that no study has
log = logging.getLogger(__name__)


def states(runs: Path, autoencoder: Path) -> list[tuple[int, Path]]:
    """(clips learned, file) of every kept state of a denoiser that learned these weights' latents, fewest first.

    Raises InputError for a broken one.
    """
    known, found = digest_of(autoencoder), []
    for path in runs.glob("denoiser.state-*"):
        with opened(path) as (metadata, _):
            origin, config = json.loads(metadata["origin"]), json.loads(metadata["config"])
        if origin.get("autoencoder") == known:
            found.append((int(path.stem.split("-")[1]) * config["batch"], path))
        else:
            log.warning("%s: left out, it learned the latents of another autoencoder", path)
    return sorted(found)


def as_shipped(state: Path, models: Models, folder: Path) -> Models:
    """`models` with the averaged weights of a training state as the denoiser, written to `folder`."""
    with safe_open(state, framework="pt") as file:
        average = {key[8:]: file.get_tensor(key) for key in file.keys() if key.startswith("average.")}  # noqa: SIM118
    shipped = models.folder / "denoiser.safetensors"
    denoiser = load_weights(Denoiser, DenoiserConfig, shipped)
    # A network may have grown since, by what it only needs for its training.
    denoiser.load_state_dict(denoiser.state_dict() | average)
    for name in ("autoencoder", "decoder", "judge"):
        (folder / f"{name}.safetensors").symlink_to(models.folder / f"{name}.safetensors")
    save_weights(denoiser, folder / "denoiser.safetensors", {"preset": read_record(shipped)["preset"]})
    return replace(models, folder=folder)


def comparable(models: Models) -> list[str]:
    """Every method, or all but history guidance where no encoder was trained on this denoiser: it fits no other."""
    encoder = (models.folder / "history.safetensors").exists()
    return [name for name in NAMES if encoder or name != "history_guidance"]


def compare(models: Models, frames: int, count: int) -> Iterator[tuple[str, dict]]:
    """(method, its scores on `count` videos of `frames` frames), one after the other."""
    walks = real_videos(SEED, frames, count)
    start = models.encode(walks[:, :HISTORY])
    for name in comparable(models):
        generator = torch.Generator().manual_seed(SEED)
        made = extend(models.denoise, contender(name, models), start, frames, generator=generator)
        row = score(models, models.decode(made.latents), made.seams)
        yield name, {key: row[key] for key in KEPT}

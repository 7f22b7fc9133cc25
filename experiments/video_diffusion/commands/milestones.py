"""Score the denoiser at every kept length of its training, into `milestones.json` beside the weights.

What was scored stays in `--runs`; the same command goes on from there.
"""

import argparse
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tqdm import tqdm

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import device_name
from experiments.same_code import about
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.milestones import (
    as_weights,
    best_possible,
    gains,
    laws,
    learned_since,
    scores,
    states,
)
from experiments.workers import add_workers, workers

SETTINGS = ("frames", "videos", "walks", "made")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=Path, default=Path("runs/cpu"), help="folder of the denoiser's training states")
    parser.add_argument(
        "--finished", type=Path, nargs="+", default=[], metavar="FOLDER", help="finished weights of shorter trainings"
    )
    parser.add_argument("--frames", type=positive, default=40, help="length of each video (default: 40)")
    parser.add_argument("--videos", type=positive, default=8, help="videos a method (default: 8)")
    parser.add_argument("--walks", type=positive, default=24, help="walks that memory is asked of (default: 24)")
    parser.add_argument("--made", type=positive, default=64, help="clips from nothing (default: 64)")
    parser.add_argument(
        "--only", type=positive, nargs="+", metavar="CLIPS", help="score these lengths; the record keeps its other ones"
    )
    add_workers(parser, "lengths at once, each in a process (default: 1)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    begun, shorter = states(given.runs, FOLDER / "autoencoder.safetensors")
    weights = [folder / "denoiser.safetensors" for folder in (*given.finished, FOLDER)]
    finished = {learned_since(path, begun): path for path in weights}
    kept = {clips: state for clips, state in shorter if clips < max(finished)}
    lengths = sorted(kept | finished)
    if len(lengths) == 1 and not given.only:
        raise InputError(f"{given.runs}: no state of a shorter training; train with `restarts` in training.yaml first")
    settings = {name: getattr(given, name) for name in SETTINGS}
    record = settings | {"device": device_name(str(given.device)), "rows": []}
    if given.only:
        lengths, record["rows"] = chosen(lengths, given.only), others(record, given.only)
    how, code = (given.runs, *settings.values(), given.device, given.threads), about().code
    asked = {clips: content(finished.get(clips), kept.get(clips)) for clips in lengths}
    places = {clips: given.runs / f"milestones-{digest(asked[clips], (code, clips, *how))}.json" for clips in lengths}
    rows = {clips: json.loads(place.read_text()) for clips, place in places.items() if place.is_file()}
    todo = [(clips, asked[clips], *how) for clips in lengths if clips not in rows]
    with workers(given.cluster, given.jobs) as cells:
        for (clips, *_), row in tqdm(cells(scored, todo), "lengths", len(todo)):
            rows[clips] = row
            with atomic(places[clips]) as file:
                file.write(json.dumps(row).encode())
    record["rows"] = sorted([*record["rows"], *rows.values()], key=lambda row: row["clips"])
    record["ceiling"] = best_possible(given.device, given.walks)
    record["gains"] = gains(record["rows"])
    record["laws"] = laws(record["rows"], record["ceiling"])
    records.save(FOLDER, "milestones", record)


def content(finished: Path | None, state: Path | None) -> bytes:
    """The file of one length's denoiser: finished weights, or those of a training state."""
    with TemporaryDirectory() as folder:
        return (finished or as_weights(state, Path(folder))).read_bytes()


def digest(denoiser: bytes, how: tuple) -> str:
    """Changes with the denoiser and `how` it is scored."""
    return hashlib.sha256(repr((hashlib.sha256(denoiser).hexdigest(), *how)).encode()).hexdigest()[:16]


def scored(
    clips: int,
    denoiser: bytes,
    runs: Path,
    frames: int,
    videos: int,
    walks: int,
    made: int,
    device: torch.device,
    threads: int | None,
) -> dict:
    """One row of the record. The other networks are the shipped ones; an encoder of histories fits no other denoiser
    than its own."""
    use_threads(threads)
    with TemporaryDirectory() as folder:
        Path(folder, "denoiser.safetensors").write_bytes(denoiser)
        for path in FOLDER.glob("*.safetensors"):
            if path.stem not in ("denoiser", "history"):
                Path(folder, path.name).symlink_to(path)
        runs = runs if runs.is_dir() else Path(folder)  # a worker elsewhere encodes for itself
        return {"clips": clips} | scores(Models(device, Path(folder)), runs, frames, videos, walks, made)


def chosen(lengths: list[int], only: list[int]) -> list[int]:
    """Those of `only`. Raises InputError for one that was not kept."""
    if missing := set(only) - set(lengths):
        known = ", ".join(map(str, lengths))
        raise InputError(f"--only {min(missing)}: no state of that many clips (there are {known})")
    return [clips for clips in lengths if clips in only]


def others(record: dict, only: list[int]) -> list[dict]:
    """The rows of the record there is beside those of `only`. Raises InputError where it was made otherwise."""
    there = records.load(FOLDER, "milestones")
    if differing := [key for key in SETTINGS if there[key] != record[key]]:
        raise InputError(f"milestones.json has {there[differing[0]]} {differing[0]}; without --only all are scored")
    return [row for row in there["rows"] if row["clips"] not in only]

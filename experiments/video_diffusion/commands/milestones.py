"""Score the methods at every kept length of the denoiser's training, into `milestones.json` beside the weights."""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from experiments.errors import InputError
from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.milestones import as_shipped, comparable, compare, states
from experiments.video_diffusion.training.warm_start import learned


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=Path, default=Path("runs/cpu"), help="folder of the denoiser's training states")
    parser.add_argument(
        "--finished", type=Path, nargs="+", default=[], metavar="FOLDER", help="finished weights of shorter trainings"
    )
    parser.add_argument("--frames", type=positive, default=40, help="length of each video (default: 40)")
    parser.add_argument("--videos", type=positive, default=8, help="videos a method (default: 8)")
    parser.add_argument(
        "--only", type=positive, nargs="+", metavar="CLIPS", help="score these lengths; the record keeps its other ones"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given)
    final = Models(given.device)
    finished = {learned(folder / "denoiser.safetensors"): folder for folder in (*given.finished, final.folder)}
    shorter = states(given.runs, final.folder / "autoencoder.safetensors")
    kept = {clips: state for clips, state in shorter if clips < max(finished)}
    lengths = sorted(kept | finished)
    if len(lengths) == 1 and not given.only:
        raise InputError(f"{given.runs}: no state of a shorter training; train with `restarts` in training.yaml first")
    record = {"frames": given.frames, "videos": given.videos, "device": device_name(str(given.device)), "rows": []}
    if given.only:
        lengths, record["rows"] = chosen(lengths, given.only), others(record, given.only)
    for clips in lengths:
        with TemporaryDirectory() as folder:
            if clips in finished:
                models = replace(final, folder=finished[clips])
            else:
                models = as_shipped(kept[clips], final, Path(folder))
            made = tqdm(compare(models, given.frames, given.videos), f"{clips} clips", len(comparable(models)))
            row = {"clips": clips, "methods": dict(made)}
        record["rows"] = sorted([*record["rows"], row], key=lambda row: row["clips"])
    records.save(FOLDER, "milestones", record)


def chosen(lengths: list[int], only: list[int]) -> list[int]:
    """Those of `only`. Raises InputError for one that was not kept."""
    if missing := set(only) - set(lengths):
        known = ", ".join(map(str, lengths))
        raise InputError(f"--only {min(missing)}: no state of that many clips (there are {known})")
    return [clips for clips in lengths if clips in only]


def others(record: dict, only: list[int]) -> list[dict]:
    """The rows of the record there is beside those of `only`. Raises InputError where it was made otherwise."""
    there = records.load(FOLDER, "milestones")
    if differing := [key for key in ("frames", "videos") if there[key] != record[key]]:
        raise InputError(f"milestones.json has {there[differing[0]]} {differing[0]}; without --only all are scored")
    return [row for row in there["rows"] if row["clips"] not in only]

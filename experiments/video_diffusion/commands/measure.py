"""Measure a part of the study at its full size, too long for a build, into `PART.json` beside the weights. The build
shows that, and makes the first cells of it again.

What was measured stays in `--runs`, a file a cell; the same command goes on from there. Memories can be measured in any
world whose networks and readers lie in a folder of their own; one walk lies in `memories.npz` then.
"""

import argparse
import json
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path

import torch
from tqdm import tqdm

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, use_threads
from experiments.video_diffusion.data import MazeWalks, open_source
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import films, records
from experiments.video_diffusion.studies.measurement import Measurement
from experiments.video_diffusion.studies.two_worlds import FILMED
from experiments.workers import add_workers, workers


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=records.MEASURED, metavar="PART", help=", ".join(records.MEASURED))
    parser.add_argument("--data", default=WALKS, metavar="SOURCE", help=f"held-out walks of it (default: {WALKS})")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="folder of networks (default: the shipped ones)")
    parser.add_argument("--runs", type=Path, default=Path("runs/measured"), help="folder that keeps what cells found")
    add_workers(parser, "cells at once, each in a process (default: 1)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    part, elsewhere = measurement(given.part), given.weights != FOLDER
    if given.cluster not in (None, "local") and elsewhere:
        raise InputError("--weights: workers of a cluster have the shipped weights alone; use --jobs")
    config = part.config()
    if given.data != WALKS:
        config = in_world(config, given.data)
    use_threads(given.threads)
    known = json.dumps([part.name, part.known(given.weights, config)], sort_keys=True)
    folder = given.runs / part.name / sha256(known.encode()).hexdigest()[:16]
    files = {first: folder / f"{first}.pt" for first in part.cells(config)}
    missing = [first for first, file in files.items() if not file.is_file()]
    where = (part.name, config, given.weights.resolve() if elsewhere else None, given.device, given.threads)
    with workers(given.cluster, given.jobs) as cells:
        for (first, *_), found in tqdm(cells(measured, [(first, *where) for first in missing]), "cells", len(missing)):
            folder.mkdir(parents=True, exist_ok=True)
            with atomic(files[first]) as file:
                file.write(found)
    found = [torch.load(file, weights_only=True) for file in files.values()]
    record = part.record(given.weights, config, found, device_name(str(given.device)))
    if elsewhere:
        shown = part.arrays(config, found)
        films.save(given.weights, part.name, {name: shown[name] for name in FILMED})
    records.save(given.weights, part.name, record)
    for name, row in record["checked"].items():
        print(f"{name}: {row['value']:.3g} [{row['low']:.3g}, {row['high']:.3g}]")


def measurement(name: str) -> Measurement:
    return import_module(f"experiments.video_diffusion.studies.{name}").MEASUREMENT


def in_world(config, data: str):
    """The same of another world. Raises InputError for what is measured in mazes alone, or for too little known."""
    if not hasattr(config, "data"):
        raise InputError("--data: memories alone are measured in other worlds")
    if not isinstance(open_source(data, "test", config.given + config.made), MazeWalks):
        raise InputError(f"--data {data}: walks are needed of which all is known, such as 'doom'")
    return replace(config, data=data)


def measured(first: int, name: str, config, weights: Path | None, device: torch.device, threads: int | None) -> bytes:
    """What a cell found, as torch writes it. `weights` is None for the shipped ones, which a worker has in its own
    clone."""
    use_threads(threads)
    out = BytesIO()
    torch.save(measurement(name).cell(_models(weights or FOLDER, device), config, first), out)
    return out.getvalue()


@cache
def _models(folder: Path, device: torch.device) -> Models:
    """Loaded once for all cells of a worker."""
    return Models(device, folder)

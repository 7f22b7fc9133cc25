"""Score every method on many more videos than a build makes, some on much longer ones, into `comparison.json` beside
the weights: in the world that these learned from. Real video, a collage and a copy stand beside the methods; a real
walk and what the best method makes of its beginning lie in `comparison.npz`.

On two CPU cores that takes two hours and a half (`--jobs 2 --threads 1`). What is made stays in `--runs`; the same
command goes on from there.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from tqdm import tqdm

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import drift, films, records
from experiments.video_diffusion.studies.contenders import NAMES, measured_on
from experiments.video_diffusion.studies.fair_rows import CEILING, FLOORS, NEW
from experiments.video_diffusion.studies.quality_over_time import courses
from experiments.video_diffusion.studies.recorded.comparison import Comparison, Size
from experiments.video_diffusion.studies.scoring import best
from experiments.video_diffusion.training.warm_start import learned
from experiments.workers import add_workers, workers

LONG = "long"  # folder of the long videos, in that of the others
ROWS = (CEILING, *FLOORS)  # what stands beside the methods
FOLLOWED = drift.Config.methods  # on long videos


@dataclass(frozen=True)
class Where:
    """How a worker does its cells; a comparison and its networks are loaded once for all cells of one."""

    device: torch.device
    threads: int | None
    weights: Path | None  # folder of the networks; None: the shipped ones, which a worker has in its own clone
    source: str  # of the walks
    size: Size
    folder: Path  # that keeps what is made, on the machine of the command


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", type=positive, default=Size.frames, help="length of each video (default: 64)")
    parser.add_argument("--videos", type=positive, default=Size.videos, help="videos a method and seed (default: 35)")
    parser.add_argument("--long-frames", type=positive, default=300, help="length of the long videos (default: 300)")
    parser.add_argument("--long-videos", type=positive, default=8, help="long videos a method and seed (default: 8)")
    parser.add_argument("--data", default=WALKS, metavar="SOURCE", help=f"held-out walks of it (default: {WALKS})")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="folder of networks (default: the shipped ones)")
    add_workers(parser, "methods at once, each in a process (default: 1)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/comparison"), help="folder that keeps what the methods made"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    size, lasting = Size(given.frames, given.videos), Size(given.long_frames, given.long_videos)
    if given.cluster not in (None, "local") and given.weights != FOLDER:
        raise InputError("--weights: workers of a cluster have the shipped weights alone; use --jobs")
    weights = given.weights.resolve() if given.weights != FOLDER else None
    how = (given.device, given.threads, weights, given.data)
    short, long = Where(*how, size, given.runs), Where(*how, lasting, given.runs / LONG)
    known, missing = measured_on(given.weights), {}
    tasks = [*product([short], size.seeds, NAMES), *product([long], lasting.seeds, FOLLOWED)]
    with workers(given.cluster, given.jobs) as cells:
        asked = [(*task, kept(task[0].folder, task[2], [task[1]])) for task in tasks]
        for (where, *_), files in tqdm(cells(make, asked), "videos", len(tasks)):
            keep(where.folder, files)
        asked = [(short, name, kept(short.folder, name, size.seeds)) for name in (*ROWS, *NAMES)]
        found = {name: row for (_, name, _), row in tqdm(cells(scored, asked), "scores", len(asked))}
        asked = [(long, name, kept(long.folder, name, lasting.seeds)) for name in (*ROWS, *FOLLOWED)]
        along = {name: row for (_, name, _), row in tqdm(cells(followed, asked), "long videos", len(asked))}
        rows = {name: found[name] for name in (*ROWS, *NAMES)}
        ahead = best({name: rows[name] for name in (CEILING, *NAMES)})
        asked = [(short, name, kept(short.folder, name, size.seeds)) for name in (CEILING, ahead["seam_validity"])]
        shown = {name: film for (_, name, _), film in cells(filmed, asked)}
    for row in rows.values():
        missing = row.pop("not_measured")
    for reason in missing.values():
        tqdm.write(f"not measured: {reason}")
    record = {
        "data": given.data,
        **made(size),
        "new_frames": size.videos * len(size.seeds) * (size.frames - HISTORY),
        "reference": size.reference,
        "trained": learned(given.weights / "denoiser.safetensors"),
        **known,
        "device": device_name(str(given.device)),
        "methods": rows,
        "best": ahead | {"frame_frechet": min(NAMES[1:], key=lambda name: rows[name]["frame_frechet"]["value"])},
        "drift": {
            **made(lasting),
            "window": lasting.window,
            **courses({name: along[name] for name in (CEILING, *FOLLOWED)}),
            "floors": {name: along[name] for name in FLOORS},
        },
    }
    films.save(given.weights, "comparison", shown)
    records.save(given.weights, "comparison", record)


def made(size: Size) -> dict[str, int]:
    videos = size.videos * len(size.seeds)
    return {"frames": size.frames, "given": HISTORY, "new": NEW, "videos": videos, "steps": CONTINUING.steps}


def kept(folder: Path, name: str, seeds: Iterable[int]) -> dict[str, bytes]:
    """What a method has made, by file; nothing of what is planted."""
    paths = (folder / f"{name}-{seed}.safetensors" for seed in seeds)
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def keep(folder: Path, made: dict[str, bytes]) -> None:
    for name, content in made.items():
        folder.mkdir(parents=True, exist_ok=True)
        with atomic(folder / name) as file:
            file.write(content)


def make(where: Where, seed: int, name: str, there: dict[str, bytes]) -> dict[str, bytes]:
    """What the method made of the walks of a seed, by file; nothing where `there` has it already."""
    comparison = _given(where, there)
    comparison.videos(name, seed)
    return {file: made for file, made in kept(comparison.kept, name, [seed]).items() if there.get(file) != made}


def scored(where: Where, name: str, there: dict[str, bytes]) -> dict:
    return _given(where, there).row(name)


def filmed(where: Where, name: str, there: dict[str, bytes]) -> np.ndarray:
    return _given(where, there).shown(name).numpy()


def followed(where: Where, name: str, there: dict[str, bytes]) -> dict:
    return _given(where, there).course(name)


def _given(where: Where, there: dict[str, bytes]) -> Comparison:
    """This worker's comparison, in whose folder lies what is there."""
    use_threads(where.threads)
    comparison, _ = _loaded(where)
    keep(comparison.kept, there)
    return comparison


@cache
def _loaded(where: Where) -> tuple[Comparison, TemporaryDirectory]:
    """The folder is the worker's own, and goes with it."""
    folder = TemporaryDirectory(prefix="comparison-")
    models = Models(where.device, where.weights or FOLDER)
    return Comparison(models, where.size, Path(folder.name), where.source), folder

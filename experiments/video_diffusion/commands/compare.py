"""Score every method on many more videos than a build makes, into `comparison.json` beside the weights.

On two CPU cores that takes an hour and a half (`--jobs 2 --threads 1`). What is made stays in `--runs`; the same
command goes on from there.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from experiments.results import device_name
from experiments.video_diffusion import records
from experiments.video_diffusion.checkpoints import read_record
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.comparison import CEILING, Comparison, Size, measured_on
from experiments.video_diffusion.extension import HISTORY
from experiments.video_diffusion.models import Models
from experiments.video_diffusion.sampling import CONTINUING
from experiments.video_diffusion.shipped import FOLDER
from experiments.video_diffusion.studies.contenders import NAMES
from experiments.video_diffusion.studies.scoring import best

_here: list[Comparison] = []  # a worker's own, with the networks it has loaded


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", type=positive, default=Size.frames, help="length of each video (default: 64)")
    parser.add_argument("--videos", type=positive, default=Size.videos, help="videos a method and seed (default: 35)")
    parser.add_argument("--jobs", type=positive, default=1, help="methods at once, each in a process (default: 1)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/comparison"), help="folder that keeps what the methods made"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    size, known, rows, missing = Size(given.frames, given.videos), measured_on(Models.folder), {}, {}
    with ProcessPoolExecutor(given.jobs, get_context("spawn"), begin, (given, size)) as pool:
        tasks = list(product(size.seeds, NAMES))
        list(tqdm(pool.map(make, tasks), "videos", len(tasks)))
        for name, row in tqdm(pool.map(scored, (CEILING, *NAMES)), "scores", 1 + len(NAMES)):
            missing = row.pop("not_measured")
            rows[name] = row
    for reason in missing.values():
        tqdm.write(f"not measured: {reason}")
    record = {
        "frames": size.frames,
        "given": HISTORY,
        "videos": size.videos * len(size.seeds),
        "new_frames": size.videos * len(size.seeds) * (size.frames - HISTORY),
        "reference": size.reference,
        "steps": CONTINUING.steps,
        "trained": read_record(Models.folder / "denoiser.safetensors")["steps"],
        **known,
        "device": device_name(str(given.device)),
        "methods": rows,
        "best": best(rows) | {"frame_frechet": min(NAMES[1:], key=lambda name: rows[name]["frame_frechet"]["value"])},
    }
    records.save(FOLDER, "comparison", record)


def begin(given: argparse.Namespace, size: Size) -> None:
    """Make this process a worker."""
    use_threads(given)
    _here.append(Comparison(Models(given.device), size, given.runs))


def make(task: tuple[int, str]) -> None:
    seed, name = task
    _here[0].videos(name, seed)


def scored(name: str) -> tuple[str, dict]:
    return name, _here[0].row(name)

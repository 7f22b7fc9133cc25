"""Score every method on many more videos than a build makes, some on much longer ones, into `comparison.json` beside
the weights: in the world that these learned from.

On two CPU cores that takes two hours and a half (`--jobs 2 --threads 1`). What is made stays in `--runs`; the same
command goes on from there.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import drift, records
from experiments.video_diffusion.studies.contenders import NAMES, measured_on
from experiments.video_diffusion.studies.quality_over_time import courses
from experiments.video_diffusion.studies.recorded.comparison import CEILING, Comparison, Size
from experiments.video_diffusion.studies.scoring import best
from experiments.video_diffusion.training.warm_start import learned

SHORT, LONG = "short", "long"
FOLLOWED = drift.Config.methods  # on long videos
_here: dict[str, Comparison] = {}  # a worker's own, with the networks it has loaded


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", type=positive, default=Size.frames, help="length of each video (default: 64)")
    parser.add_argument("--videos", type=positive, default=Size.videos, help="videos a method and seed (default: 35)")
    parser.add_argument("--long-frames", type=positive, default=300, help="length of the long videos (default: 300)")
    parser.add_argument("--long-videos", type=positive, default=8, help="long videos a method and seed (default: 8)")
    parser.add_argument("--data", default=WALKS, metavar="SOURCE", help=f"held-out walks of it (default: {WALKS})")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="folder of the networks (default: the shipped ones)")
    parser.add_argument("--jobs", type=positive, default=1, help="methods at once, each in a process (default: 1)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/comparison"), help="folder that keeps what the methods made"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    size, lasting = Size(given.frames, given.videos), Size(given.long_frames, given.long_videos)
    known, rows, missing = measured_on(given.weights), {}, {}
    tasks = [*product([SHORT], size.seeds, NAMES), *product([LONG], lasting.seeds, FOLLOWED)]
    with ProcessPoolExecutor(given.jobs, get_context("spawn"), begin, (given, size, lasting)) as pool:
        list(tqdm(pool.map(make, tasks), "videos", len(tasks)))
        for name, row in tqdm(pool.map(scored, (CEILING, *NAMES)), "scores", 1 + len(NAMES)):
            missing = row.pop("not_measured")
            rows[name] = row
        along = dict(tqdm(pool.map(followed, (CEILING, *FOLLOWED)), "long videos", 1 + len(FOLLOWED)))
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
        "best": best(rows) | {"frame_frechet": min(NAMES[1:], key=lambda name: rows[name]["frame_frechet"]["value"])},
        "drift": {**made(lasting), "window": lasting.window, **courses(along)},
    }
    records.save(given.weights, "comparison", record)


def made(size: Size) -> dict[str, int]:
    videos = size.videos * len(size.seeds)
    return {"frames": size.frames, "given": HISTORY, "videos": videos, "steps": CONTINUING.steps}


def begin(given: argparse.Namespace, size: Size, lasting: Size) -> None:
    """Make this process a worker."""
    use_threads(given)
    models = Models(given.device, given.weights)
    _here[SHORT] = Comparison(models, size, given.runs, given.data)
    _here[LONG] = Comparison(models, lasting, given.runs / LONG, given.data)


def make(task: tuple[str, int, str]) -> None:
    kind, seed, name = task
    _here[kind].videos(name, seed)


def scored(name: str) -> tuple[str, dict]:
    return name, _here[SHORT].row(name)


def followed(name: str) -> tuple[str, dict]:
    return name, _here[LONG].course(name)

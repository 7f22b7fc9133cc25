"""Hold the rulers against real walks of five walkers and against planted cheats, into `rulers.json` beside the weights.

The record has the floors and ceilings that `score` puts beside each value.
"""

import argparse
from itertools import product
from pathlib import Path

import torch
from tqdm import tqdm

from experiments.errors import InputError
from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.scores.world.measured import Readers
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.judged import judged
from experiments.video_diffusion.studies.recorded.rulers import collected, kinds, of_one_walk
from experiments.workers import add_workers, workers


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--walks", type=positive, default=12, help="of every walker and cheat (default: 12)")
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="folder of judge and autoencoder (default: the shipped ones)"
    )
    parser.add_argument(
        "--no-autoencoder", action="store_true", help="real video as it is, not through the autoencoder, is the ceiling"
    )
    add_workers(parser, "walks at once, each in a process (default: 1)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    if given.cluster and given.weights != FOLDER:
        raise InputError("--weights: workers of a cluster have the shipped weights alone; use --jobs")
    how = (given.weights if given.weights != FOLDER else None, not given.no_autoencoder, given.device, given.threads)
    work = [(kind, seed, *how) for seed, kind in product(range(given.walks), kinds(_readers(*how[:3])))]
    with workers(given.cluster, given.jobs) as cells:
        measured = dict(tqdm(cells(_measured, work), total=len(work), desc="walks"))
    found = collected(measured[one] for one in work)
    scores = {name: read_record(FOLDER / f"{name}.safetensors")["scores"] for name in ("scene", "motion")}
    readers = _readers(*how[:3])
    if readers.judge is not None and readers.judge.config.frames == 4:
        found["judge"] = judged(readers.judge)
    about = {"walks": given.walks, "device": device_name(str(given.device)), "readers": scores}
    records.save(FOLDER, "rulers", about | found)
    for group in ("walkers", "cheats"):
        for name, rows in found[group].items():
            known = ", ".join(f"{key} {row['value']:.3g}" for key, row in rows.items() if row.get("value") is not None)
            print(f"{name}: {known}")
    for group, rows in found.get("judge", {}).items():
        shares = ", ".join(f"{kind} {row['value']:.3f}" for kind, row in rows.items())
        print(f"judged possible, {group}: {shares}")


def _measured(
    kind: str, seed: int, weights: Path | None, autoencoder: bool, device: torch.device, threads: int | None
) -> dict:
    use_threads(threads)
    return of_one_walk(kind, seed, _readers(weights, autoencoder, device))


def _readers(weights: Path | None, autoencoder: bool, device: torch.device) -> Readers:
    """Judge and autoencoder from a folder, or the shipped ones."""
    return shipped_readers(weights or FOLDER, device, autoencoder=autoencoder)

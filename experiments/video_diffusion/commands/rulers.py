"""Hold the rulers against real walks of five walkers and against planted cheats, into `rulers.json` beside the weights.

The record has the floors and ceilings that `score` puts beside each value.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.commands.score import shipped_readers
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.rulers import measure


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--walks", type=positive, default=12, help="of every walker and cheat (default: 12)")
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="folder of judge and autoencoder (default: the shipped ones)"
    )
    parser.add_argument(
        "--no-autoencoder", action="store_true", help="real video as it is, not through the autoencoder, is the ceiling"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given)
    readers = shipped_readers(given.weights, given.device, autoencoder=not given.no_autoencoder)
    found = measure(readers, given.walks, tqdm.write)
    scores = {name: read_record(FOLDER / f"{name}.safetensors")["scores"] for name in ("scene", "motion")}
    about = {"walks": given.walks, "device": device_name(str(given.device)), "readers": scores}
    records.save(FOLDER, "rulers", about | found)
    for group in ("walkers", "cheats"):
        for name, rows in found[group].items():
            known = ", ".join(f"{key} {row['value']:.3g}" for key, row in rows.items() if row.get("value") is not None)
            print(f"{name}: {known}")

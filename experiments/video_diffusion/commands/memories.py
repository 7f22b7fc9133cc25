"""Measure in any world what every memory keeps of it, into `memories.json` beside the weights: the study of memories
for networks and readers that learned from other walks than the shipped ones. One walk lies in `memories.npz`.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from experiments.errors import InputError
from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.data import MazeWalks, open_source
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.model.weight_files import digest_of
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import films, records
from experiments.video_diffusion.studies.known_walks import KnownWalks
from experiments.video_diffusion.studies.memories import Config, compared

SHOWN = ("truth", "motion", "reprojection")  # of one walk, every second made frame
NETWORKS = ("autoencoder", "denoiser", "depth", "judge", "scene", "motion")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--walks", type=positive, default=Config.walks, help=f"default: {Config.walks}")
    parser.add_argument("--steps", type=positive, default=Config.steps, help=f"a clip (default: {Config.steps})")
    parser.add_argument("--data", default=WALKS, metavar="SOURCE", help=f"held-out walks of it (default: {WALKS})")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="folder of networks (default: the shipped ones)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    config = Config(walks=given.walks, steps=given.steps, counts=(), steps_tried=(), few=1)
    if not isinstance(open_source(given.data, "test", config.given + config.made), MazeWalks):
        raise InputError(f"--data {given.data}: walks are needed of which all is known, such as 'doom'")
    weights = {name: digest_of(given.weights / f"{name}.safetensors") for name in NETWORKS}
    models = Models(given.device, given.weights).check("autoencoder", "denoiser", "depth", "judge")
    walks = KnownWalks.drawn(models, config.walks, config.given, config.made, given.data)
    with tqdm(total=100, unit="%", desc="memories") as bar:
        values, arrays = compared(models, walks, config, lambda done, what: bar.update(round(100 * done) - bar.n))
    about = {"data": given.data, "weights": weights, "device": device_name(str(given.device))}
    films.save(given.weights, "memories", {name: arrays[name] for name in SHOWN if name in arrays})
    records.save(given.weights, "memories", about | values)
    for name, row in values["memories"].items():
        known = ", ".join(f"{key} {found['value']:.3g}" for key, found in row.items() if told(found))
        print(f"{name}: {known}")


def told(found: object) -> bool:
    return isinstance(found, dict) and found.get("value") is not None

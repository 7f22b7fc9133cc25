"""Measure what the networks in a folder know beside the views of the lattice, into `lattice/off_lattice.json` beside
the shipped weights.

Meant for networks that learned from the lattice alone, such as those of version 0.18 in the history.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from experiments.results import Recorder
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import OF_THE_LATTICE
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.off_lattice import Config, measured


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, required=True, metavar="FOLDER", help="networks to measure")
    parser.add_argument("--walks", type=positive, default=12, help="real walks at every shift (default: 12)")
    parser.add_argument("--out", type=Path, default=OF_THE_LATTICE, help="folder of the record")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    models = Models(given.device, given.weights).check("autoencoder", "denoiser", "judge")
    config = Config(walks=given.walks)
    recorder = Recorder("off_lattice", config, preset="standard", project="video_diffusion")
    with tqdm(total=100, unit="%") as bar:

        def report(share: float, what: str) -> None:
            bar.set_description(what)
            bar.update(round(100 * share) - bar.n)

        values, arrays = measured(models, config, recorder, report)
    # The walks themselves are those of any network.
    decoded = {name: array for name, array in arrays.items() if name.startswith("decoded")}
    path = recorder.result(values, decoded).save(given.out)
    for row in values["rows"]:
        psnr, possible = (row[key]["value"] for key in ("autoencoder_psnr", "possible"))
        print(f"{row['degrees']:g}°: {psnr:.1f} dB, {possible:.0%} plausible")
    print(path)

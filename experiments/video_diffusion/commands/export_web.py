"""Write the networks as the site's walk in the browser needs them: ONNX graphs beside the shipped weights.

Each graph is checked against torch on ten clips, and holds the digest of its weights and the record of their training.
The weights themselves stay in their files, in half precision; the browser widens them. `build_figures.py` does the same
as one of its steps, when the weights or the networks' code have changed.
"""

import argparse
from pathlib import Path

import torch

from experiments.video_diffusion.commands.arguments import add_threads, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER

OUT = Path(__file__).parents[3] / "assets/walk"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write to (default: assets/walk)")
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="folder of the weights (default: the shipped ones)"
    )
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    from experiments.video_diffusion.browser.export import export  # needs packages that no other command does

    use_threads(given.threads)
    with torch.no_grad():
        listed = export(given.out, given.weights, lambda _, name: print(f"{name} …", flush=True))
    for name, differs in listed["checked"]["differences"].items():
        print(f"{name}: within {differs:.1g} of torch on {listed['checked']['clips']} clips")
    total = sum(entry["bytes"] for entry in listed["files"].values())
    print(f"{given.out}: {total / 1e6:.2f} MB to load, the weights among them")

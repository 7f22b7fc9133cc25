"""Command line: `python -m experiments.video_diffusion train NAME --preset cpu`."""

import argparse
import sys
from pathlib import Path

import torch

from experiments.errors import InputError
from experiments.video_diffusion.checkpoints import FOLDER
from experiments.video_diffusion.recipes import TRAINERS, TRAINING_PRESETS, Workshop, train


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m experiments.video_diffusion", description=__doc__)
    commands = parser.add_subparsers(required=True)
    training = commands.add_parser("train", help="train one network, or all of them in order")
    training.add_argument("name", choices=[*TRAINERS, "all"])
    training.add_argument("--preset", choices=TRAINING_PRESETS, default="cpu")
    training.add_argument(
        "--out", type=Path, default=FOLDER, help="folder of finished weights (default: the shipped ones)"
    )
    training.add_argument("--runs", type=Path, default=None, help="folder of resumable state (default: runs/PRESET)")
    training.add_argument("--no-resume", action="store_true", help="start again even if there is a state")
    training.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    training.add_argument("--threads", type=int, default=None, help="CPU threads (default: PyTorch's choice)")
    training.set_defaults(run=run_training)
    given = parser.parse_args(arguments)
    try:
        given.run(given)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def run_training(given: argparse.Namespace) -> None:
    if given.threads:
        torch.set_num_threads(given.threads)
    runs = given.runs or Path("runs") / given.preset
    runs.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(given.out, runs, torch.device(given.device), resume=not given.no_resume)
    for name in TRAINERS if given.name == "all" else [given.name]:
        scores = train(name, given.preset, workshop)
        print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in scores.items()))


if __name__ == "__main__":
    sys.exit(main())

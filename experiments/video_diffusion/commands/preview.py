"""Look at data: a contact sheet of the first episodes of a source, and what is wrong with its files.

A row is an episode, with the number of each frame. For mazes the true map stands beside it, with the walk on it.
"""

import argparse
from pathlib import Path

from experiments.results import atomic
from experiments.video_diffusion.commands.arguments import DATA_HELP, add_strict, positive, ready
from experiments.video_diffusion.data import SPLITS, open_source
from experiments.video_diffusion.drawings.preview import contact_sheet


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", default="maze", metavar="SOURCE", help=f"{DATA_HELP} (default: maze)")
    parser.add_argument(
        "--split", choices=[*SPLITS, "all"], default="train", help="'all' is for files alone (default: train)"
    )
    parser.add_argument("--episodes", type=positive, default=6, help="rows of the sheet (default: 6)")
    parser.add_argument(
        "--frames", type=positive, default=64, help="frames of a walk; the fewest that a file may have (default: 64)"
    )
    parser.add_argument("--out", type=Path, default=Path("preview.png"), help="picture to write (default: preview.png)")
    add_strict(parser)


def run(given: argparse.Namespace) -> None:
    out = ready(given.out, ".png")
    data = open_source(given.source, given.split, given.frames, given.strict)
    episodes = list(data.episodes(given.episodes))
    figure = contact_sheet(episodes, f"{given.source}, {given.split}: {len(episodes)} of {len(data):,} episodes")
    with atomic(out) as file:
        figure.savefig(file, format="png", dpi=100)
    print(f"{out}: {len(episodes)} of {len(data):,} episodes")

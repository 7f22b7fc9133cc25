"""Arguments that several commands share."""

import argparse

import torch

DATA_HELP = (
    "'maze' (default), 'maze:size=9,posters=0.4,loops=0.15,textures=1', or a path: a folder of DMLab .npz episodes, "
    "films or GIFs, or folders of frames, all 64×64; ':resize=crop' or ':resize=stretch' behind the path admits others"
)


def add_strict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strict", action="store_true", help="stop at the first episode that cannot be used, instead of skipping it"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", default="cuda" if torch.cuda.is_available() else "cpu", help="cpu, cuda, cuda:1 … (default: a GPU)"
    )

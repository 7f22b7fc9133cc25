"""Arguments that several commands share."""

import argparse
import os
from pathlib import Path

import torch

from experiments.errors import InputError
from experiments.video_diffusion.sampling.trained_models import usable_device

DATA_HELP = (
    "'maze', 'maze:size=9,posters=0.4,loops=0.15,textures=1', 'maze:levels=labmaze', 'doom', 'doom:map=my_way_home', "
    "or a path: a folder of DMLab .npz episodes, films, GIFs or folders of frames, or one of these. Frames are 64×64; "
    "':resize=crop' or ':resize=stretch' behind the path admits others, ':fps=6' or ':every=5' takes some of them"
)


def add_strict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strict", action="store_true", help="stop at the first episode that cannot be used, instead of skipping it"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    best = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", type=device, default=best, help="cpu, cuda, cuda:1 … (default: a GPU if there is)")


def device(name: str) -> torch.device:
    """Raises InputError for a device that this machine does not have."""
    try:
        return usable_device(name)
    except InputError as error:
        raise InputError(f"--{error}") from error


def add_threads(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=positive, default=None, help="CPU threads (default: PyTorch's choice)")


def use_threads(threads: int | None) -> None:
    """As `--threads` says, if it says something."""
    if threads:
        torch.set_num_threads(threads)


def positive(text: str) -> int:
    """A count of at least one. Raises InputError."""
    if not text.isdecimal() or int(text) < 1:
        raise InputError(f"'{text}' is no count: a whole number from 1 on is needed")
    return int(text)


def whole(text: str) -> int:
    """A whole number from 0 on that a generator of random numbers takes as its seed. Raises InputError."""
    if not text.isdecimal() or int(text) >= 2**63:
        raise InputError(f"'{text}' is no such number: a whole one from 0 to {2**63 - 1} is needed")
    return int(text)


def ready(out: Path, *suffixes: str) -> Path:
    """`out`, in a folder that exists. Raises InputError at once where writing at the end would fail."""
    if out.suffix.lower() not in suffixes:
        raise InputError(f"--out {out}: the suffix must be {' or '.join(suffixes)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: {error.strerror}") from error
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError(f"--out {out}: {'is a folder' if out.is_dir() else 'its folder cannot be written to'}")
    return out

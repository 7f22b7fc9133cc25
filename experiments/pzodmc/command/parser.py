"""Arguments whose errors are one line, and the options that more than one command takes."""

import argparse
from typing import NoReturn

import torch

from ..errors import InputError


class Parser(argparse.ArgumentParser):
    """Raises InputError instead of printing the usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see {self.prog} --help)")


def problem_options(parser: argparse.ArgumentParser) -> None:
    """What is sampled, and the source of randomness."""
    parser.add_argument(
        "--target",
        required=True,
        metavar="NAME",
        help="a name from the `targets` command, or your own potential as module:function or file.py:function",
    )
    parser.add_argument("--dim", type=int, help="dimension; needed where the function is V itself")
    parser.add_argument("--scale", type=float, help="standard deviation of a centred Gaussian that covers the target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or cuda:1")


def generator(device: str, seed: int) -> torch.Generator:
    """Seeded, on the device. InputError where this machine has no such device or the seed is none."""
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"--device {device}: PyTorch finds no CUDA device here; use --device cpu")
    try:
        made = torch.Generator(torch.device(device))
        torch.zeros(1, device=device)
        return made.manual_seed(seed)
    except (RuntimeError, AssertionError, OverflowError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"--device {device} --seed {seed} cannot be used here: {reason}") from error

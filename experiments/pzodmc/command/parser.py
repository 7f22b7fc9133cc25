"""Arguments whose errors are one line, and the options that more than one command takes."""

import argparse
from typing import NoReturn

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
    parser.add_argument(
        "--scale",
        type=numbers,
        help="standard deviation of a Gaussian that covers the target; one, or one a coordinate: 2,2,10",
    )
    parser.add_argument("--loc", type=numbers, help="its centre; one number, or one a coordinate (default 0)")
    parser.add_argument(
        "--bounds", type=walls, metavar="'0:1,0:,:'", help="lower:upper a coordinate, nothing where there is no wall"
    )
    parser.add_argument(
        "--periodic", type=words, metavar="'0,2'", help="coordinates that are circles between their bounds"
    )
    parser.add_argument("--names", type=words, metavar="'mu,tau'", help="of the coordinates")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or cuda:1")


def numbers(text: str) -> float | list[float]:
    """ "2" → 2.0, "2,2,10" → [2.0, 2.0, 10.0]; argparse tells what is wrong."""
    found = [float(word) for word in text.split(",")]
    return found[0] if len(found) == 1 else found


def words(text: str) -> list[int | str]:
    return [int(word) if word.strip().lstrip("-").isdigit() else word.strip() for word in text.split(",")]


def walls(text: str) -> list[tuple[float | None, float | None]]:
    """ "0:1,0:,:" → [(0.0, 1.0), (0.0, None), (None, None)]."""
    pairs = [part.split(":") for part in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return [tuple(float(end) if end.strip() else None for end in pair) for pair in pairs]


def front(given: argparse.Namespace) -> dict:
    """What was said of the coordinates, as the adaptive sampler takes it."""
    said = {name: getattr(given, name) for name in ("loc", "bounds", "periodic", "names")}
    return {name: value for name, value in said.items() if value is not None}

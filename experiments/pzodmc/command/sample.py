"""Draw samples, print how far to trust them, save them with their diagnostics."""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.text import Text

from ..command.loading import load
from ..command.methods import METHODS, make_sampler
from ..command.parser import generator, problem_options
from ..command.summary import show_draws
from ..draws import Draws
from ..errors import InputError

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def add(parser: argparse.ArgumentParser) -> None:
    problem_options(parser)
    parser.add_argument("--n", type=int, default=1000, help="draws (default 1000)")
    parser.add_argument("--method", choices=METHODS, default="adaptive")
    parser.add_argument("--blocks", metavar="'0,1;2'", help="for --method partial and gibbs")
    parser.add_argument("--max-calls", type=int, help="budget of oracle calls, kept for sure")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="an option of the method, e.g. pool=65536"
    )
    parser.add_argument("--out", type=Path, metavar="DRAWS.npz", help="x (n, d) and diagnostics (JSON)")


def run(given: argparse.Namespace) -> None:
    if given.out and given.out.suffix != ".npz":
        raise InputError(f"--out {given.out}: the name must end in .npz")
    if given.out and not given.out.parent.is_dir():
        raise InputError(f"--out {given.out}: there is no folder {given.out.parent}; make it first")
    problem = load(given.target, given.dim, given.scale)
    sampler = make_sampler(given.method, problem, given.blocks, DTYPES[given.dtype], given.set)
    source, start = generator(given.device, given.seed), time.perf_counter()
    draws = sampler.sample(given.n, generator=source, max_oracle_calls=given.max_calls)
    seconds = time.perf_counter() - start
    console = Console(highlight=False)
    console.print(
        Text(f"{given.method} on {problem.name}:", style="bold"),
        f"{given.n:,} draws in {problem.potential.dim} dimensions, {seconds:.2f} s",
    )
    show_draws(console, draws, problem.target)
    if given.out:
        asked = {key: str(value) if isinstance(value, Path) else value for key, value in vars(given).items()}
        asked = {key: value for key, value in asked.items() if key not in ("run", "out")}
        save(given.out, draws, asked | {"scale": problem.scale, "seconds": seconds})
        console.print(Text(f"saved {given.out}", style="green"))


def save(path: Path, draws: Draws, asked: dict) -> None:
    """An npz of x (n, d) and of `diagnostics`, a JSON text: `json.loads(str(np.load(path)["diagnostics"]))`."""
    told = {
        "asked": asked,
        "calls": {"full": draws.calls.full, "block": draws.calls.block, "total": draws.calls.total},
        **{name: getattr(draws, name) for name in ("times", "acceptance", "ess", "failures", "attempts", "invalid")},
        **{name: getattr(draws, name) for name in ("log_z", "pareto_k", "blocks", "warnings")},
        "versions": {"python": platform.python_version(), "torch": str(torch.__version__)},
    }
    try:
        np.savez_compressed(path, x=draws.x.cpu().numpy(), diagnostics=json.dumps(told, ensure_ascii=False))
    except OSError as error:
        raise InputError(f"--out {path} cannot be written: {error.strerror}") from error

"""Draw samples, print how far to trust them, save them with their diagnostics."""

import argparse
import sys
import time
from pathlib import Path

import torch
from rich.console import Console
from rich.text import Text

from ..command.loading import load
from ..command.methods import METHODS, make_sampler
from ..command.parser import front, problem_options
from ..command.summary import show_draws
from ..errors import InputError
from ..front import seeded
from ..output import save
from ..plot import check_plot, save_plot

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def add(parser: argparse.ArgumentParser) -> None:
    problem_options(parser)
    parser.add_argument("--n", type=int, default=1000, help="draws (default 1000)")
    parser.add_argument("--method", choices=METHODS, default="adaptive")
    parser.add_argument("--blocks", metavar="'0,1;2'", help="for --method partial and gibbs")
    parser.add_argument("--max-calls", type=int, help="budget of oracle calls, kept for sure")
    parser.add_argument("--dtype", choices=DTYPES, help="default: what V computes in (adaptive), float32 (zodmc)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="an option of the method, e.g. pool=65536"
    )
    parser.add_argument("--out", type=Path, metavar="DRAWS.npz", help="x (n, d) and diagnostics (JSON)")
    parser.add_argument(
        "--plot", type=Path, metavar="PICTURE.png", help="corner plot of the draws, and the run's stages"
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="keep V's answers; run again to go on (adaptive)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(given: argparse.Namespace) -> None:
    if given.out and given.out.suffix != ".npz":
        raise InputError(f"--out {given.out}: the name must end in .npz")
    if given.out and not given.out.parent.is_dir():
        raise InputError(f"--out {given.out}: there is no folder {given.out.parent}; make it first")
    if given.plot:
        check_plot(given.plot)
    if given.checkpoint and given.method != "adaptive":
        raise InputError("--checkpoint is for --method adaptive")
    problem = load(given.target, given.dim, given.scale)
    sampler = make_sampler(given.method, problem, given.blocks, DTYPES.get(given.dtype), given.set, front(given))
    more = {}
    if given.method == "adaptive":
        more = {"progress": sys.stderr.isatty() and not given.quiet, "checkpoint": given.checkpoint}
    source, start = seeded(given.device, given.seed), time.perf_counter()
    draws = sampler.sample(given.n, generator=source, max_oracle_calls=given.max_calls, **more)
    seconds = time.perf_counter() - start
    console = Console(highlight=False)
    console.print(
        Text(f"{given.method} on {problem.name}:", style="bold"),
        f"{given.n:,} draws in {problem.potential.dim} dimensions, {seconds:.2f} s",
    )
    show_draws(console, draws, problem.target)
    if given.out:
        asked = {key: str(value) if isinstance(value, Path) else value for key, value in vars(given).items()}
        asked = {key: value for key, value in asked.items() if key not in ("run", "out", "plot")}
        save(given.out, draws, asked | {"scale": problem.scale, "seconds": seconds})
        console.print(Text(f"saved {given.out}", style="green"))
    if given.plot:
        save_plot(given.plot, draws)
        console.print(Text(f"drawn {given.plot}", style="green"))

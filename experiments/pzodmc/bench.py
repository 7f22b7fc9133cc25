"""What is promised of speed, memory and quality, measured on this machine against the paper's algorithm.

    python -m experiments.pzodmc.bench                 every bar; most of the time goes to the paper's algorithm
    python -m experiments.pzodmc.bench --only joint10  some of them
    python -m experiments.pzodmc.bench --against       beside dynesty, pocoMC, nautilus, emcee, ultranest
    python -m experiments.pzodmc.bench --coverage 20   how often log Z lies within two of its standard errors

Every run has a process and a single thread of its own. Ratios are between runs of one call of this command.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from .benchmark import against, coverage
from .benchmark.against import RECORD
from .benchmark.bars import BARS
from .benchmark.contests import CONTESTS
from .benchmark.runs import Bench
from .benchmark.table import save, show
from .errors import InputError

try:  # in the repository cells run side by side; the samplers installed by themselves have nothing above them
    from ..workers import add_workers
except ImportError:
    add_workers = None

OFFICIAL = 10_500  # proposals a score, in the paper's code


def parser(package: str = __package__) -> argparse.ArgumentParser:
    """package: the name of what is run, which is another where it is installed."""
    names, targets = [bar.name for bar in BARS], sorted({target for bar in BARS for target in bar.targets})
    made = argparse.ArgumentParser(
        prog=f"python -m {package}.bench",
        description=__doc__.replace("experiments.pzodmc", package),
        formatter_class=argparse.RawTextHelpFormatter,
    )
    made.add_argument("--only", nargs="+", choices=names, metavar="BAR", help=f"some bars: {', '.join(names)}")
    made.add_argument("--targets", nargs="+", choices=targets, metavar="TARGET", help="the bars on these targets")
    made.add_argument("--seeds", type=int, default=5, help="seeds of each run of ours (default: 5)")
    made.add_argument("--faithful-seeds", type=int, default=1, help="seeds of the paper's algorithm (default: 1)")
    made.add_argument(
        "--quick", action="store_true", help="two seeds, and a tenth of the paper's proposals: not the bars' ratios"
    )
    made.add_argument(
        "--against",
        nargs="*",
        metavar="PACKAGE",
        help="beside other packages instead (default: all that are installed)",
    )
    made.add_argument(
        "--contests",
        nargs="+",
        choices=CONTESTS,
        metavar="CONTEST",
        help="some of the problems of --against and --coverage",
    )
    made.add_argument(
        "--coverage", type=int, metavar="SEEDS", help="whether the error of log Z covers, over so many seeds"
    )
    made.add_argument("--against-seeds", type=int, default=2, help="seeds of --against (default: 2)")
    made.add_argument("--limit", type=int, default=60, help="CPU seconds a run of --against (default: 60)")
    made.add_argument("--record", default=RECORD, help="where --against keeps its cells, and goes on from")
    if add_workers:
        add_workers(made, "cells of --against at once, each in a process (default: 1)")
    made.add_argument("--show", action="store_true", help="with --against: only show the record")
    made.add_argument("--json", type=Path, metavar="PATH", help="also save everything measured")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 whatever the bars say, 2 for bad input."""
    console = Console()
    try:
        given = parser().parse_args(arguments)
        if given.against is not None:
            compare(given, console)
            return 0
        if side_by_side(given):
            raise InputError("--jobs and --cluster go with --against: the bars are measured one at a time")
    except InputError as error:
        console.print(f"error: {error}", style="red", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("Stopped. What was measured is kept; the same command goes on from here.")
        return 130
    if min(given.seeds, given.faithful_seeds, given.coverage or 1) < 1:
        console.print("error: --seeds, --faithful-seeds and --coverage are positive", style="red")
        return 2
    if given.coverage:
        coverage.run(given, console)
        return 0
    chosen = [
        bar
        for bar in BARS
        if (not given.only or bar.name in given.only) and (not given.targets or set(bar.targets) & set(given.targets))
    ]
    bench = Bench(
        seeds=tuple(range(1, (2 if given.quick else given.seeds) + 1)),
        faithful_seeds=tuple(range(1, given.faithful_seeds + 1)),
        faithful_proposals=OFFICIAL // 10 if given.quick else OFFICIAL,
    )
    found = []
    try:
        with console.status("") as status:
            bench.told = status.update
            for bar in chosen:
                found.append((bar, bar.lines(bench)))
                show(*found[-1], console)
    except InputError as error:
        console.print(f"error: {error}", style="red", markup=False)
        return 2
    if given.json:
        save(given.json, found, bench)
    return 0


def compare(given: argparse.Namespace, console: Console) -> None:
    """Our default beside other packages. Raises InputError."""
    if side_by_side(given) and not given.show:
        from .benchmark.side_by_side import measure

        measure(given, console)
    against.run(given, console)


def side_by_side(given: argparse.Namespace) -> bool:
    return bool(add_workers and (given.cluster or given.jobs))


if __name__ == "__main__":
    sys.exit(main())

"""Where independent cells run: here, in processes of this machine, or on a Dask cluster; `--jobs N`, `--cluster WHERE`.

A cell is a function of a module and its arguments. It writes no file: whoever asked for it keeps what it returns.
"""

import argparse
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from experiments.errors import InputError
from experiments.memory import keep_freed_memory

if TYPE_CHECKING:
    from experiments.cluster import Cluster

MOST_JOBS = 256
CLUSTER = "local|ADDRESS|SLURM.yaml"
CLUSTER_HELP = (
    "run on Dask: `local` workers (as many as --jobs), those of a scheduler at tcp://…, or as many jobs of Slurm as "
    "--jobs says; experiments/CLUSTER.md"
)
# (function, arguments of each cell) → (arguments, value) of every cell as it ends.
Cells = Callable[[Callable, Iterable[tuple]], Iterator[tuple[tuple, Any]]]


def add_workers(parser: argparse.ArgumentParser, words: str) -> None:
    """`--jobs`, which does what `words` say, and `--cluster`."""
    parser.add_argument("--jobs", type=jobs, metavar="N", help=words)
    parser.add_argument("--cluster", type=where, metavar=CLUSTER, help=CLUSTER_HELP)


def jobs(text: str) -> int:
    """Raises InputError for what is no number of processes."""
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_JOBS):
        raise InputError(f"--jobs {text}: give a whole number of processes, 1 to {MOST_JOBS}")
    return int(text)


def where(text: str) -> str:
    """Raises InputError for words that name no cluster."""
    if text != "local" and "://" not in text and not text.endswith((".yaml", ".yml")):
        raise InputError(
            f"--cluster {text}: give `local`, an address (tcp://HOST:8786), or Slurm's settings (a .yaml file)"
        )
    return text


@contextmanager
def workers(cluster: str | None, jobs: int | None) -> Iterator[Cells]:
    """The way to run cells that `--cluster` and `--jobs` ask for.

    Raises InputError for a cluster that cannot be had; what a cell raises comes out of the iterator.
    """
    with on_cluster(cluster, jobs) as found:
        if found:
            yield found.cells
        elif (jobs or 1) == 1:
            yield lambda function, cells: ((cell, function(*cell)) for cell in cells)
        else:
            with processes(jobs) as pool:
                yield lambda function, cells: as_they_end(pool, function, cells)


def on_cluster(cluster: str | None, jobs: int | None) -> AbstractContextManager["Cluster | None"]:
    """A context with the cluster that `--cluster` names, None without it. Raises InputError."""
    if not cluster:
        return nullcontext()
    from experiments.cluster import reached

    return reached(cluster, jobs)


def as_they_end(pool: Executor, function: Callable, cells: Iterable[tuple]) -> Iterator[tuple[tuple, Any]]:
    """(arguments, value) of every cell; once one has failed, or nobody asks further, no other one is begun."""
    running = {pool.submit(function, *cell): cell for cell in cells}
    try:
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        for future in running:
            future.cancel()


def processes(count: int) -> ProcessPoolExecutor:
    """Fresh interpreters on this machine, which may start processes of their own and never outlive this one."""
    os.environ.setdefault("TQDM_DISABLE", "1")  # bars of several processes would write over each other
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    # Ctrl-C reaches all processes of the terminal: here it ends the worker without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()


def _end_with_parent() -> None:
    parent_process().join()
    os._exit(1)

"""On a worker of a cluster: whether it may run a cell, and the run."""

import os
from collections.abc import Callable
from multiprocessing import current_process
from typing import Any

from experiments.memory import keep_freed_memory
from experiments.same_code import ROOT, About, about


class OtherCode(Exception):
    """A worker met a cell that it may not run; says its address and why."""


def who(dask_worker) -> tuple[About, int]:
    """The worker's clone, and how many cells it would run at once."""
    return about(), dask_worker.state.nthreads


def why_not(code: str, other: About, threads: int) -> str:
    """Why a worker may not run cells of `code`; empty where it may."""
    if other.code != code:
        return f"the code on {other.host} differs; bring that clone to this commit and start the worker again"
    if threads != 1:
        return f"it runs {threads} cells in one process; start it with --nthreads 1 (--nworkers {threads} for as many)"
    return ""


def run(code: str, function: Callable, arguments: tuple) -> Any:
    """The cell's value, in the clone. Raises OtherCode, and what the cell raises."""
    from distributed import get_worker

    worker = get_worker()
    if why := why_not(code, *who(worker)):
        raise OtherCode(worker.address, why)
    os.chdir(ROOT)
    current_process().daemon = False  # a cell may start processes of its own
    keep_freed_memory()
    return function(*arguments)

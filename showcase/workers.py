"""Processes for `--jobs N`: fresh interpreters, which may start processes of their own and never outlive the build.

pytask-parallel's default, loky, fits less: a part that measures in processes of its own cannot start them there.
"""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process

from pytask_parallel import ParallelBackend, WorkerType, registry

from experiments.memory import keep_freed_memory


def register() -> ParallelBackend:
    """Make these processes known to pytask-parallel, which forgets them after each run."""
    registry.register_parallel_backend(
        ParallelBackend.CUSTOM, _executor, worker_type=WorkerType.PROCESSES, remote=False
    )
    return ParallelBackend.CUSTOM


def _executor(n_workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n_workers, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    # Ctrl-C reaches all processes of the terminal: here it ends the worker without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()


def _end_with_parent() -> None:
    parent_process().join()
    os._exit(1)

"""Cells on the workers of a Dask cluster, each in a clone of this repository at the same commit.

A worker that dies is taken over by another one. A worker of other code is sent away, with a line that says so.
"""

import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from experiments import cell
from experiments.errors import InputError
from experiments.same_code import about
from experiments.workers import as_they_end

ANSWER, COME = 10, 30  # seconds that a scheduler has to answer in, and a first worker to come in
AT_ONCE = 512  # cells that wait for their end
MOST_REFUSED = 64
UNREADABLE = "deserialization of the task graph"  # what Dask says of a scheduler that lacks a cell's modules
SETTINGS = {
    "logging": {"distributed": "critical", "tornado": "critical", "asyncio": "critical"},
    "distributed.admin.large-graph-warning-threshold": "1 GiB",
    "distributed.scheduler.worker-ttl": None,  # a cell that lets nothing else run in its process is alive
}


class Cluster:
    """A client of the scheduler at `where`."""

    def __init__(self, client, where: str):
        self.client, self.where = client, where
        self.refused: set[str] = set()
        self.asked = WeakSet()

    def cells(self, function: Callable, cells: Iterable[tuple]) -> Iterator[tuple[tuple, Any]]:
        """As `workers.Cells`."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            try:
                yield from as_they_end(threads, partial(self.run, function), cells)
            finally:
                self.stop()

    def run(self, function: Callable, *arguments: Any, priority: float = 0.0) -> Any:
        """The value of one cell, once a worker has it; those of high priority begin first.

        Raises what the cell raises, and InputError when the scheduler or too many workers in turn are lost.
        """
        from distributed import KilledWorker

        while True:
            try:
                asked = self.client.submit(cell.run, about().code, function, arguments, pure=False, priority=priority)
                self.asked.add(asked)
                return asked.result()
            except cell.OtherCode as refusal:
                self.refuse(*refusal.args)
            except KilledWorker as error:
                raise InputError(
                    f"{error.allowed_failures + 1} workers in turn died while they ran one cell; "
                    "they lacked memory, or were not started inside a clone"
                ) from error
            except (ModuleNotFoundError, RuntimeError) as error:
                if getattr(error, "name", None) not in ("experiments", "showcase") and UNREADABLE not in str(error):
                    raise
                raise InputError(
                    f"--cluster {self.where}: a worker or the scheduler does not have this code; start both inside a "
                    "clone (for Slurm, `cd` there in job_script_prologue)"
                ) from error
            except CancelledError as error:
                raise InputError(
                    f"--cluster {self.where}: the scheduler is gone; what was finished is kept, and the same command "
                    "goes on from here once it is back"
                ) from error

    def wait(self) -> None:
        """Until there is a worker that may run our cells. Raises InputError when none has come in COME seconds."""
        end = time.monotonic() + COME
        while not self._fit():
            if time.monotonic() > end:
                raise InputError(
                    f"--cluster {self.where}: no worker{' of this code' if self.refused else ''} has come (waited "
                    f"{COME} s); in a clone, `python -m dask worker {self.where} --nthreads 1` starts one"
                )
            time.sleep(0.5)

    def _fit(self) -> bool:
        """Whether a worker is there that may run our cells; those that may not are sent away."""
        found = self.client.run(cell.who, on_error="return")
        for address, other in found.items():
            if isinstance(other, BaseException):
                self.refuse(address, f"it does not have this code ({type(other).__name__}); start it in a clone")
            elif why := cell.why_not(about().code, *other):
                self.refuse(address, why)
            elif differing := about().differing(other[0]):
                print(f"Note: worker {address} has {differing}: last digits may differ", file=sys.stderr)
        return not self.refused >= set(found)

    def refuse(self, address: str, why: str) -> None:
        """Send a worker away. Raises InputError when that has happened too often, as with a queue of such workers."""
        if self.where == "local":
            raise InputError("the code was changed while it ran; what was finished is kept, run the same command again")
        if address not in self.refused:
            self.refused.add(address)
            print(f"Worker {address} is left out: {why}", file=sys.stderr)
        if len(self.refused) > MOST_REFUSED:
            raise InputError(f"--cluster {self.where}: {MOST_REFUSED} workers were left out; mend their clones first")
        self.client.retire_workers([address])

    def stop(self) -> None:
        """Nobody waits any longer for what was asked for."""
        self.client.cancel(list(self.asked))


@contextmanager
def reached(where: str, jobs: int | None) -> Iterator[Cluster]:
    """The cluster `where`: "local" or a YAML file, which is started with `jobs` processes or jobs of Slurm, or the
    address of a scheduler. Raises InputError in one line."""
    if "://" in where and jobs:
        raise InputError(f"--jobs: the scheduler at {where} has workers of its own; leave --jobs out")
    try:
        import dask

        dask.config.set(SETTINGS)  # before the next import, which sets the logs up
        from distributed import Client

        started = _started(where, jobs or 1)
    except ImportError as error:
        raise InputError(f"--cluster needs {error.name}: `pip install -e .[cluster]` brings it") from error
    with started as cluster:
        try:
            with warnings.catch_warnings(action="ignore"):  # of other versions, which are told below
                client = Client(cluster or where, timeout=ANSWER)
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster {where}: no scheduler answers there (waited {ANSWER} s)") from error
        with client:
            found = Cluster(client, where)
            if cluster is None:
                found.wait()
            yield found


def _started(where: str, jobs: int):
    """A context with the cluster that was started; with None where one is running."""
    if where == "local":
        return closing(_local(jobs))
    if "://" in where:
        return nullcontext()
    from experiments.slurm import slurm_cluster

    return closing(slurm_cluster(Path(where), jobs))


def _local(jobs: int):
    """Processes of this machine, which share its cores."""
    import dask
    from distributed import LocalCluster

    threads = max(1, (os.cpu_count() or 1) // jobs)  # where the environment does not say so
    dask.config.set({"distributed.nanny.pre-spawn-environ": {"OMP_NUM_THREADS": threads, "TQDM_DISABLE": 1}})
    return LocalCluster(
        n_workers=jobs,
        threads_per_worker=1,
        memory_limit=0,  # Dask would end a worker near its share
        dashboard_address="127.0.0.1:0",  # not the port that somebody may have
        silence_logs=logging.CRITICAL,
    )

"""Slurm's workers: a YAML file of arguments of `dask_jobqueue.SLURMCluster`, checked before anything is asked for."""

import inspect
import shutil
import signal
from pathlib import Path
from typing import Any

import yaml

from experiments.errors import InputError

INNER = {"self", "scheduler", "loop", "asynchronous", "n_workers", "job_cls", "job_kwargs", "base_class_kwargs"}


def arguments(path: Path, known: set[str]) -> dict[str, Any]:
    """What the file says. Raises InputError where it is missing, no YAML, no mapping, or has a key that is not `known`.

    A process of a job runs one cell at a time: `processes` is `cores` where the file does not say so itself.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from error
    except yaml.YAMLError as error:
        where = f" at line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""
        raise InputError(f"{path}: not valid YAML{where}") from error
    if not isinstance(given, dict):
        raise InputError(f"{path}: give arguments of dask_jobqueue.SLURMCluster, `cores: 8` and `memory: 16GB` first")
    if unknown := sorted(map(str, set(given) - known)):
        raise InputError(f"{path}: unknown key '{unknown[0]}' (known: {', '.join(sorted(known))})")
    for name in ("cores", "memory"):
        if not given.get(name):
            raise InputError(f"{path}: '{name}' is missing: what a job of Slurm asks for")
    if given.setdefault("processes", given["cores"]) != given["cores"]:
        raise InputError(f"{path}: 'processes' must equal 'cores', as a process runs one cell; `job_cpu` asks for more")
    return given


def slurm_cluster(path: Path, jobs: int):
    """`jobs` jobs of Slurm, each of which is replaced when it ends too early. Raises InputError."""
    ours = signal.getsignal(signal.SIGINT)
    try:
        from dask_jobqueue import SLURMCluster
    finally:
        signal.signal(signal.SIGINT, ours)  # its import takes Ctrl-C over
    from dask_jobqueue.core import Job, JobQueueCluster
    from dask_jobqueue.slurm import SLURMJob

    makers = (JobQueueCluster.__init__, SLURMJob.__init__, Job.__init__)
    known = {name for maker in makers for name in inspect.signature(maker).parameters} - INNER
    given = arguments(path, known)
    if shutil.which("sbatch") is None:
        raise InputError(f"--cluster {path}: there is no sbatch here; run this where jobs are handed to Slurm")
    quiet = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}  # not the port that somebody may have
    given["scheduler_options"] = quiet | (given.get("scheduler_options") or {})
    try:
        made = SLURMCluster(**given)
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        raise InputError(f"{path}: {' '.join(str(error).split())}") from error
    made.adapt(minimum_jobs=jobs, maximum_jobs=jobs)
    return made

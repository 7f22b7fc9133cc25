"""`bench --against` with several cells at once, in processes of this machine or on a cluster: the same record."""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from .against import OURS, in_child, installed, keep, lacking
from .contests import CONTESTS


def measure(given: argparse.Namespace, console: Console) -> None:
    """Measure the cells that the record lacks. Raises InputError for a package or a cluster that cannot be had."""
    from ...workers import workers  # in the repository alone, where `bench` has the options

    record = Path(given.record)
    cells = json.loads(record.read_text(encoding="utf-8"))["cells"] if record.exists() else []
    asked = given.against or installed()
    if missing := [name for name in asked if name not in (OURS, *installed())]:
        raise lacking(missing[0])
    samplers = (OURS, *(name for name in asked if name != OURS))
    seeds, contests = range(1, given.against_seeds + 1), given.contests or CONTESTS
    order = [key_of(cell) for cell in cells]
    todo = [(contest, sampler, seed) for seed in seeds for sampler in samplers for contest in contests]
    todo = [key for key in todo if key not in order]
    order, machines = order + todo, set()
    with workers(given.cluster, given.jobs) as run:
        measured = run(measured_there, [(*key, given.limit) for key in todo])
        for _, (cell, machine) in track(measured, "cells", len(todo), console=console):
            cells = sorted([*cells, cell], key=lambda cell: order.index(key_of(cell)))
            machines.add(machine)
            keep(record, "; ".join(sorted(machines)), cells)


def key_of(cell: dict) -> tuple[str, str, int]:
    return cell["contest"], cell["sampler"], cell["seed"]


def measured_there(contest: str, sampler: str, seed: int, seconds: int) -> tuple[dict[str, Any], str]:
    """One cell, and the machine that it was measured on."""
    machine = f"{platform.platform()}, Python {platform.python_version()}, one thread a run"
    return in_child(contest, sampler, seed, seconds), machine

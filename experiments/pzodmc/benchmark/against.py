"""`bench --against`: our default beside other packages, a cell a contest, rival and seed, each in a process of its own.

Cells are kept in a record as they are measured, so that a run goes on where it was stopped and a reader of the record
needs none of the packages.
"""

import argparse
import importlib.util
import json
import math
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ..errors import InputError
from .contests import CONTESTS
from .rivals import LOWEST, RIVALS, floor_constant, quietly

BESIDE = Path(__file__).with_name("against.json")
# In the repository the record lies beside the code and belongs to it; an installed package writes where it is run.
RECORD = BESIDE if BESIDE.parents[2].name == "experiments" else Path("against.json")
OURS = "adaptive"
N = 1000
WRONG = 5.0  # standard errors of independent draws beyond which a mean is called wrong
DISTRIBUTIONS = {"nautilus": "nautilus-sampler"}  # where it is not called as its module is


def lacking(name: str) -> InputError:
    """What to tell of a package that is asked for and not there; it is installed alike beside a clone and a wheel."""
    if name not in RIVALS:
        return InputError(f"--against {name}: no such package is compared with; choose from {', '.join(RIVALS)}")
    return InputError(f"--against {name}: not installed; pip install {DISTRIBUTIONS.get(name, name)}")


def installed() -> list[str]:
    return [name for name in RIVALS if importlib.util.find_spec(name)]


def measure(contest_name: str, sampler: str, seed: int, seconds: int) -> dict[str, Any]:
    """One cell, in this process: error in floors, the worst mean in standard errors, log Ẑ's error, calls, CPU
    seconds.
    """
    from ..adaptive import AdaptivePartialZODMC
    from ..normal import in_normal_coordinates
    from ..oracle import Oracle, Potential

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    torch.set_num_threads(1)
    contest = CONTESTS[contest_name]()
    potential = Potential(contest.function, contest.dim)
    front = AdaptivePartialZODMC(potential, **contest.front)
    before = time.process_time()
    if sampler == OURS:
        draws = front.sample(N, generator=torch.Generator().manual_seed(seed))
        x, log_z, warned, calls = draws.x.double(), draws.log_z, bool(draws.warnings), draws.calls.total
    else:
        space = front.space()
        oracle = Oracle(in_normal_coordinates(potential, space))

        def ratio(y):
            points = torch.as_tensor(y, dtype=torch.float64)
            found = -oracle(points) + 0.5 * points.square().sum(1) + 0.5 * contest.dim * math.log(2 * math.pi)
            return found.clamp(min=LOWEST).numpy()

        found = quietly(sampler, ratio, contest.dim, N, seed)
        x, log_z, warned, calls = space.to_z(torch.as_tensor(found.y).double()), found.log_z, found.warned, oracle.calls
    cpu = time.process_time() - before
    scores = []
    for function, exact in contest.means.values():
        error = math.sqrt(exact * (1 - exact) / N)
        scores.append(abs(float(function(x).mean()) - exact) / error)
    return {
        "contest": contest_name, "sampler": sampler, "seed": seed, "kind": contest.kind, "dim": contest.dim,
        "floors": sum(scores) / len(scores) / floor_constant(), "worst": max(scores), "warned": warned,
        "log_z_error": None if log_z is None or contest.log_z is None else abs(log_z - contest.log_z),
        "calls": calls, "cpu": cpu,
    }  # fmt: skip


def in_child(contest: str, sampler: str, seed: int, seconds: int) -> dict[str, Any]:
    """The same in a fresh interpreter; a run that fails or takes more CPU than allowed says so in "failed"."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name if __spec__ else __name__, contest, sampler, str(seed), str(seconds)],
        capture_output=True, text=True, env=os.environ | threads,
    )  # fmt: skip
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    said = (done.stderr.strip().splitlines() or ["nothing"])[-1][:200]
    over = done.returncode < 0
    return {"contest": contest, "sampler": sampler, "seed": seed, "failed": f"over {seconds} CPU s" if over else said}


def run(given: argparse.Namespace, console: Console) -> None:
    """Measure the cells that the record lacks, and show the table."""
    record = Path(given.record)
    cells = json.loads(record.read_text(encoding="utf-8"))["cells"] if record.exists() else []
    have = {(c["contest"], c["sampler"], c["seed"]) for c in cells}
    asked = given.against or installed()
    if missing := [name for name in asked if name not in installed() and name != OURS]:
        raise lacking(missing[0])
    for seed in range(1, given.against_seeds + 1):
        for sampler in (OURS, *(name for name in asked if name != OURS)):
            for contest in given.contests or CONTESTS:
                if (contest, sampler, seed) in have or given.show:
                    continue
                with console.status(f"{contest}: {sampler}, seed {seed}"):
                    cells.append(in_child(contest, sampler, seed, given.limit))
                machine = f"{platform.platform()}, Python {platform.python_version()}, one thread a run"
                keep(record, machine, cells)
    console.print(table(cells))
    console.print(summary(cells))


def keep(record: Path, machine: str, cells: list[dict]) -> None:
    """The record, whole or not at all: its cells are hours of work."""
    # By itself: where the samplers are installed alone there is no `experiments.files` above them.
    half = record.with_name(f".half-{os.getpid()}-{record.name}")
    half.write_text(json.dumps({"n": N, "machine": machine, "cells": cells}, indent=1) + "\n", encoding="utf-8")
    os.replace(half, record)


def silent(cell: dict) -> bool:
    """Wrong without a warning."""
    return "failed" not in cell and cell["worst"] > WRONG and not cell["warned"]


def table(cells: list[dict]) -> Table:
    samplers = list(dict.fromkeys(c["sampler"] for c in cells))
    made = Table(title="error in floors (calls, CPU s); ! wrong without a warning, w warned", box=None, padding=(0, 1))
    for column in ("contest", *samplers):
        made.add_column(column)
    for contest in dict.fromkeys(c["contest"] for c in cells):
        row = []
        for sampler in samplers:
            of = [c for c in cells if (c["contest"], c["sampler"]) == (contest, sampler)]
            good = [c for c in of if "failed" not in c]
            if not good:
                row.append(of[0]["failed"][:18] if of else "")
                continue
            floors, calls, cpu = (sum(c[k] for c in good) / len(good) for k in ("floors", "calls", "cpu"))
            mark = "!" * sum(map(silent, good)) + "w" * sum(c["warned"] for c in good)
            row.append(f"{floors:.2f}{mark} ({calls / 1000:,.0f} k, {cpu:.1f})")
        made.add_row(contest, *row)
    return made


def summary(cells: list[dict]) -> str:
    lines = []
    for sampler in dict.fromkeys(c["sampler"] for c in cells):
        of = [c for c in cells if c["sampler"] == sampler]
        good = [c for c in of if "failed" not in c]
        wrong, failed = sum(map(silent, good)), len(of) - len(good)
        lines.append(f"{sampler}: {wrong} of {len(good)} runs wrong without a warning, {failed} failed")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))

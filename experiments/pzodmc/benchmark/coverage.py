"""`bench --coverage`: how often log Ẑ ± two of its standard errors covers the known log Z, over many seeds."""

import argparse
import json
import math
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from ..adaptive import AdaptivePartialZODMC
from ..benchmark.cells import one_thread
from ..benchmark.contests import CONTESTS
from ..oracle import Potential

N = 1000
ERRORS = 2.0  # standard errors, which cover 95 % if the error is a Gaussian's
PROMISED = 0.9


def covered(name: str, seeds: int) -> dict[str, Any]:
    """Of one problem with known Z: runs, how many are covered, mean and root mean square of the error in log Z."""
    contest = CONTESTS[name]()
    sampler = AdaptivePartialZODMC(Potential(contest.function, contest.dim), **contest.front)
    off, hits, told = [], 0, []
    for seed in range(1, seeds + 1):
        draws = sampler.sample(N, generator=torch.Generator().manual_seed(seed))
        off.append(draws.log_z - contest.log_z)
        told.append(draws.log_z_error)
        hits += abs(off[-1]) <= ERRORS * draws.log_z_error
    return {
        "contest": name, "runs": seeds, "covered": hits, "bias": sum(off) / seeds,
        "rms": math.sqrt(sum(x * x for x in off) / seeds), "told": sum(told) / seeds,
    }  # fmt: skip


def run(given: argparse.Namespace, console: Console) -> None:
    names = given.contests or [name for name, make in CONTESTS.items() if make().log_z is not None]
    table = Table(title=f"log Ẑ ± {ERRORS:g} standard errors, {given.coverage} seeds each", box=None, padding=(0, 1))
    for column in ("contest", "covered", "mean error", "r.m.s. error", "standard error told"):
        table.add_column(column)
    rows = []
    with one_thread():
        for name in names:
            with console.status(name):
                rows.append(covered(name, given.coverage))
            row = rows[-1]
            share = f"{row['covered']} of {row['runs']}"
            table.add_row(name, share, f"{row['bias']:+.4f}", f"{row['rms']:.4f}", f"{row['told']:.4f}")
    console.print(table)
    hits, runs = (sum(row[key] for row in rows) for key in ("covered", "runs"))
    met = "met" if hits >= PROMISED * runs else "not met"
    console.print(f"all: {hits} of {runs}, {hits / runs:.1%} (promised: {PROMISED:.0%}, {met})")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")

"""Beside other packages: the cells of `bench --against`, read from its record and summed up a contest and sampler.

Measuring takes the other packages and many CPU minutes; the record beside the benchmark keeps what was measured.
"""

import json
import statistics
from dataclasses import dataclass

from experiments.errors import InputError
from experiments.pzodmc.benchmark.against import BESIDE, silent
from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.study import silent as unheard


@dataclass(frozen=True)
class Config:
    contests: tuple[str, ...] | None = None  # all that the record has


def run(config: Config, recorder: Recorder, report: Report = unheard) -> Result:
    """values: n; cells[contest][sampler] with means over seeds of floors, calls, cpu, log_z_error (where there is one),
    counts silent, warned, runs, failed, and `told`, what a failed run said; totals[sampler] with the counts.
    """
    if not BESIDE.exists():
        raise InputError(f"{BESIDE.name} is missing: python -m experiments.pzodmc.bench --against makes it")
    record = json.loads(BESIDE.read_text(encoding="utf-8"))
    recorder.seeds = tuple(sorted({cell["seed"] for cell in record["cells"]}))
    grouped: dict[str, dict[str, list[dict]]] = {}
    for cell in record["cells"]:
        if config.contests is None or cell["contest"] in config.contests:
            grouped.setdefault(cell["contest"], {}).setdefault(cell["sampler"], []).append(cell)
    cells = {contest: {name: summed(rows) for name, rows in row.items()} for contest, row in grouped.items()}
    names = dict.fromkeys(name for row in cells.values() for name in row)
    counted = ("silent", "warned", "runs", "failed")
    totals = {
        name: {key: sum(row[name][key] for row in cells.values() if name in row) for key in counted} for name in names
    }
    report(1.0, "done")
    return recorder.result({"n": record["n"], "cells": cells, "totals": totals})


def summed(rows: list[dict]) -> dict:
    good = [row for row in rows if "failed" not in row]
    found = {
        "silent": sum(map(silent, good)),
        "warned": sum(row["warned"] for row in good),
        "runs": len(good),
        "failed": len(rows) - len(good),
        "told": next((row["failed"] for row in rows if "failed" in row), None),
    }
    for key in ("floors", "calls", "cpu", "log_z_error"):
        known = [row[key] for row in good if row[key] is not None]
        found[key] = statistics.fmean(known) if known else None
    return found

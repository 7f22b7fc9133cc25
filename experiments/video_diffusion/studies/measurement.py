"""A part whose full size is too long for a build. The command `measure` makes that in cells, some units each, into a
record beside the weights. A build shows the record and makes the first cells again, which must give what they gave.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import InputError
from experiments.results import Recorder, Result, jsonable
from experiments.study import Report
from experiments.video_diffusion.model.shipped_weights import NETWORKS
from experiments.video_diffusion.model.weight_files import digest_of
from experiments.video_diffusion.sampling.sampler import CONTINUING, USUAL
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies import records

LOADED = (*NETWORKS, "depth")  # what `Models` reads; the other networks are readers
Found = dict[str, Any]  # what a cell has found: a tree of numbers, words and tensors


@dataclass(frozen=True)
class Measurement:
    """`config` is the part's Config: by default of the record's size, with `batch` units a cell, and `again`, how many
    cells a build makes beside the record (0: all are made, and no record is asked for)."""

    name: str
    config: type
    networks: tuple[str, ...]  # files that decide it; those that a world may lack are left out where it does
    units: Callable[[Any], int]
    cell: Callable[[Models, Any, int], Found]  # of the units from a first one on
    values: Callable[[Any, list[Found]], dict[str, Any]]
    arrays: Callable[[Any, list[Found]], dict[str, np.ndarray]]
    checked: Callable[[list[Found]], dict[str, dict]]  # intervals by name, in which cells are held against the record

    def run(self, config: Any, recorder: Recorder, report: Report) -> Result:
        """Raises InputError when the record is missing, of other networks or settings, or not what comes out now."""
        recorder.seeds = (config.seed,)
        models = Models(best_device()).check(*(name for name in self.networks if name in LOADED))
        recorder.device = str(models.device)
        record = {}
        if config.again:
            record = records.current(models.folder, self.name, self.known(models.folder, self.config()))
        cells = self.cells(config)[: config.again or None]
        found = []
        for done, first in enumerate(cells):
            report(done / len(cells), f"{self.name.replace('_', ' ')}, from number {first} on")
            found.append(self.cell(models, config, first))
        values = self.values(config, found) if not record else self.confirmed(record, config, found)
        return recorder.result(values, self.arrays(config, found))

    def cells(self, config: Any) -> list[int]:
        """The first unit of each."""
        return list(range(0, self.units(config), config.batch))

    def known(self, folder: Path, config: Any) -> dict[str, Any]:
        """What decides a measurement with the networks in a folder, as JSON has it."""
        files = {name: folder / f"{name}.safetensors" for name in self.networks}
        weights = {name: digest_of(path) for name, path in files.items() if path.exists()}
        asked = {key: value for key, value in asdict(config).items() if key != "again"}
        schemes = {"usual": USUAL.settings, "continuing": CONTINUING.settings}
        return jsonable({"weights": weights, **schemes, "config": asked})

    def record(self, folder: Path, config: Any, found: list[Found], device: str) -> dict[str, Any]:
        """What `measure` writes, of all cells."""
        rows = [{name: row["value"] for name, row in self.checked([one]).items()} for one in found]
        told = {"device": device, "values": self.values(config, found), "cells": rows, "checked": self.checked(found)}
        return self.known(folder, config) | jsonable(told)

    def confirmed(self, record: dict[str, Any], config: Any, found: list[Found]) -> dict[str, Any]:
        """Values of a record whose first cells are, within the interval that as few units have, what was `found` now.
        Raises InputError."""
        fewer = np.sqrt(self.units(self.config()) / config.batch)
        for first, before, one in zip(self.cells(config), record["cells"], found, strict=False):
            for name, row in self.checked([one]).items():
                whole = record["checked"].get(name, {})
                if name in before and abs(row["value"] - before[name]) > fewer * (whole["high"] - whole["low"]) / 2:
                    units = (
                        f"{self.name}, from number {first} on: {name} was {before[name]:.3g} and is {row['value']:.3g}"
                    )
                    cure = f"if that is meant, `{records.command(self.name)}` measures all of it again"
                    raise InputError(f"{units}; {cure}")
        made = sum(min(config.batch, self.units(config) - first) for first in self.cells(config)[: len(found)])
        about = record["config"] | {"device": record["device"]}
        return record["values"] | {"measured": about, "made_again": made}


def no_arrays(config: Any, found: list[Found]) -> dict[str, np.ndarray]:
    """Of a part that shows no pictures."""
    return {}

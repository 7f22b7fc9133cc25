"""What holds in a world that nobody here drew: what was measured of a second world's networks, beside the first's.

The records come from commands of their own (`compare`, `measure`), too long for a build. One that is missing, or of
other networks than those beside it, is left out.
"""

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from experiments.errors import InputError
from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.studies import films, records
from experiments.video_diffusion.studies.contenders import NAMES, measured_on
from experiments.video_diffusion.studies.memories import MEASUREMENT
from experiments.video_diffusion.training.warm_start import stages_of

BASELINE = "independent"  # no method; in every world the last
ALIKE = ("data", "walks", "given", "made", "steps", "seed")  # in what is asked of both worlds' memories
ALIKE = ("walks", "given", "made", "steps", "seed")  # in what is asked of both worlds' memories
COLUMNS = 8  # frames of a row that is shown
FILMED = ("truth", "motion", "reprojection")  # of one path in the second world


@dataclass(frozen=True)
class Config:
    world: str = "doom"  # folder of its networks and records, in that of the shipped ones


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: by world its records and what its networks learned there, and which methods keep their order; arrays:
    frames of the films beside the records."""
    folder = FOLDER / config.world
    report(0.1, "records")
    here, there, remembered = compared(FOLDER), compared(folder), known_memories(folder)
    values = {
        config.world: {"comparison": there, "memories": remembered, "training": training(folder, config.world)},
        "order": order(here, there),
        "shown": {},
    }
    arrays = {}
    for name, at, found in (("here", FOLDER, here), ("there", folder, there)):
        if found and (made := films.load(at, "comparison")):
            values["shown"] |= {name: found["best"]["seam_validity"]}
            some = range(found["given"] - 3, found["frames"], 3)[:COLUMNS]
            arrays |= {f"{name}_{method}": film[list(some)] for method, film in made.items()}
    if remembered and (known := films.load(folder, "memories")):
        values["shown"] |= {"walk": remembered["shown"]}
        some = np.linspace(6, len(known["truth"]) - 1, COLUMNS).round().astype(int)
        arrays |= {f"known_{name}": film[some] for name, film in known.items()}
    return recorder.result(values, arrays)


def compared(folder: Path) -> dict[str, Any]:
    """The comparison of the methods with the networks in the folder; empty where there is none of these networks,
    methods and steps, or one of them is missing."""
    if not (folder / "comparison.json").is_file():
        return {}
    record = records.load(folder, "comparison")
    try:
        return {} if records.differing(measured_on(folder), record) else record
    except InputError:
        return {}


def known_memories(folder: Path) -> dict[str, Any]:
    """What every memory keeps; empty where that was not measured of the networks in the folder."""
    if not (folder / "memories.json").is_file():
        return {}
    record = records.load(folder, "memories")
    known = MEASUREMENT.known(folder, MEASUREMENT.config())
    here, there = ({key: about.get("config", {}).get(key) for key in ALIKE} for about in (known, record))
    if records.differing(known | {"config": here}, record | {"config": there}):
        return {}
    left_out = ("by_age", "sweeps", "tokens", "few_steps")
    told = {key: found for key, found in record["values"].items() if key not in left_out}
    return told | {"device": record["device"]}


def training(folder: Path, world: str) -> dict[str, Any]:
    """What the networks in the folder learned in their world, apart from what they began with."""
    rows = {}
    for path in sorted(folder.glob("*.safetensors")):
        own = [stage for stage in stages_of(read_record(path)) if str(stage["data"]).startswith(world)]
        rows[path.stem] = {key: sum(stage[key] for stage in own) for key in ("steps", "examples", "seconds")}
    return {"networks": rows, "hours": sum(row["seconds"] for row in rows.values()) / 3600}


def order(here: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Of the pairs of methods whose shares of plausible seams are apart in both worlds: how many there are, and those
    whose order turns (the first is ahead here); and how alike the methods' ranks are in all."""
    if not here or not there:
        return {}
    shares = [{name: row["seam_validity"] for name, row in world["methods"].items()} for world in (here, there)]
    names = [name for name in NAMES if name != BASELINE and all(name in world for world in shares)]
    ahead = [{(a, b) for a, b in permutations(names, 2) if world[a]["low"] > world[b]["high"]} for world in shares]
    turned = sorted((a, b) for a, b in ahead[0] if (b, a) in ahead[1])
    kept = ahead[0] & ahead[1]
    ranks = spearmanr(*([world[name]["value"] for name in names] for world in shares)).statistic
    return {
        "methods": len(names),
        "apart": len(kept) + len(turned),
        "turned": [{"ahead": a, "behind": b} for a, b in turned],
        "correlation": float(ranks) if np.isfinite(ranks) else None,
    }

"""A part too long for a build: its record counts for the networks and settings that it was measured with, and for what
they still give."""

import json
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.results import Recorder
from experiments.study import silent
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.statistics import interval
from experiments.video_diffusion.studies import measurement, records
from experiments.video_diffusion.studies.measurement import Measurement


@dataclass(frozen=True)
class Config:
    units: int = 6
    batch: int = 2
    slope: float = 1.0
    seed: int = 0
    again: int = 0


def cell(models, config, first):
    numbers = range(first, min(first + config.batch, config.units))
    film = torch.full((3, 64, 64, 3), first, dtype=torch.uint8)
    return {"rows": [config.slope * number for number in numbers], "film": film}


def mean(found):
    return {"mean": interval(sum((one["rows"] for one in found), []))}


COUNTING = Measurement(
    "counting",
    Config,
    ("judge",),
    lambda config: config.units,
    cell,
    lambda config, found: mean(found) | {"units": config.units},
    lambda config, found: {"film": found[0]["film"].numpy()},
    mean,
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped judge, and the record of COUNTING."""
    judge = tmp_path / "judge.safetensors"
    judge.symlink_to(Models.folder / judge.name)
    models = Models(torch.device("cpu"), tmp_path)
    monkeypatch.setattr(measurement, "Models", partial(Models, folder=tmp_path))
    found = [cell(models, Config(), first) for first in (0, 2, 4)]
    records.save(tmp_path, "counting", COUNTING.record(tmp_path, Config(), found, "a machine"))
    return tmp_path


def built(part=COUNTING, **settings):
    config = Config(**settings)
    return part.run(config, Recorder("counting", config, preset="standard", project="video_diffusion"), silent)


def test_a_build_shows_the_record_and_makes_its_first_cells_again(folder):
    asked = []
    part = replace(COUNTING, cell=lambda *given: asked.append(given[2]) or cell(*given))
    made = built(part, again=1)
    assert asked == [0]
    assert made.values["mean"]["value"] == 2.5 and made.values["units"] == 6
    assert made.values["made_again"] == 2 and made.values["measured"]["device"] == "a machine"
    np.testing.assert_array_equal(made.arrays["film"], np.zeros((3, 64, 64, 3), np.uint8))


def test_without_a_record_all_is_made(folder):
    (folder / "counting.json").unlink()
    assert built().values == built(batch=6).values
    assert "made_again" not in built().values
    with pytest.raises(InputError, match="counting.json: missing .*measure counting"):
        built(again=1)


def test_what_comes_out_otherwise_now_is_noticed(folder):
    """By as much as the interval of so few units allows, and no less."""
    reach = np.sqrt(6 / 2) * (lambda row: row["high"] - row["low"])(interval(list(range(6)))) / 2

    def moved(by):
        return replace(COUNTING, cell=lambda *given: {**cell(*given), "rows": [by, by + 1]})

    assert built(moved(0.9 * reach), again=1).values["mean"]["value"] == 2.5
    with pytest.raises(InputError, match="counting, from number 0 on: mean was 0.5 and is .*measure counting"):
        built(moved(1.1 * reach), again=1)


@pytest.mark.parametrize("what", ("weights.judge", "config.slope", "continuing.steps"))
def test_a_record_of_something_else_is_refused(folder, what):
    record = json.loads((folder / "counting.json").read_text())
    group, key = what.split(".")
    record[group][key] = "another"
    (folder / "counting.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match=f"with other {what} than there are now; `python -m .* measure counting`"):
        built(again=1)

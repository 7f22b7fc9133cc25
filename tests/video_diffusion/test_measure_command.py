"""`measure`: a record that was stopped half way and resumed is the unbroken one, and another world's lies beside its
networks."""

import argparse
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.commands import measure
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import clips, films, memories, records
from tests.video_diffusion.test_measurement import COUNTING


def arguments(folder: Path, part: str, **more) -> argparse.Namespace:
    """The shipped networks stand in a folder of their own, as those of another world do."""
    for file in Models.folder.glob("*.safetensors"):
        (folder / file.name).symlink_to(file)
    how = {"device": torch.device("cpu"), "threads": 1, "cluster": None, "jobs": None}
    return argparse.Namespace(part=part, data="maze", weights=folder, runs=folder / "runs", **how | more)


@pytest.fixture
def counting(monkeypatch):
    """The part that counts stands in for all; which cells were asked."""
    asked = []

    def cell(models, config, first):
        asked.append(first)
        return COUNTING.cell(models, config, first)

    part = replace(COUNTING, cell=cell)
    monkeypatch.setattr(measure, "measurement", lambda name: part)
    monkeypatch.setattr(measure, "FILMED", ("film",))
    return asked


def test_what_was_stopped_goes_on_to_the_same_record(counting, tmp_path):
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    measure.run(arguments(tmp_path / "whole", "counting"))
    whole = (tmp_path / "whole/counting.json").read_bytes()
    assert counting == [0, 2, 4]
    given = arguments(tmp_path / "broken", "counting")
    measure.run(given)
    kept = sorted(given.runs.rglob("*.pt"))
    kept[1].unlink()
    (tmp_path / "broken/counting.json").unlink()
    counting.clear()
    measure.run(given)
    assert counting == [2]
    assert (tmp_path / "broken/counting.json").read_bytes() == whole
    (film,) = films.load(tmp_path / "broken", "counting").values()
    assert film.shape == (3, 64, 64, 3)


def test_cells_of_other_networks_are_not_taken_over(counting, tmp_path):
    given = arguments(tmp_path, "counting")
    measure.run(given)
    (tmp_path / "judge.safetensors").unlink()
    (tmp_path / "judge.safetensors").symlink_to(FOLDER / "guide.safetensors")
    counting.clear()
    measure.run(given)
    assert counting == [0, 2, 4]


def test_a_cluster_has_the_shipped_networks_alone(counting, tmp_path):
    with pytest.raises(InputError, match="workers of a cluster have the shipped weights alone"):
        measure.run(arguments(tmp_path, "counting", cluster="tcp://127.0.0.1:1"))


def test_memories_alone_are_measured_in_another_world():
    pytest.importorskip("vizdoom")
    with pytest.raises(InputError, match="memories alone"):
        measure.in_world(clips.Config(), "doom")
    with pytest.raises(InputError, match="walks are needed of which all is known"):
        measure.in_world(memories.Config(), "doom:map=my_way_home")
    assert measure.in_world(memories.Config(), "maze:textures=1").data == "maze:textures=1"


def test_all_parts_that_are_measured_are_there():
    for name in records.MEASURED:
        part = measure.measurement(name)
        assert part.name == name and part.config().again == 0
        first, *_ = part.cells(part.config())
        assert first == 0

"""The command that measures memories in any world: its record and one walk lie beside the weights that it measured."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.commands import memories
from experiments.video_diffusion.model.weight_files import digest_of
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import films


def arguments(folder: Path, data: str = "maze") -> argparse.Namespace:
    """The shipped networks stand in a folder of their own, as those of another world do."""
    for file in Models.folder.glob("*.safetensors"):
        (folder / file.name).symlink_to(file)
    how = {"device": torch.device("cpu"), "threads": 1}
    return argparse.Namespace(walks=2, steps=1, data=data, weights=folder, **how)


def test_record_and_films_lie_beside_the_weights(tmp_path, monkeypatch, capsys):
    estimate = {"value": 20.5, "low": 19.0, "high": 22.0}
    values = {"memories": {"motion": {"continuation_seen": estimate, "tempo": {"value": None}, "parameters": 0}}}
    arrays = {name: np.full((6, 64, 64, 3), k, np.uint8) for k, name in enumerate((*memories.SHOWN, "slots"))}
    drawn = []
    monkeypatch.setattr(memories.KnownWalks, "drawn", lambda *given: drawn.append(given[1:]))
    monkeypatch.setattr(memories, "compared", lambda *_: (values, arrays))
    memories.run(arguments(tmp_path))
    assert drawn == [(2, 150, 100, "maze")]
    record = json.loads((tmp_path / "memories.json").read_text())
    assert record["memories"] == values["memories"] and record["data"] == "maze"
    assert record["weights"]["depth"] == digest_of(Models.folder / "depth.safetensors")
    shown = films.load(tmp_path, "memories")
    assert set(shown) == set(memories.SHOWN) and shown["motion"].shape == (6, 64, 64, 3)
    assert capsys.readouterr().out == "motion: continuation_seen 20.5\n"


def test_levels_without_a_map_of_ours_tell_too_little(tmp_path):
    pytest.importorskip("vizdoom")
    with pytest.raises(InputError, match="walks are needed of which all is known"):
        memories.run(arguments(tmp_path, "doom:map=my_way_home"))

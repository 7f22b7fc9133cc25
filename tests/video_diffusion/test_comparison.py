"""The comparison on many videos goes on where it stopped, counts for the weights it was made of, and tells all rows."""

import argparse
import json
from dataclasses import replace
from functools import partial

import pytest
import torch
from safetensors.torch import load_file, save_file

from experiments.video_diffusion import comparison
from experiments.video_diffusion.commands import compare
from experiments.video_diffusion.comparison import Comparison, Size
from experiments.video_diffusion.models import Models
from experiments.video_diffusion.studies import overview

SMALL = {"seeds": (40, 41), "reference": 8}


@pytest.fixture
def small(tmp_path) -> Comparison:
    return Comparison(Models(torch.device("cpu")), Size(frames=20, videos=2, **SMALL), tmp_path)


def test_what_was_made_is_not_made_again(small, monkeypatch):
    made, seams = small.videos("feature_injection", 40)
    monkeypatch.setattr(comparison, "extend", None)
    again, seams_again = replace(small).videos("feature_injection", 40)
    assert torch.equal(made, again) and seams == seams_again == [10, 15]


def test_what_others_made_is_made_anew(small):
    """Another length, other weights or settings: all are in what the file says it was made by."""
    made, _ = small.videos("independent", 40)
    path = small.kept / "independent-40.safetensors"
    save_file({"latents": made + 1, "seams": load_file(path)["seams"]}, path, {"made_by": "other weights"})
    again, _ = small.videos("independent", 40)
    assert torch.equal(made, again)
    longer = replace(small, size=replace(small.size, frames=25))
    assert longer.videos("independent", 40)[0].shape[1] == 25


def test_seeds_are_walks_and_noises_of_their_own(small):
    one, other = (small.videos("independent", seed)[0] for seed in small.size.seeds)
    assert not torch.allclose(one[:, :10], other[:, :10]) and not torch.allclose(one[:, 10:], other[:, 10:])


def test_the_record_has_a_row_for_real_video_and_every_method(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "FOLDER", tmp_path)
    monkeypatch.setattr(compare, "Size", partial(Size, **SMALL))
    monkeypatch.setattr(compare, "NAMES", ("independent", "per_frame_noise"))
    given = argparse.Namespace(
        frames=20, videos=2, jobs=2, runs=tmp_path / "runs", device=torch.device("cpu"), threads=1
    )
    compare.run(given)
    record = json.loads((tmp_path / "comparison.json").read_text())
    assert (record["videos"], record["new_frames"], record["reference"]) == (4, 40, 8)
    assert list(record["methods"]) == ["truth", "independent", "per_frame_noise"]
    for row in record["methods"].values():
        assert len(row["by_video"]["seam_validity"]) == 4
        assert row["frame_frechet"]["value"] > 0
    seams = {name: row["seam_validity"]["value"] for name, row in record["methods"].items()}
    assert seams["truth"] > seams["independent"]
    assert record["best"]["frame_frechet"] == "per_frame_noise"


def test_a_page_shows_the_record_of_its_own_weights_alone(monkeypatch):
    models = Models(torch.device("cpu"))
    shipped = comparison.weights_in(models.folder)
    for weights, shown in ((shipped, True), (shipped | {"denoiser": "0123456789abcdef"}, False)):
        monkeypatch.setattr(overview.records, "load", lambda *_, w=weights: {"weights": w, "methods": {}})
        assert bool(overview.comparison(models)) == shown

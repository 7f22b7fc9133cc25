"""The comparison on many videos goes on where it stopped, counts for the weights it was made of, and tells all rows."""

import argparse
import json
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from experiments.errors import InputError
from experiments.video_diffusion.commands import compare
from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import psnr
from experiments.video_diffusion.studies import contenders, films, overview
from experiments.video_diffusion.studies.contenders import measured_on
from experiments.video_diffusion.studies.fair_rows import CEILING
from experiments.video_diffusion.studies.recorded import comparison
from experiments.video_diffusion.studies.recorded.comparison import Comparison, Size

SMALL = {"seeds": (40, 41), "reference": 40, "window": 10}
ROW = {
    key: {"value": 1.0}
    for key in ("seam_validity", "seam_log_ratio", "inner_validity", "contrast_drift", "frame_frechet")
}
GROWTH = {"strangeness_growth": {"value": 1.0}}


def arguments(folder: Path, **more) -> argparse.Namespace:
    """The shipped networks stand in a folder of their own, as those of another world do."""
    weights = folder / "weights"
    weights.mkdir()
    for file in Models.folder.glob("*.safetensors"):
        (weights / file.name).symlink_to(file)
    lengths = {"frames": 20, "long_frames": 30, "long_videos": 1}
    how = {"device": torch.device("cpu"), "threads": 1, "cluster": None, "jobs": None}
    how |= {"data": "maze", "weights": weights}
    return argparse.Namespace(**lengths | how | more, runs=folder / "runs")


@pytest.fixture
def small(tmp_path) -> Comparison:
    return Comparison(Models(torch.device("cpu")), Size(frames=20, videos=2, **SMALL), tmp_path)


def test_what_was_made_is_not_made_again(small, monkeypatch):
    made = small.videos("feature_injection", 40)
    monkeypatch.setattr(comparison, "continued", None)
    assert torch.equal(made, replace(small).videos("feature_injection", 40))


def test_what_others_made_is_made_anew(small):
    """Another length, other weights or settings: all are in what the file says it was made by."""
    made = small.videos("independent", 40)
    save_file({"latents": made + 1}, small.kept / "independent-40.safetensors", {"made_by": "other weights"})
    assert torch.equal(made, small.videos("independent", 40))
    longer = replace(small, size=replace(small.size, frames=25))
    assert longer.videos("independent", 40).shape[1] == 25


def test_walks_are_those_of_the_world_that_is_asked_for(small, monkeypatch):
    """Its videos are no others', though networks and settings are the same."""
    asked = []

    def opened(source, *more):
        asked.append(source)
        return open_source(source if source == "maze" else "maze:textures=1", *more)  # in place of the engine

    monkeypatch.setattr(contenders, "open_source", opened)
    made = small.videos("independent", 40)
    elsewhere = replace(small, source="doom:smaller=2")
    assert not torch.equal(elsewhere.videos("independent", 40), made)
    assert asked == ["maze", "doom:smaller=2"]


def test_a_cell_names_no_folder_of_this_machine_for_the_shipped_weights(tmp_path, monkeypatch):
    """A worker elsewhere has them in its own clone; other weights it does not have."""

    class Asked(Exception):
        pass

    def workers(*_):
        def cells(function, cells):
            raise Asked([cell[0].weights for cell in cells])

        return nullcontext(cells)

    monkeypatch.setattr(compare, "workers", workers)
    given = arguments(tmp_path, videos=1, cluster="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="workers of a cluster have the shipped weights alone"):
        compare.run(given)
    given.weights = Models.folder
    with pytest.raises(Asked) as asked:
        compare.run(given)
    assert set(asked.value.args[0]) == {None}


def test_recordings_are_no_world_of_hundreds_of_walks(small, tmp_path):
    with pytest.raises(InputError, match="walks that are made when asked for"):
        replace(small, source=str(tmp_path))


def test_seeds_are_walks_and_noises_of_their_own(small):
    one, other = (small.videos("independent", seed) for seed in small.size.seeds)
    assert not torch.allclose(one[:, :10], other[:, :10]) and not torch.allclose(one[:, 10:], other[:, 10:])


def test_the_record_has_a_row_for_real_video_and_every_method(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "Size", partial(Size, **SMALL))
    monkeypatch.setattr(compare, "NAMES", ("independent", "per_frame_noise"))
    monkeypatch.setattr(compare, "FOLLOWED", ("independent",))
    # On Dask's workers where they can be had: what they make comes back, and is kept here.
    compare.run(arguments(tmp_path, videos=2, jobs=2, cluster="local" if find_spec("dask_jobqueue") else None))
    record = json.loads((tmp_path / "weights/comparison.json").read_text())
    assert (record["videos"], record["new_frames"], record["reference"]) == (4, 40, 40)
    rows = record["methods"]
    assert list(rows) == ["truth", "collage", "copy", "independent", "per_frame_noise"]
    for row in rows.values():
        assert row["seams"] == 2 and len(row["by_video"]["seam_validity"]) == 4
        assert row["frame_frechet"]["value"] > 0
        steps = row["seams"] * row["seam_validity"]["value"] + (10 - row["seams"]) * row["inner_validity"]["value"]
        assert row["bad_steps"]["value"] == pytest.approx(10 - steps)
    assert rows["truth"]["seam_validity"]["value"] > rows["independent"]["seam_validity"]["value"]
    assert rows["truth"]["bad_steps"]["high"] < rows["independent"]["bad_steps"]["low"]
    assert rows["truth"]["clip_frechet"]["high"] < rows["copy"]["clip_frechet"]["low"]
    assert rows["copy"]["flow"]["value"] < 0.1 * rows["truth"]["flow"]["value"]
    assert record["best"]["frame_frechet"] == "per_frame_noise"
    shown = films.load(tmp_path / "weights", "comparison")
    assert list(shown) == ["per_frame_noise", "truth"]
    assert all(film.shape == (20, 64, 64, 3) for film in shown.values())
    assert psnr(*(torch.from_numpy(film[None, 9]) for film in shown.values())) > 25  # the last given frame
    kept = sorted(path.name for path in (tmp_path / "runs").glob("*.safetensors"))
    assert kept == ["independent-40.safetensors", "independent-41.safetensors", "per_frame_noise-40.safetensors",
                    "per_frame_noise-41.safetensors"]  # fmt: skip
    long = record["drift"]
    assert (long["frames"], long["videos"], long["window"]) == (30, 2, 10)
    assert long["floor"]["position"] == long["methods"]["independent"]["position"] == [15, 25]
    assert list(long["floors"]) == ["collage", "copy"] and long["worst"] == "independent"


def test_real_video_lasts_and_what_fades_does_not(small, monkeypatch):
    real = small.course(CEILING)["strangeness"]
    decode = Models.decode
    monkeypatch.setattr(Models, "decode", lambda self, latents: decode(self, latents) // 4)
    grey = small.course(CEILING)["strangeness"]
    assert 1.5 * max(real) < min(grey)


def test_every_seam_of_independent_clips_is_inside_a_clip_that_is_scored(small):
    frames = torch.arange(64).reshape(1, 64, 1, 1, 1)
    clips = small._clips(torch.cat([frames, 100 + frames])).flatten(1).tolist()
    assert clips == [
        list(range(first, first + 10)) for start in (0, 100) for first in range(start + 15, start + 55, 10)
    ]
    seams = [seam for seam in range(20, 60, 10)]
    assert all(any({seam - 1, seam} <= set(clip) for clip in clips) for seam in seams)


def test_what_cannot_be_measured_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(compare, "scored", lambda *_: ROW | {"not_measured": {"fvd": "FVD: no weights"}})
    monkeypatch.setattr(compare, "followed", lambda *_: GROWTH)
    monkeypatch.setattr(compare, "filmed", lambda *_: np.zeros((2, 64, 64, 3), np.uint8))
    monkeypatch.setattr(compare, "make", lambda *_: {})
    compare.run(arguments(tmp_path, videos=1))
    assert "not measured: FVD: no weights" in capsys.readouterr().out
    assert "no weights" not in (tmp_path / "weights/comparison.json").read_text()


@pytest.mark.parametrize("part, name", [("weights", "denoiser"), ("scheme", "steps"), ("settings", "hybrid")])
def test_a_page_shows_the_record_of_its_own_weights_methods_and_steps_alone(monkeypatch, part, name):
    models = Models(torch.device("cpu"))
    known = json.loads(json.dumps(measured_on(models.folder)))
    other = known | {part: known[part] | {name: "another"}}
    for record, shown in ((known, True), (other, False), ({"weights": known["weights"]}, False)):
        monkeypatch.setattr(overview.records, "load", lambda *_, record=record: record | {"methods": {}})
        assert bool(overview.comparison(models)) == shown

"""The record of the methods at several lengths of the training: one length can be scored anew, the others stay."""

import argparse
import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from experiments.errors import InputError
from experiments.video_diffusion.commands import milestones
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of, load_weights, read_record, save_weights
from experiments.video_diffusion.training.warm_start import learned

LAST = learned(FOLDER / "denoiser.safetensors")
BATCH = 4
CPU = torch.device("cpu")
CONFIG = json.dumps({"batch": BATCH})


@pytest.fixture
def score(tmp_path, monkeypatch):
    """Run the command with a stand-in for the hours of sampling: it tells which denoiser it was given."""
    (tmp_path / "shipped").mkdir()
    for path in FOLDER.glob("*.safetensors"):
        (tmp_path / "shipped" / path.name).symlink_to(path)
    monkeypatch.setattr(milestones, "FOLDER", tmp_path / "shipped")

    def scores(models, *_):
        assert {path.stem for path in models.folder.glob("*.safetensors")} >= {"judge", "depth", "scene", "denoiser"}
        return {"weight": float(next(models.denoiser.parameters()).abs().sum())}

    monkeypatch.setattr(milestones, "scores", scores)
    monkeypatch.setattr(milestones, "best_possible", lambda *_: {})
    for summary in ("laws", "gains"):
        monkeypatch.setattr(milestones, summary, lambda *_: {})

    def run(only=None, frames=12, runs=tmp_path, finished=()):
        given = {"runs": runs, "frames": frames, "videos": 2, "walks": 2, "made": 2, "only": only, "finished": finished}
        milestones.run(argparse.Namespace(**given, device=CPU, threads=None, jobs=None, cluster=None))
        return json.loads((tmp_path / "shipped" / "milestones.json").read_text())

    return run


@pytest.fixture
def state(tmp_path):
    """A training state of 100 steps: the shipped weights, doubled."""
    shipped = load_file(FOLDER / "denoiser.safetensors")
    path = tmp_path / "denoiser.state-100.safetensors"
    weights = {f"average.{name}": 2 * value.float() for name, value in shipped.items()}
    origin = {"autoencoder": digest_of(FOLDER / "autoencoder.safetensors")}
    save_file(weights, path, {"config": CONFIG, "origin": json.dumps(origin)})
    return path


def test_every_kept_length_is_scored_with_its_own_weights_and_the_shipped_one_last(score, state):
    rows = score()["rows"]
    assert [row["clips"] for row in rows] == [100 * BATCH, LAST]
    early, late = (row["weight"] for row in rows)
    assert early == pytest.approx(2 * late, rel=0.01)


def test_only_some_lengths_are_scored_anew_and_the_others_stay(score, state):
    before = score()
    shutil.copy(state, state.with_name("denoiser.state-50.safetensors"))
    after = score(only=[50 * BATCH])
    assert [row["clips"] for row in after["rows"]] == [50 * BATCH, 100 * BATCH, LAST]
    assert after["rows"][1:] == before["rows"]


def test_rows_made_otherwise_are_not_mixed_and_an_unknown_length_is_named(score, state):
    score()
    with pytest.raises(InputError, match="12 frames"):
        score(only=[100 * BATCH], frames=20)
    with pytest.raises(InputError, match="--only 70.*400"):
        score(only=[70])


def test_a_state_on_other_latents_is_left_out(score, state, caplog):
    other = state.with_name("denoiser.state-60.safetensors")
    save_file(load_file(state), other, {"config": CONFIG, "origin": '{"autoencoder": "other"}'})
    assert [row["clips"] for row in score()["rows"]] == [100 * BATCH, LAST]
    assert "denoiser.state-60.safetensors: left out" in caplog.text
    state.unlink()
    with pytest.raises(InputError, match="no state of a shorter training"):
        score()


def test_finished_weights_of_a_shorter_training_are_a_length_too(score, state, tmp_path):
    folder = tmp_path / "shorter"
    folder.mkdir()
    record = {key: value for key, value in read_record(FOLDER / "denoiser.safetensors").items() if key != "stages"}
    denoiser = load_weights(Denoiser, DenoiserConfig, FOLDER / "denoiser.safetensors")
    save_weights(denoiser, folder / "denoiser.safetensors", record)
    rows = score(finished=[folder])["rows"]
    assert [row["clips"] for row in rows] == [100 * BATCH, record["steps"] * record["training"]["batch"], LAST]


def test_clips_are_counted_from_the_weights_that_the_run_began_with(score, state):
    *_, before = read_record(FOLDER / "denoiser.safetensors")["stages"]
    origin = {"autoencoder": digest_of(FOLDER / "autoencoder.safetensors"), "begun_with": before["digest"]}
    save_file(load_file(state), state, {"config": CONFIG, "origin": json.dumps(origin)})
    own = read_record(FOLDER / "denoiser.safetensors")
    assert [row["clips"] for row in score()["rows"]] == [100 * BATCH, own["steps"] * own["training"]["batch"]]
    save_file(load_file(state), state, {"config": CONFIG, "origin": json.dumps(origin | {"begun_with": "others"})})
    with pytest.raises(InputError, match="did not begin with"):
        score()

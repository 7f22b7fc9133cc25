"""The record of the methods at several lengths of the training: one length can be scored anew, the others stay."""

import argparse
import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from experiments.errors import InputError
from experiments.video_diffusion.beginning import learned
from experiments.video_diffusion.checkpoints import digest_of, read_record
from experiments.video_diffusion.commands import milestones
from experiments.video_diffusion.shipped import FOLDER

LAST = learned(read_record(FOLDER / "denoiser.safetensors"))
BATCH = 4
CONFIG = json.dumps({"batch": BATCH})


@pytest.fixture
def score(tmp_path, monkeypatch):
    """Run the command with a stand-in for the hours of sampling: it tells which denoiser it was given."""
    monkeypatch.setattr(milestones, "FOLDER", tmp_path)

    def compare(models, frames, count):
        weight = next(models.denoiser.parameters()).abs().sum()
        yield "per_frame_noise", {"seam_validity": {"value": float(weight)}}

    monkeypatch.setattr(milestones, "compare", compare)

    def run(only=None, frames=12, runs=tmp_path):
        device = torch.device("cpu")
        milestones.run(argparse.Namespace(runs=runs, frames=frames, videos=2, only=only, device=device, threads=None))
        return json.loads((tmp_path / "milestones.json").read_text())

    return run


@pytest.fixture
def state(tmp_path):
    """A training state of 100 steps: the shipped weights, doubled."""
    shipped = load_file(FOLDER / "denoiser.safetensors")
    path = tmp_path / "denoiser.state-100.safetensors"
    weights = {f"average.{name}": 2 * value.float() for name, value in shipped.items()}
    save_file(weights, path, {"config": CONFIG, "origin": json.dumps({"autoencoder": digest_of(FOLDER / "autoencoder.safetensors")})})
    return path


def test_every_kept_length_is_scored_with_its_own_weights_and_the_shipped_one_last(score, state):
    rows = score()["rows"]
    assert [row["clips"] for row in rows] == [100 * BATCH, LAST]
    early, late = (row["methods"]["per_frame_noise"]["seam_validity"]["value"] for row in rows)
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

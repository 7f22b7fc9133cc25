"""Real clips noised to a level and denoised again: what little noise hides comes back, and the record tells it."""

import argparse
import json

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.commands import decisions as command
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import euler, heun, time_grid
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.clips import real_clips
from experiments.video_diffusion.studies.recorded import decisions
from tests.video_diffusion.test_sampling import gaussian, start


@pytest.mark.parametrize("solver", [euler, heun])
def test_a_path_taken_up_on_its_way_ends_where_the_whole_one_does(solver):
    past, grid = start(2), time_grid(12, 4.0)
    scheme = Scheme(12, solver, shift=4.0)
    whole = sample(gaussian, Method(), past, scheme, keep_path=True)
    calls = 1 if solver is euler else 2
    rest = sample(gaussian, Method(), past, scheme, begin=(whole.path[5 * calls][0], float(grid[5])))
    assert_close(rest.clip, whole.clip, atol=1e-6, rtol=1e-5)
    assert len(rest.diagnostics["score_norm"]) == len(whole.path) - 5 * calls


def test_from_pure_noise_is_the_usual_start():
    past = start(2)
    assert_close(sample(gaussian, Method(), past, begin=(past.noise, 1.0)).clip, sample(gaussian, Method(), past).clip)


def test_little_noise_leaves_a_clip_what_it_was_and_pure_noise_nothing_of_it():
    models = Models(torch.device("cpu"))
    latents = models.encode(real_clips("test", 0, 2, models.denoiser.config.frames))
    near, far = (
        (decisions.denoised_again(models, latents, level, Scheme(), Method()) - latents).square().mean()
        for level in (0.2, 1.0)
    )
    assert near < 0.03 < 0.5 < far


def test_the_record_has_real_video_and_a_row_for_every_level_and_order(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(decisions.Config, "reference", 8)
    for module in (decisions, command):
        monkeypatch.setattr(module, "LEVELS", (0.3, 0.6))
    command.run(argparse.Namespace(clips=4, decoded=24, walks=12, device=torch.device("cpu"), threads=None))
    record = json.loads((tmp_path / "decisions.json").read_text())
    rows = record["rows"]
    assert [row["level"] for row in rows["first"]] == [row["level"] for row in rows["usual"]] == [0.3, 0.6]
    assert rows["real"][0]["validity"]["value"] > 0.8
    kept = {name: record["decoders"][name] for name in ("real", "frame", "video")}
    assert all(0 <= row[size]["value"] <= 1 for row in kept.values() for size in ("near", "far"))
    assert record["decoders"]["saved"]["value"] == pytest.approx(
        kept["frame"]["far"]["value"] - kept["video"]["far"]["value"],
        abs=2e-3,  # it is taken over the clips in which both decoders show posters
    )
    assert record["posters"]["rows"] and all(
        0 <= row["joint"]["value"] <= 1 for row in record["posters"]["rows"] if row["frames"]
    )

"""Metrics must rank planted failures, and be exact where the answer is known."""

from dataclasses import replace

import pytest
import torch

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.judge import area_under_curve, pairs
from experiments.video_diffusion.scores.metrics import (
    brightness,
    clip_features,
    frame_change,
    frechet_distance,
    optical_flow,
    seam_ratio,
    split_transitions,
    transition_validity,
)
from experiments.video_diffusion.scores.statistics import interval, proportion
from experiments.video_diffusion.studies.scoring import distance

SEAMS = [10, 15, 20, 25]


@pytest.fixture(scope="module")
def judge():
    return Models(torch.device("cpu")).judge


@pytest.fixture(scope="module")
def real():
    return torch.from_numpy(open_source(WALKS, "test", 32).frames(range(900, 916)))


@pytest.fixture(scope="module")
def planted(real):
    """At every seam: a jump back by six frames, a freeze, another maze; or the whole video dimmed."""
    back, frozen, other = real.clone(), real.clone(), real.clone()
    for seam in SEAMS[::2]:  # back at one seam, ahead again at the next
        back[:, seam : seam + 5] = real[:, seam - 6 : seam - 1]
    for seam in SEAMS:
        frozen[:, seam] = frozen[:, seam - 1]
        other[:, seam : seam + 5] = real.roll(seam, 0)[:, seam : seam + 5]
    return {"back": back, "frozen": frozen, "other": other, "dimmed": (real * 0.6).to(torch.uint8)}


def validity_at_seams(judge, videos):
    at, elsewhere = split_transitions(videos.shape[1], SEAMS, 10)
    valid = transition_validity(judge, videos).float()
    return float(valid[:, at].mean()), float(valid[:, elsewhere].mean())


def test_the_judge_lets_real_walks_pass_and_no_planted_failure(judge, real, planted):
    at, elsewhere = validity_at_seams(judge, real)
    assert at > 0.85 and elsewhere > 0.9
    for failure in ("back", "frozen", "other"):
        assert validity_at_seams(judge, planted[failure])[0] < 0.15, failure


def test_the_seam_ratio_is_one_for_real_video_above_for_jumps_below_for_freezes(real, planted):
    ratio = {name: float(seam_ratio(videos, SEAMS, 10).log().mean()) for name, videos in planted.items()}
    honest = float(seam_ratio(real, SEAMS, 10).log().mean())
    assert abs(honest) < 0.2 and ratio["other"] > honest + 0.15 and ratio["frozen"] < -3


def test_dimming_shows_in_brightness_and_in_the_frechet_distance(judge, real, planted):
    assert float(brightness(planted["dimmed"]).mean()) == pytest.approx(0.6 * float(brightness(real).mean()), abs=0.01)
    # Two sets of eight videos are so far apart, for their mazes differ, that this hides what dimming does to them.
    one, other = torch.from_numpy(open_source(WALKS, "test", 32).frames(range(900, 948))).chunk(2)
    dim = (other * 0.6).to(torch.uint8)
    one, other, dim = (clip_features(judge, videos).flatten(0, 1) for videos in (one, other, dim))
    assert frechet_distance(one, dim) > 1.5 * frechet_distance(one, other)


def test_the_frechet_distance_is_zero_on_itself_and_the_squared_shift_of_a_shifted_set():
    x = torch.randn(400, 6, generator=torch.Generator().manual_seed(0))
    shift = torch.tensor([1.0, -2.0, 0, 0, 0.5, 0])
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-5)
    assert frechet_distance(x, x + shift) == pytest.approx(float(shift.square().sum()), rel=1e-4)
    assert frechet_distance(x, 2 * x + x.mean(0) * -1) == pytest.approx(float(x.var(0).sum()), rel=1e-2)


def test_a_frechet_distance_is_less_certain_the_more_alike_the_frames_of_a_clip_are():
    g = torch.Generator().manual_seed(0)
    own = torch.randn(256, 8, 4, generator=g) + torch.tensor([0.5, 0, 0, 0])
    reference = torch.randn(50_000, 4, generator=g)
    each, alike = distance(own, reference), distance(own[:, :1].expand(-1, 8, -1), reference)
    assert each["low"] < 0.25 < each["high"] and alike["low"] < 0.25 < alike["high"]
    assert alike["high"] / alike["low"] > 1.5 * each["high"] / each["low"]
    assert distance(own[:5], reference)["low"] > 0  # fewer clips than groups


def test_flow_measures_a_known_shift(real):
    """A picture that slides two pixels a frame; the border, where nothing can be matched, bends the mean."""
    wide = torch.from_numpy(replace(open_source(WALKS, "test", 1), pixels=128).episode(3).frames)[0]
    sliding = torch.stack([wide[32:96, 2 * k : 2 * k + 64] for k in range(5)])[None]
    magnitude, spread = optical_flow(sliding)
    assert float(magnitude.mean()) == pytest.approx(2.0, abs=0.6)
    still = sliding[:, :1].expand(-1, 5, -1, -1, -1)
    assert float(optical_flow(still)[0].max()) < 0.05 and float(spread) < 0.5
    assert float(frame_change(still).max()) == 0


def test_the_area_under_the_curve_is_the_chance_to_rank_right():
    assert area_under_curve([2.0, 3.0], [0.0, 1.0]) == 1
    assert area_under_curve([1.0, 1.0], [1.0, 1.0]) == 0.5
    assert area_under_curve([0.0, 2.0], [1.0]) == 0.5


def test_training_pairs_are_half_true_steps_and_false_ones_never_are():
    videos = torch.zeros(20, 64)
    first, second, true = pairs(videos, 4000, torch.Generator().manual_seed(0))
    assert abs(float(true.float().mean()) - 0.5) < 0.03
    same, step = first[:, 0] == second[:, 0], second[:, 1] - first[:, 1]
    assert (same & (step == 1))[true].all() and not (same & (step == 1))[~true].any()
    assert second[:, 1].min() >= 0 and second[:, 1].max() < 64


def test_the_shipped_judge_was_held_to_its_bar():
    """On continuous walks it tells steps of the walk from others of a hand's breadth: less surely than on a lattice."""
    from experiments.video_diffusion.model.shipped_weights import FOLDER
    from experiments.video_diffusion.model.weight_files import read_record

    scores = read_record(FOLDER / "judge.safetensors")["scores"]
    assert scores["auc"] >= 0.96 and scores["impossible_passed"] <= 0.15


def test_the_interval_of_a_share_holds_only_shares_and_that_of_a_difference_holds_more():
    samples = [1.0, 1.0, 1.0, 0.9]
    assert interval(samples)["high"] > 1 == proportion(samples)["high"]
    assert {key: interval(samples)[key] for key in ("value", "low")} == {
        key: proportion(samples)[key] for key in ("value", "low")
    }

"""Judges of how the past enters: gains beyond their interval, memory beyond the noise, the tally of observations."""

import pytest

from showcase.claims import tally
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED
from showcase.values import Values
from tests.pages.test_video_claims import JUDGES


def gain(value: float, reach: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - reach, "high": value + reach}


@pytest.mark.parametrize(("value", "verdict"), [(0.3, HOLDS), (0.02, UNDECIDED), (-0.3, FAILS)])
def test_a_gain_counts_beyond_its_interval(value, verdict):
    found = Values({"injection_length": {"held_gain": gain(value), "matched": {"gain": gain(value)}}}, {})
    assert JUDGES["cleaner_better"](found) == JUDGES["injection_matched"](found) == verdict


@pytest.mark.parametrize(("matched", "verdict"), [(0.4, HOLDS), (0.7, UNDECIDED), (0.9, FAILS)])
def test_injection_to_a_level_is_measured_against_history_guidance(matched, verdict):
    rows = {"history_guidance": {"seam_validity": gain(0.7)}}
    tree = {"injection_length": {"matched": {"seam_validity": gain(matched)}}, "long_videos": {"methods": rows}}
    assert JUDGES["matched_behind"](Values(tree, {})) == verdict


@pytest.mark.parametrize(("share", "held", "verdict"), [(0.93, 0.4, HOLDS), (0.7, 0.4, FAILS), (0.93, -0.4, FAILS)])
def test_the_headline_needs_seams_like_real_ones_and_a_level_that_matters(share, held, verdict):
    rows = {name: {"seam_validity": gain(value, 0.02)} for name, value in (("truth", 0.94), ("per_frame_noise", share))}
    tree = {"injection_length": {"held_gain": gain(held)}, "long_videos": {"methods": rows}}
    assert JUDGES["headline"](Values(tree, {})) == verdict


@pytest.mark.parametrize(("more", "verdict"), [(130.0, HOLDS), (105.0, FAILS), (90.0, FAILS)])
def test_memory_has_to_grow_by_more_than_the_noise(more, verdict):
    methods = {"history_guidance": {"peak_mib": more}, "feature_injection": {"peak_mib": 100.0}}
    training = {"joint": {"peak_mib": more}, "alone": {"peak_mib": 100.0}}
    found = Values({"cost": {"methods": methods, "training": training}}, {})
    assert JUDGES["history_memory_sampling"](found) == JUDGES["history_memory_training"](found) == verdict


def test_an_observation_depends_where_its_condition_holds_and_it_does_not():
    observations = {FAILS: HOLDS, UNDECIDED: FAILS, HOLDS: FAILS}
    assert tally.states(str, observations) == [tally.DEPENDS, UNDECIDED, HOLDS]


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ((HOLDS, HOLDS, FAILS), HOLDS),
        ((HOLDS, UNDECIDED, FAILS), UNDECIDED),
        ((HOLDS, FAILS, FAILS), FAILS),
        ((HOLDS, FAILS), FAILS),
    ],
)
def test_most_is_more_than_half(verdicts, told):
    names = [f"claim{k}" for k in range(len(verdicts))]
    judged = dict(zip(names, verdicts, strict=True)).__getitem__
    assert tally.most_hold(judged, dict.fromkeys(names)) == told

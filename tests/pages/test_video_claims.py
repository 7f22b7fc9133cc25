"""Judges of the long-video page: the best at seams, the hybrid against its parts, price, bars, drift."""

from random import Random

import pytest

from showcase.claims import claims_of
from showcase.claims.tally import most_kept
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED
from showcase.claims.video_diffusion import COUPLED, LATTICE
from showcase.values import Values
from tests.pages.conftest import REPOSITORY

JUDGES = {name: claim.judge for name, claim in claims_of("video_diffusion").items()}
METHODS = ("truth", "independent", "feature_injection", *COUPLED)


def estimate(value: float, reach: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - reach, "high": value + reach}


def videos(best: str = "hybrid", ratio: float = 0.0, **seams: float) -> Values:
    """Long videos whose seams are possible as often as told, the others 30 % of the time, give or take 6 % a video.
    The starts differ by five times as much, and are the same for every method."""
    rows = {}
    for name in METHODS:
        share, noise = seams.get(name, 0.3), Random(name)
        each = [share + start + noise.gauss(0, 0.06) for start in (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3)]
        rows[name] = {"seam_validity": estimate(share), "seam_log_ratio": estimate(ratio)}
        rows[name]["by_video"] = {"seam_validity": each}
    return Values({"long_videos": {"methods": rows, "best": {"seam_validity": best}}}, {})


@pytest.mark.parametrize(("injection", "verdict"), [(0.6, HOLDS), (0.35, UNDECIDED), (0.1, FAILS)])
def test_injection_is_the_best_when_it_is_ahead_of_every_other(injection, verdict):
    assert JUDGES["injection_best_of_all"](videos(feature_injection=injection)) == verdict


def test_one_better_method_is_enough_to_lose_the_first_place():
    assert JUDGES["injection_best_of_all"](videos(feature_injection=0.6, per_frame_guidance=0.9)) == FAILS


@pytest.mark.parametrize(
    ("hybrid", "guidance", "verdict"), [(0.6, 0.3, HOLDS), (0.6, 0.58, UNDECIDED), (0.6, 0.8, FAILS), (0.1, 0.1, FAILS)]
)
def test_the_hybrid_must_be_ahead_of_both_its_parts(hybrid, guidance, verdict):
    assert JUDGES["hybrid_beats_both"](videos(hybrid=hybrid, reconstruction_guidance=guidance)) == verdict


@pytest.mark.parametrize(
    ("claim", "better", "worse"),
    [
        ("stabilised_seams", "stabilised_guidance", "reconstruction_guidance"),
        ("per_frame_continues", "per_frame_noise", "feature_injection"),
    ],
)
def test_a_comparison_of_two_follows_their_difference_by_video(claim, better, worse):
    for value, verdict in ((0.5, HOLDS), (0.3, UNDECIDED), (0.1, FAILS)):
        assert JUDGES[claim](videos(**{better: value, worse: 0.3})) == verdict


def test_of_two_comparisons_the_one_with_more_videos_counts():
    many, few = videos(stabilised_guidance=0.9).tree["long_videos"], videos(stabilised_guidance=0.1).tree["long_videos"]
    for record, verdict in ((many, HOLDS), ({}, FAILS)):
        found = Values({"overview": {"comparison": record}, "long_videos": few}, {})
        assert JUDGES["stabilised_seams"](found) == verdict


@pytest.mark.parametrize(
    ("seam", "ratio", "verdict"),
    [(0.8, 0.0, HOLDS), (0.55, 0.0, UNDECIDED), (0.3, 0.0, FAILS), (0.8, 0.3, FAILS), (0.8, -0.3, FAILS)],
)
def test_seams_pass_when_both_bars_are_met_and_stalling_does_not_help(seam, ratio, verdict):
    assert JUDGES["seams_pass"](videos(hybrid=seam, truth=0.95, ratio=ratio)) == verdict


@pytest.mark.parametrize(("rival", "verdict"), [(1.0, HOLDS), (0.95, HOLDS), (0.5, FAILS)])
def test_a_price_is_beaten_by_more_than_the_noise_of_a_clock(rival, verdict):
    rows = {name: {"relative_time": 2.0} for name in COUPLED} | {"feature_injection": {"relative_time": 1.0}}
    rows["per_frame_noise"] = {"relative_time": rival}
    assert JUDGES["injection_cheapest"](Values({"cost": {"methods": rows}}, {})) == verdict


def variants(**rows: float) -> Values:
    """A denoiser whose errors are .5 give or take .05 by its seed, and variants whose errors are as told."""
    kinds = ("layout", "detail", "continuation")
    table = {"one_more": {kind: estimate(0.5) for kind in kinds}}
    return Values(
        {"overview": {"ablation": table | {"rows": {k: dict.fromkeys(kinds, v) for k, v in rows.items()}}}}, {}
    )


@pytest.mark.parametrize(
    ("error", "pays", "harmless"),
    [(0.6, HOLDS, HOLDS), (0.52, UNDECIDED, HOLDS), (0.4, FAILS, FAILS)],
)
def test_a_part_pays_where_without_it_the_error_is_beyond_that_of_another_seed(error, pays, harmless):
    assert JUDGES["preconditioning_pays"](variants(no_preconditioning=error)) == pays
    assert JUDGES["continuing_pays"](variants(no_continuing=error)) == pays
    assert JUDGES["conditions_harmless"](variants(no_conditions=error)) == harmless


@pytest.mark.parametrize(("gained", "verdict"), [(0.1, HOLDS), (0.02, UNDECIDED), (-0.1, FAILS)])
def test_training_pays_where_walk_by_walk_more_places_return(gained, verdict):
    found = Values({"overview": {"milestones": {"gains": {"return": estimate(gained)}}}}, {})
    assert JUDGES["training_pays"](found) == verdict


@pytest.mark.parametrize(("ratio", "reach", "verdict"), [(1.0, 0.2, HOLDS), (1.4, 0.5, UNDECIDED), (3.0, 0.5, FAILS)])
def test_one_method_that_drifts_is_enough(ratio, reach, verdict):
    rows = {"hybrid": {"strangeness_growth": estimate(ratio, reach)}}
    rows["feature_injection"] = {"strangeness_growth": estimate(1.0, 0.1)}
    few = {"methods": rows}
    assert JUDGES["no_drift"](Values({"drift": few}, {})) == verdict
    assert JUDGES["no_drift"](Values({"drift": {}, "overview": {"comparison": {"drift": few}}}, {})) == verdict


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ((0.2, 0.6, 0.3), HOLDS),
        ((0.2, 0.35, 0.3), UNDECIDED),
        ((0.2, 0.25, 0.3), UNDECIDED),
        ((0.1, 0.3, 0.6), FAILS),
    ],
)
def test_injection_to_the_end_is_the_best_only_beyond_the_noise(shares, verdict):
    rows = [{"seam_validity": estimate(share, 0.07)} for share in shares]
    assert JUDGES["injection_stops_early"](Values({"injection_length": {"shares": rows}}, {})) == verdict


@pytest.mark.parametrize(("distance", "verdict"), [(200, HOLDS), (310, UNDECIDED), (400, FAILS)])
def test_nearer_to_real_video_is_judged_over_every_step(distance, verdict):
    rows = {"feature_injection": {"clip_frechet": estimate(distance, 15)}}
    rows["independent"] = {"clip_frechet": estimate(300, 15)}
    assert JUDGES["injection_nearer"](Values({"long_videos": {"methods": rows}}, {})) == verdict


@pytest.mark.parametrize(("taught", "added", "verdict"), [(0.9, 0.5, HOLDS), (0.5, 0.52, UNDECIDED), (0.5, 0.9, FAILS)])
def test_the_best_way_that_was_trained_for_is_held_against_the_best_that_was_not(taught, added, verdict):
    assert JUDGES["taught_ahead"](videos(per_frame_noise=taught, stabilised_guidance=added)) == verdict


def test_conclusions_of_the_lattice_are_claims_with_a_verdict_and_a_name_in_both_languages():
    words = (REPOSITORY / "showcase/templates/video_diffusion.words.j2").read_text(encoding="utf-8")
    for name, verdict in LATTICE.items():
        assert name in JUDGES and verdict in (HOLDS, FAILS, UNDECIDED)
        assert words.count(f'"{name}": ') == 2, name


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ((HOLDS, HOLDS, FAILS), HOLDS),
        ((HOLDS, UNDECIDED, UNDECIDED), UNDECIDED),
        ((HOLDS, FAILS, FAILS), FAILS),
    ],
)
def test_verdicts_outlast_a_change_where_more_than_half_are_the_same(now, verdict):
    judged = dict(zip("abc", now, strict=True)).__getitem__
    assert most_kept(judged, dict.fromkeys("abc", HOLDS)) == verdict

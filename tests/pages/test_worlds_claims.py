"""Claims over two worlds: the second world's records answer there, and what was not measured stays open."""

import pytest

from showcase.claims import claims_of
from showcase.claims.elsewhere import Elsewhere
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED
from showcase.claims.video_diffusion import worlds_agree
from showcase.values import Values
from tests.pages.conftest import REPOSITORY
from tests.pages.test_video_claims import JUDGES, estimate, videos

CLAIMS = claims_of("video_diffusion")
ASKED = JUDGES["worlds_agree"].helpers["ASKED"]
MOVED = JUDGES["doom_plausible"].moved


def two(here: dict, elsewhere: dict, order: dict | None = None) -> Values:
    """Values of two worlds in which methods have these shares of plausible seams, the others .3."""
    first, second = (videos("per_frame_noise", **shares).tree["long_videos"] for shares in (here, elsewhere))
    second["methods"]["truth"]["inner_validity"] = second["methods"]["per_frame_noise"]["inner_validity"] = estimate(
        0.9
    )
    both = {"doom": {"comparison": second if elsewhere else {}, "memories": {}}, "order": order or {}}
    return Values({"overview": {"comparison": first}, "two_worlds": both}, {})


def test_a_judge_asked_elsewhere_sees_the_second_worlds_records_alone():
    found = Elsewhere(two({"hybrid": 0.7}, {"hybrid": 0.2}), MOVED)
    assert found["overview.comparison.methods.hybrid.seam_validity"]["value"] == 0.2
    assert "overview.comparison.methods" in found and "memories.gains" not in found
    assert found["two_worlds.order"] == {}


@pytest.mark.parametrize(
    ("here", "elsewhere", "verdict"),
    [
        ({"per_frame_noise": 0.9}, {"per_frame_noise": 0.8}, HOLDS),
        ({"hybrid": 0.9}, {"hybrid": 0.8}, FAILS),
        ({"per_frame_noise": 0.9}, {"hybrid": 0.8}, UNDECIDED),
        ({"per_frame_noise": 0.9}, {}, UNDECIDED),
    ],
)
def test_what_both_worlds_answer_alike_holds_or_fails_and_the_rest_depends(here, elsewhere, verdict):
    assert JUDGES["taught_both"](two(here, elsewhere)) == verdict


def test_nothing_measured_there_is_open_there():
    none = two({"per_frame_noise": 0.9}, {})
    assert {JUDGES[f"doom_{name}"](none) for name in ASKED} == {UNDECIDED}
    assert JUDGES["worlds_agree"](none) == UNDECIDED and JUDGES["doom_plausible"](none) == UNDECIDED


@pytest.mark.parametrize(("alike", "verdict"), [(12, HOLDS), (3, FAILS)])
def test_worlds_agree_where_more_than_half_of_the_verdicts_are_the_same(alike, verdict):
    """Of the comparison's claims alone: memories were not measured there."""

    judged = dict.fromkeys(ASKED, HOLDS)
    judged |= {f"doom_{name}": HOLDS if place < alike else FAILS for place, name in enumerate(ASKED)}
    assert worlds_agree(two({"hybrid": 0.9}, {"hybrid": 0.9}), judged.__getitem__, ASKED) == verdict


@pytest.mark.parametrize(
    ("order", "verdict"),
    [
        ({}, UNDECIDED),
        ({"apart": 0, "turned": []}, UNDECIDED),
        ({"apart": 4, "turned": []}, HOLDS),
        ({"apart": 4, "turned": [{"ahead": "hybrid", "behind": "per_frame_noise"}]}, FAILS),
    ],
)
def test_one_pair_that_turns_is_enough_for_another_order(order, verdict):
    assert JUDGES["worlds_order"](two({}, {"hybrid": 0.5}, order)) == verdict


@pytest.mark.parametrize(("share", "verdict"), [(0.9, HOLDS), (0.76, UNDECIDED), (0.5, FAILS)])
def test_the_best_method_there_is_held_against_real_video_there(share, verdict):
    found = two({"truth": 0.2}, {"truth": 0.95, "per_frame_noise": share})
    assert JUDGES["doom_plausible"](found) == verdict


def test_every_conclusion_that_is_asked_again_has_a_name_and_a_verdict_in_both_worlds():
    words = (REPOSITORY / "showcase/templates/video_diffusion.words.j2").read_text(encoding="utf-8")
    listed = words[words.index("set both_worlds") :].split("[", 2)[2].split("]", 1)[0]
    assert [name.strip(' "') for name in listed.split(",")] == list(ASKED)
    for name in ASKED:
        assert words.count(f'"{name}": ') == 2, name
        here, there = CLAIMS[name].question, CLAIMS[f"doom_{name}"].question
        assert all(question in there[lang] for lang, question in here.items())

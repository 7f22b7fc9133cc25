"""Colours that mean something are told apart, also without one kind of cone, and words in them can be read."""

import itertools

import pytest

from showcase.palette import INK, METHOD, MUTED, PAPER
from tests.showcase import vision
from tests.showcase.vision import VISION, contrast, difference, luminance

# Pairs of CIELAB colours and their distance: Sharma, Wu and Dalal (2005), table 1.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
# The three ways, and what a reader sees beside them in every figure.
STORY = ("truth", "history_guidance", "reconstruction_guidance", "feature_injection", "per_frame_guidance")


@pytest.mark.parametrize(("first", "second", "wanted"), SHARMA)
def test_the_distance_is_ciede2000(monkeypatch, first, second, wanted):
    pair = iter((first, second))
    monkeypatch.setattr(vision, "lab", lambda *_: next(pair))
    assert difference("", "") == pytest.approx(wanted, abs=5e-5)


def test_simulated_readers_see_greys_as_they_are():
    for kind in VISION:
        for grey in ("#000000", "#7f7f7f", "#ffffff"):
            assert vision.lab(grey, kind) == pytest.approx(vision.lab(grey), abs=0.5)


@pytest.mark.parametrize("kind", ["protanopia", "deuteranopia"])
def test_history_guidance_and_injection_are_far_apart_without_red_or_green_cones(kind):
    assert difference(METHOD["history_guidance"], METHOD["feature_injection"], kind) >= 20
    assert difference("#aa4499", METHOD["feature_injection"], kind) < 10, "as the purple that it was was not"


@pytest.mark.parametrize("kind", VISION)
def test_the_story_s_colours_are_told_apart(kind):
    for first, second in itertools.combinations(STORY, 2):
        assert difference(METHOD[first], METHOD[second], kind) >= 9, (first, second)
    guided = ("history_guidance", "reconstruction_guidance", "feature_injection")
    assert min(difference(METHOD[a], METHOD[b], kind) for a, b in itertools.combinations(guided, 2)) >= 20


def test_words_are_read_on_the_ground_of_figures_which_is_no_glaring_white():
    assert contrast(INK, PAPER) > 7 and contrast(MUTED, PAPER) > 4.5
    assert min(contrast(METHOD[name], PAPER) for name in STORY) >= 3
    assert 0.75 < luminance(PAPER) < 0.9

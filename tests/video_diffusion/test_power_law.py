"""More training foretold: a power is read off exactly, and what is uncertain is told so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.video_diffusion.studies.recorded.power_law import FURTHEST, MORE, Line, foretold

CLIPS = [10_000, 20_000, 40_000, 80_000, 3_000_000]


@given(exponent=st.floats(0.02, 0.6), missing=st.floats(0.05, 0.9))
def test_a_power_goes_on_and_tells_when_it_reaches_a_bar(exponent, missing):
    def score(clips: float) -> float:
        return 0.99 - missing * (clips / CLIPS[0]) ** -exponent

    bar = score(2.5 * CLIPS[-1])
    found = foretold(CLIPS, [score(clips) for clips in CLIPS], 0.99, bar)
    assert found["exponent"]["value"] == pytest.approx(-exponent, rel=1e-6)
    assert found["tenfold"]["value"] == pytest.approx(score(MORE * CLIPS[-1]), abs=1e-6)
    assert found["needed"]["value"] == pytest.approx(2.5 * CLIPS[-1], rel=0.01)


def test_decibels_grow_by_as_much_with_every_tenfold():
    found = foretold(CLIPS, [3 + 2 * np.log10(clips) for clips in CLIPS])
    assert found["gain"]["value"] == pytest.approx(2)
    assert found["tenfold"]["value"] == pytest.approx(3 + 2 * np.log10(MORE * CLIPS[-1]))


def test_the_interval_covers_the_true_line_in_nineteen_of_twenty_cases():
    rng, at, inside = np.random.default_rng(0), MORE * CLIPS[-1], 0
    for _ in range(2000):
        y = 1 - 0.3 * np.log10(CLIPS) + 0.1 * rng.standard_normal(len(CLIPS))
        _, low, high = Line.through(np.array(CLIPS, float), y).band(at)
        inside += low <= 1 - 0.3 * np.log10(at) <= high
    assert inside / 2000 == pytest.approx(0.95, abs=0.015)


def test_a_bar_that_may_never_be_reached_has_an_open_end_and_a_score_at_its_ceiling_no_law():
    found = foretold(CLIPS, [0.3, 0.5, 0.35, 0.45, 0.5], 1.0, 0.9)
    low, high = found["needed"]["low"], found["needed"]["high"]
    assert high is None and (low is None or CLIPS[-1] < low <= FURTHEST * CLIPS[-1])
    assert found["tenfold"]["low"] <= found["tenfold"]["value"] <= found["tenfold"]["high"]
    assert foretold(CLIPS, [0.3, 0.5, 0.6, 0.9, 1.0], 1.0) == {}

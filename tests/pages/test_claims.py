"""A verdict needs a gap wider than the noise, and every verdict has its words in both languages."""

import random
from itertools import pairwise

import pytest

from experiments.errors import InputError
from showcase.claims import VERDICTS, claims_of, worded
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, all_of, at_least, at_most, bounds, less, less_paired
from showcase.projects import LANGUAGES, PROJECTS


def test_overlapping_intervals_decide_nothing():
    low, high, wide = ({"value": 0, "low": a, "high": b} for a, b in ((0, 1), (2, 3), (0.5, 2.5)))
    assert (less(low, high), less(high, low), less(low, wide), less(wide, high)) == (HOLDS, FAILS, UNDECIDED, UNDECIDED)
    assert (at_most(low, 1), at_most(high, 1), at_most(wide, 1)) == (HOLDS, FAILS, UNDECIDED)
    assert (at_least(high, 2), at_least(low, 2), at_least(wide, 2)) == (HOLDS, FAILS, UNDECIDED)


def test_one_seed_decides_nothing():
    assert less([1.0], [1e9]) == UNDECIDED


def test_intervals_over_seeds_cover_the_mean_as_often_as_they_promise():
    rng, covered, runs = random.Random(0), 0, 4000
    for _ in range(runs):
        low, high = bounds([rng.gauss(5, 2) for _ in range(5)])
        covered += low <= 5 <= high
    # 95 %; four standard errors of a share over so many runs are 1.4 %.
    assert abs(covered / runs - 0.95) < 0.014


def test_pairing_sees_a_small_gain_that_differences_between_seeds_would_hide():
    slow = [1.0, 5.0, 9.0, 13.0]
    fast = [x - gain for x, gain in zip(slow, (0.1, 0.11, 0.1, 0.09), strict=True)]
    assert less(fast, slow) == UNDECIDED
    assert less_paired(fast, slow) == HOLDS
    assert less_paired(slow, fast) == FAILS


def test_a_conjunction_is_as_strong_as_its_weakest_part():
    ranked = (FAILS, UNDECIDED, HOLDS)
    for weaker, stronger in pairwise(ranked):
        assert all_of(stronger, weaker, stronger) == weaker


@pytest.mark.parametrize("project", [project.name for project in PROJECTS])
def test_every_claim_has_words_for_every_verdict_in_every_language(project):
    claims = claims_of(project)
    assert claims
    for claim in claims.values():
        assert set(claim.question) == set(LANGUAGES)
        for lang in LANGUAGES:
            texts = [claim.wording[lang][verdict] for verdict in VERDICTS]
            assert len(set(texts)) == 3, f"{claim.name}: two verdicts in {lang} read the same"


def test_words_without_a_judge_and_a_judge_without_words_are_told(tmp_path):
    path = tmp_path / "tiny.claims.j2"
    path.write_text("faster:\n  question: {en: Is it}\n  en: {holds: Yes, fails: No}\n", encoding="utf-8")
    with pytest.raises(InputError, match="'smaller' of tiny has no words"):
        worded("tiny", {"faster": None, "smaller": None}, tmp_path)
    with pytest.raises(InputError, match="'faster' of tiny has no judge"):
        worded("tiny", {}, tmp_path)
    with pytest.raises(InputError, match="needs a question and holds, fails, undecided"):
        worded("tiny", {"faster": None}, tmp_path)
    path.write_text("faster: [", encoding="utf-8")
    with pytest.raises(InputError, match="not valid YAML"):
        worded("tiny", {}, tmp_path)
    path.unlink()
    with pytest.raises(InputError, match="missing"):
        worded("tiny", {}, tmp_path)

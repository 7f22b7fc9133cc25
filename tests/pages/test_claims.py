"""A verdict needs a gap wider than the noise, and every verdict has its words in both languages."""

import random
from itertools import pairwise

import pytest

from experiments.errors import InputError
from showcase.claims import VERDICTS, claims_of, read
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


def test_what_a_claim_lacks_and_a_judge_that_says_nothing_are_told(tmp_path):
    path = tmp_path / "tiny.claims.j2"
    whole = "faster:\n  judge: {}\n  question: {{en: Is it}}\n  en: {{holds: Yes, fails: No, undecided: Open}}\n"
    faster = read(write(path, whole.format('less("fast", "slow")')), {})["faster"]
    assert faster.judge({"fast": 1, "slow": 2}) == HOLDS and faster.judge({"fast": 2, "slow": 1}) == FAILS
    for judge in ("slower(1)", "less(1"):
        with pytest.raises(InputError, match=r"tiny.claims.j2 \(faster\): its judge: "):
            read(write(path, whole.format(judge)), {})["faster"].judge({})
    for lacking in ("judge", "question", "undecided"):
        with pytest.raises(InputError, match="'faster' needs a judge, a question, and holds, fails, undecided"):
            read(write(path, whole.format("1").replace(lacking, "other")), {})
    with pytest.raises(InputError, match="not valid YAML"):
        read(write(path, "faster: ["), {})
    path.unlink()
    with pytest.raises(InputError, match="missing"):
        read(path, {})


def test_a_function_that_takes_values_gets_the_results_and_another_claim_can_be_asked(tmp_path):
    words = "question: {en: Is it}, en: {holds: Yes, fails: No, undecided: Open}"
    text = f"one: {{judge: enough(3), {words}}}\ntwo: {{judge: 'alike(judged(\"one\"), HOLDS)', {words}}}\n"
    helpers = {"enough": lambda values, bar: HOLDS if values["x"] >= bar else FAILS}
    claims = read(write(tmp_path / "tiny.claims.j2", text), helpers)
    assert [claims[name].judge({"x": 3}) for name in claims] == [HOLDS, HOLDS]
    assert [claims[name].judge({"x": 2}) for name in claims] == [FAILS, UNDECIDED]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path

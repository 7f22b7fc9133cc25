"""Judges of the Partial ZOD-MC page: what a budget reached, a law followed and a failure told mean."""

import pytest

from showcase.claims.pzodmc_anew import reaches, sir_cheapest, told
from showcase.claims.pzodmc_laws import follows, memory_grows
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED
from showcase.values import Values


def estimate(value: float, reach: float = 0.0) -> dict[str, float]:
    return {"value": value, "low": value - reach, "high": value + reach}


def budgets(reached: dict[str, int | None], worst: dict[str, float]) -> Values:
    """One target; `worst` is the score in floors at the largest budget, give or take 0.2."""
    scores = ("sliced_w2", "paper_mmd")
    quality = {name: {"ring": {"b300": dict.fromkeys(scores, estimate(x, 0.2))}} for name, x in worst.items()}
    part = {
        "budgets": [100, 200, 300],
        "floor": {"ring": dict.fromkeys(scores, estimate(1))},
        "quality": quality,
        "reached": {name: {"ring": calls} for name, calls in reached.items()},
    }
    return Values({"budgets": part}, {})


@pytest.mark.parametrize(
    ("others", "verdict"), [(100, HOLDS), (300, HOLDS), (None, HOLDS)], ids=["tie", "ahead", "alone"]
)
def test_the_cheapest_may_share_its_place(others, verdict):
    assert sir_cheapest(budgets({"sir": 100, "smc": others}, {})) == verdict


def test_one_step_of_the_ladder_behind_is_undecided_and_more_is_not():
    assert sir_cheapest(budgets({"sir": 200, "smc": 100}, {})) == UNDECIDED
    assert sir_cheapest(budgets({"sir": 300, "smc": 100}, {})) == FAILS
    assert sir_cheapest(budgets({"sir": None, "smc": 300}, {})) == UNDECIDED
    assert sir_cheapest(budgets({"sir": None, "smc": None}, {})) == UNDECIDED


@pytest.mark.parametrize(
    ("calls", "floors", "verdict"), [(200, 1.0, HOLDS), (None, 1.6, UNDECIDED), (None, 9.0, FAILS)]
)
def test_a_sampler_that_misses_the_bar_by_the_noise_has_not_failed(calls, floors, verdict):
    assert reaches(budgets({"zodmc": calls}, {"zodmc": floors}), "zodmc") == verdict


def test_a_sampler_that_refused_every_budget_has_not_reached_anything():
    assert reaches(budgets({"rdmc": None}, {}), "rdmc") == FAILS


def test_a_law_needs_one_sharp_agreement_and_no_contradiction():
    sharp, blunt, wrong = estimate(1, 0.01), estimate(1, 5), estimate(2, 0.01)
    assert follows([sharp, blunt], [1, 1]) == HOLDS
    assert follows([blunt, blunt], [1, 1]) == UNDECIDED
    assert follows([sharp, wrong], [1, 1]) == FAILS


@pytest.mark.parametrize(("streamed", "verdict"), [(12, HOLDS), (50, FAILS)])
def test_memory_is_compared_by_its_growth(streamed, verdict):
    proposals = {"stored": {"n10": estimate(10), "n40": estimate(40)}}
    proposals["streamed"] = {"n10": estimate(10), "n40": estimate(streamed)}
    assert memory_grows(Values({"background": {"memory": {"proposals": proposals}}}, {})) == verdict


@pytest.mark.parametrize(
    ("error", "warned", "refused", "verdict"),
    [(1, 0, 0, HOLDS), (9, 1, 0, HOLDS), (9, 0.4, 0.6, HOLDS), (9, 0.8, 0, UNDECIDED), (9, 0.2, 0, FAILS)],
)
def test_only_a_wrong_run_that_keeps_silent_counts(error, warned, refused, verdict):
    case = {"quality": {"modes": estimate(error)}, "floor": {"modes": estimate(1)}}
    row = {"0.2": case | {"warned": warned, "refused": refused}}
    refusal = {"1": {"quality": {}, "floor": {"modes": estimate(1)}, "warned": 0, "refused": 1}}
    assert told(Values({"limits": {"row": row | refusal}}, {}), "row") == verdict

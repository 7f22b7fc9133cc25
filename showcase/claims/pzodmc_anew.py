"""What was asked anew of Partial ZOD-MC: other samplers, the one that finds its blocks, and where it fails."""

from collections.abc import Mapping
from itertools import product
from math import inf
from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, all_of, at_most, less

HIDDEN = "hidden30"
NEAR = 1.25  # in floors: as good as exact draws
BAR = 1.5  # in floors: what the part on budgets calls right
WRONG = 3.0  # in floors of the error of the modes' shares: no accident of a finite sample


def ratio(estimate: Mapping[str, float], unit: Mapping[str, float]) -> Mapping[str, float]:
    """An estimate in units of another's value."""
    return {end: estimate[end] / unit["value"] for end in ("value", "low", "high")}


def reaches(values: Any, sampler: str) -> str:
    """Is the sampler as good as exact draws on every target within the largest budget?"""
    most = f"b{values['budgets.budgets'][-1]}"
    verdicts = []
    for target in values.names("budgets.floor"):
        row = f"budgets.quality.{sampler}.{target}.{most}"
        if f"budgets.reached.{sampler}.{target}" in values:
            verdicts.append(HOLDS)
        elif row in values:
            rows = [(values[f"{row}.{s}"], values[f"budgets.floor.{target}.{s}"]) for s in ("sliced_w2", "paper_mmd")]
            # A budget that is just good enough by chance settles nothing.
            near = [at_most(ratio(*pair), BAR) for pair in rows]
            verdicts.append(FAILS if FAILS in near else UNDECIDED)
        else:  # it refused every budget as too small
            verdicts.append(FAILS)
    return all_of(*verdicts)


def sir_cheapest(values: Any) -> str:
    """Does importance resampling need the fewest calls on every target? One step of the ladder is its resolution."""
    steps = [*values["budgets.budgets"], inf]
    verdicts = []
    for target in values.names("budgets.floor"):
        calls = {
            name: values[key] if (key := f"budgets.reached.{name}.{target}") in values else inf
            for name in values.names("budgets.reached")
        }
        behind = steps.index(calls["sir"]) - steps.index(min(calls.values()))
        never = calls["sir"] == inf
        verdicts.append(HOLDS if behind == 0 and not never else FAILS if behind > 1 else UNDECIDED)
    return all_of(*verdicts)


def annealing(values: Any) -> list[str]:
    return [name for name in values.names("dependent.quality") if name != "adaptive"]


def beats_annealing(values: Any) -> str:
    """Fewer draws in wrong modes than every annealing sampler, where the blocks are hidden?"""
    if f"dependent.floor.{HIDDEN}" not in values:
        return UNDECIDED
    mine, *others = (values[f"dependent.quality.{name}.{HIDDEN}.modes"] for name in ("adaptive", *annealing(values)))
    return all_of(*(less(mine, other) for other in others))


def elsewhere(values: Any) -> list[str]:
    return [target for target in values.names("dependent.floor") if target != HIDDEN]


def distance(values: Any, name: str, target: str) -> Mapping[str, float]:
    key = f"{target}.sliced_w2"
    return ratio(values[f"dependent.quality.{name}.{key}"], values[f"dependent.floor.{key}"])


def exact_elsewhere(values: Any) -> str:
    return all_of(*(at_most(distance(values, "adaptive", target), NEAR) for target in elsewhere(values)))


def leads_elsewhere(values: Any) -> str:
    return all_of(*(_leads(values, target) for target in elsewhere(values)))


def _leads(values: Any, target: str) -> str:
    """Is the adaptive sampler ahead? Not where another is as good as exact draws: nothing is left to win there."""
    mine = distance(values, "adaptive", target)
    others = [distance(values, name, target) for name in annealing(values)]
    if any(HOLDS in (at_most(other, NEAR), less(other, mine)) for other in others):
        return FAILS
    return all_of(*(less(mine, other) for other in others))


def cases(values: Any, *rows: str) -> list[Mapping[str, Any]]:
    return [case for row in rows for case in values[f"limits.{row}"].values()]


def right_modes(values: Any, *rows: str) -> str:
    """Are the shares of the modes right in every case that was not refused?"""
    sampled = [case for case in cases(values, *rows) if case["quality"]]
    return all_of(*(at_most(ratio(case["quality"]["modes"], case["floor"]["modes"]), WRONG) for case in sampled))


def told(values: Any, *rows: str) -> str:
    """Did every run that came out wrong say so, by a warning or a refusal?"""
    verdicts = []
    for case in cases(values, *rows):
        wrong = case["quality"] and case["quality"]["modes"]["value"] > WRONG * case["floor"]["modes"]["value"]
        said = case["warned"] + case["refused"]
        verdicts.append(HOLDS if not wrong or said >= 1 else FAILS if said < 0.5 else UNDECIDED)
    return all_of(*verdicts)


def joint_far(values: Any) -> str:
    """Is the adaptive sampler as good as exact draws on the mixture of all coordinates, in every dimension?"""
    rows = product(cases(values, "joint_adaptive"), ("sliced_w2", "paper_mmd"))
    return all_of(*(at_most(ratio(case["quality"][score], case["floor"][score]), NEAR) for case, score in rows))

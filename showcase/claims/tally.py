"""How many observations of a first implementation hold, depend on something that can be named, are open, or fail; and
how many verdicts outlast a change of what they rest on."""

from collections.abc import Callable, Mapping
from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED

DEPENDS = "depends"
# The claim of an observation → the claim that names its condition, where it does not hold as it stands.
Observations = Mapping[str, str | None]
Judges = Mapping[str, Callable[[Any], str]]


def states(values: Any, judges: Judges, observations: Observations) -> list[str]:
    """Of every observation, in order: holds, depends, undecided or fails."""
    found = []
    for name, condition in observations.items():
        verdict = judges[name](values)
        depends = verdict != HOLDS and condition and judges[condition](values) == HOLDS
        found.append(DEPENDS if depends else verdict)
    return found


def most_hold(values: Any, judges: Judges, observations: Observations) -> str:
    """Do more than half hold as they stand? Undecided when the open ones could still make it so."""
    found = states(values, judges, observations)
    half = len(found) / 2
    if found.count(HOLDS) > half:
        return HOLDS
    return UNDECIDED if found.count(HOLDS) + found.count(UNDECIDED) > half else FAILS


def most_kept(values: Any, judges: Judges, before: Mapping[str, str]) -> str:
    """Do more than half of the verdicts reached before still stand? Undecided when the open ones could still make it
    so."""
    now = {name: judges[name](values) for name in before}
    kept = sum(now[name] == verdict for name, verdict in before.items())
    opened = sum(now[name] == UNDECIDED != verdict for name, verdict in before.items())
    half = len(before) / 2
    if kept > half:
        return HOLDS
    return UNDECIDED if kept + opened > half else FAILS

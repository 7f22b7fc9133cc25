"""How many observations of a first implementation hold, depend on something that can be named, are open, or fail; and
how many verdicts outlast a change of what they rest on. `judged` gives a claim's verdict by its name."""

from collections.abc import Callable, Mapping

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED

DEPENDS = "depends"
# The claim of an observation → the claim that names its condition, where it does not hold as it stands.
Observations = Mapping[str, str | None]
Judged = Callable[[str], str]


def states(judged: Judged, observations: Observations) -> list[str]:
    """Of every observation, in order: holds, depends, undecided or fails."""
    found = []
    for name, condition in observations.items():
        verdict = judged(name)
        depends = verdict != HOLDS and condition and judged(condition) == HOLDS
        found.append(DEPENDS if depends else verdict)
    return found


def most_hold(judged: Judged, observations: Observations) -> str:
    """Do more than half hold as they stand? Undecided when the open ones could still make it so."""
    found = states(judged, observations)
    return _most(len(found), found.count(HOLDS), found.count(UNDECIDED))


def most_kept(judged: Judged, before: Mapping[str, str]) -> str:
    """Do more than half of the verdicts reached before still stand? Undecided when the open ones could still make it
    so."""
    now = {name: judged(name) for name in before}
    kept = sum(now[name] == verdict for name, verdict in before.items())
    return _most(len(before), kept, sum(now[name] == UNDECIDED != verdict for name, verdict in before.items()))


def _most(number: int, sure: int, perhaps: int) -> str:
    if sure > number / 2:
        return HOLDS
    return UNDECIDED if sure + perhaps > number / 2 else FAILS

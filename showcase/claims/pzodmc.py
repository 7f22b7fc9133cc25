"""What the claims on Partial ZOD-MC ask of the results of `experiments/pzodmc`: the first write-up's statements."""

from collections.abc import Mapping
from typing import Any

from showcase.claims import pzodmc_anew, pzodmc_laws
from showcase.claims.verdicts import UNDECIDED, all_of, at_least, at_most
from showcase.earlier import earlier

WELLS, JOINT = "double_wells", "joint"
AT = f"d{earlier('pzodmc.time_saved_dimensions')}"
CLAIMED = float(earlier("pzodmc.time_saved_percent")) / 100
SAME = 1.1  # in floors: W2 hardly varies between exact sets, so its bar is tighter
TRACE = 0.1  # of the target's correlations: less is lost, all but that much is kept


def top(values: Any, key: str = f"{WELLS}.floor") -> str:
    """The highest dimension below `key`, by itself that of the study of the wells."""
    return pzodmc_laws.dimensions(values, key)[-1]


def below_top(values: Any) -> list[str]:
    """All dimensions of the joint targets but the highest, or the only one."""
    dims = pzodmc_laws.dimensions(values, f"{JOINT}.floor")
    return dims[:-1] or dims


def in_floors(values: Any, method: str, dim: str, score: str, part: str = WELLS) -> Mapping[str, float]:
    """A score's interval in units of what two exact sets of the same size give."""
    found = (values[f"{part}.{path}.{score}"] for path in (f"quality.{method}.{dim}", f"floor.{dim}"))
    return pzodmc_anew.ratio(*found)


def near(values: Any, method: str, dim: str, *scores: str, part: str = WELLS, bar: float = pzodmc_anew.NEAR) -> str:
    """Are these scores at their floor, where no other sampler could be better?"""
    return all_of(*(at_most(in_floors(values, method, dim, score, part), bar) for score in scores))


def saved(values: Any, at: str, bar: float) -> str:
    """Is the share of time saved at least `bar`? Undecided where the study could not compare."""
    key = f"{WELLS}.time_saved.{at}"
    return at_least(values[key], bar) if key in values else UNDECIDED


def joint_top(values: Any, score: str, method: str = "marginals") -> Any:
    """What `method` gets on the joint target of the highest dimension."""
    return values[f"{JOINT}.quality.{method}.{top(values, f'{JOINT}.floor')}.{score}"]


def w2_of_marginals(values: Any) -> str:
    """Is W2 the same within the bar, whatever the two intervals allow?"""
    blocks, full = joint_top(values, "w2"), joint_top(values, "w2", "full")
    ratio = {"low": blocks["low"] / full["high"], "high": blocks["high"] / full["low"]}
    return all_of(at_most(ratio, SAME), at_least(ratio, 1 / SAME))


def keeps(values: Any, *dims: str) -> str:
    """Gibbs with joint moves: the correlations there, and as good as exact draws."""
    kept = (at_least(values[f"{JOINT}.quality.population.{dim}.dependence"], 1 - TRACE) for dim in dims)
    return all_of(*kept, *(near(values, "population", dim, "sliced_w2", "paper_mmd", part=JOINT) for dim in dims))

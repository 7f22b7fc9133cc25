"""The first write-up's statements on Partial ZOD-MC, asked again of the results of `experiments/pzodmc`."""

from collections.abc import Mapping
from typing import Any

from showcase.claims import UNDECIDED, worded
from showcase.claims.verdicts import all_of, at_least, at_most, less
from showcase.earlier import earlier

WELLS = "double_wells"
AT = f"d{earlier('pzodmc.time_saved_dimensions')}"
CLAIMED = float(earlier("pzodmc.time_saved_percent")) / 100
NEAR = 1.25  # in floors: as good as exact draws
SAME = 1.1  # in floors: W2 hardly varies between exact sets, so its bar is tighter


def highest(values: Any, key: str) -> str:
    """The highest dimension below `key`, as its name, "d30"."""
    return max(values.names(f"{WELLS}.{key}"), key=lambda name: int(name[1:]))


def top(values: Any) -> str:
    """The highest dimension of the study."""
    return highest(values, "floor")


def farthest(values: Any) -> str:
    """The highest dimension in which budgets for equal quality were sought."""
    return highest(values, "equal_quality.pooled")


def in_floors(values: Any, method: str, dim: str, score: str) -> Mapping[str, float]:
    """A score's interval in units of what two exact sets of the same size give."""
    estimate, floor = (values[f"{WELLS}.{path}.{score}"] for path in (f"quality.{method}.{dim}", f"floor.{dim}"))
    return {end: estimate[end] / floor["value"] for end in ("value", "low", "high")}


def saved(values: Any, at: str, bar: float) -> str:
    """Is the share of time saved at least `bar`? Undecided where the study could not compare."""
    key = f"{WELLS}.time_saved.{at}"
    return at_least(values[key], bar) if key in values else UNDECIDED


def partial_exact(values: Any) -> str:
    return all_of(*(at_most(in_floors(values, "partial", top(values), score), NEAR) for score in ("sliced_w2", "w2")))


def partial_better(values: Any) -> str:
    d = top(values)
    return less(values[f"{WELLS}.quality.partial.{d}.sliced_w2"], values[f"{WELLS}.quality.full.{d}.sliced_w2"])


def mmd_low(values: Any) -> str:
    return at_most(in_floors(values, "partial", top(values), "paper_mmd"), NEAR)


def w2_grows(values: Any) -> str:
    return less(values[f"{WELLS}.quality.partial.{AT}.w2"], values[f"{WELLS}.quality.partial.{top(values)}.w2"])


def w2_is_floor(values: Any) -> str:
    return at_most(in_floors(values, "partial", top(values), "w2"), SAME)


def w2_misleads(values: Any) -> str:
    """At the first write-up's batch: is the collapsed sample's W2 below that of exact draws, its MMD far above?"""
    d = f"{WELLS}.owner.{highest(values, 'owner')}"
    return all_of(
        less(values[f"{d}.full_origin.w2"], values[f"{d}.floor.w2"]),
        less(values[f"{d}.floor.paper_mmd"], values[f"{d}.full_origin.paper_mmd"]),
    )


def exponential(values: Any) -> str:
    """Does log acceptance fall along a line, with the slope that the integral gives?"""
    fit = values["block_picture.fit"]
    return all_of(at_least(fit["r2"], 0.99), at_most(abs(fit["rate"] / fit["rate_exact"] - 1), 0.05))


JUDGES = {
    "partial_exact": partial_exact,
    "partial_better": partial_better,
    "time_at_equal_queries": lambda values: saved(values, f"equal_queries.{AT}", CLAIMED),
    "time_at_equal_quality": lambda values: saved(values, f"equal_quality.{AT}", CLAIMED),
    "time_repaired": lambda values: saved(values, f"equal_quality_repaired.{AT}", 0),
    "time_far": lambda values: saved(values, f"equal_quality_pooled.{farthest(values)}", 0),
    "time_to_the_top": lambda values: saved(values, f"equal_queries.{top(values)}", 0),
    "mmd_stays_low": mmd_low,
    "w2_grows": w2_grows,
    "w2_is_floor": w2_is_floor,
    "w2_misleads": w2_misleads,
    "exponential": exponential,
}

CLAIMS = worded("pzodmc", JUDGES)

"""The first write-up's statements on Partial ZOD-MC, asked again of the results of `experiments/pzodmc`."""

from collections.abc import Mapping
from typing import Any

from showcase.claims import UNDECIDED, pzodmc_anew, pzodmc_laws, worded
from showcase.claims.pzodmc_anew import NEAR, ratio
from showcase.claims.pzodmc_laws import dimensions
from showcase.claims.tally import most_hold
from showcase.claims.verdicts import all_of, at_least, at_most, less
from showcase.earlier import earlier

WELLS, JOINT = "double_wells", "joint"
AT = f"d{earlier('pzodmc.time_saved_dimensions')}"
CLAIMED = float(earlier("pzodmc.time_saved_percent")) / 100
SAME = 1.1  # in floors: W2 hardly varies between exact sets, so its bar is tighter
TRACE = 0.1  # of the target's correlations: less is lost, all but that much is kept


def highest(values: Any, key: str) -> str:
    """The highest dimension below `key` in the study of the wells."""
    return dimensions(values, f"{WELLS}.{key}")[-1]


def top(values: Any) -> str:
    """The highest dimension of the study."""
    return highest(values, "floor")


def farthest(values: Any) -> str:
    """The highest dimension in which budgets for equal quality were sought."""
    return highest(values, "equal_quality.pooled")


def in_floors(values: Any, method: str, dim: str, score: str, part: str = WELLS) -> Mapping[str, float]:
    """A score's interval in units of what two exact sets of the same size give."""
    return ratio(*(values[f"{part}.{path}.{score}"] for path in (f"quality.{method}.{dim}", f"floor.{dim}")))


def saved(values: Any, at: str, bar: float) -> str:
    """Is the share of time saved at least `bar`? Undecided where the study could not compare."""
    key = f"{WELLS}.time_saved.{at}"
    return at_least(values[key], bar) if key in values else UNDECIDED


def partial_exact(values: Any) -> str:
    return all_of(*(at_most(in_floors(values, "partial", top(values), score), NEAR) for score in ("sliced_w2", "w2")))


def partial_better(values: Any) -> str:
    d = top(values)
    return less(values[f"{WELLS}.quality.partial.{d}.sliced_w2"], values[f"{WELLS}.quality.full.{d}.sliced_w2"])


def quality_comparable(values: Any) -> str:
    """At the headline's dimension: are MMD and W2 at their floor, where no other sampler could be better?"""
    bars = {"paper_mmd": NEAR, "w2": SAME}
    return all_of(*(at_most(in_floors(values, "partial", AT, score), bar) for score, bar in bars.items()))


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


def joint_top(values: Any, key: str, method: str = "marginals") -> Any:
    """What `method` gets on the joint target of the highest dimension."""
    return values[f"{JOINT}.quality.{method}.{dimensions(values, f'{JOINT}.floor')[-1]}.{key}"]


def time_of_marginals(values: Any) -> str:
    """Does the first implementation, which drew from marginals, save time in the highest dimension?"""
    return at_least(values[f"{JOINT}.time_saved.{dimensions(values, f'{JOINT}.time_saved')[-1]}"], 0)


def mmd_of_marginals(values: Any) -> str:
    return less(joint_top(values, "paper_mmd"), joint_top(values, "paper_mmd", "full"))


def w2_of_marginals(values: Any) -> str:
    """Is W2 the same within the bar, whatever the two intervals allow?"""
    blocks, full = joint_top(values, "w2"), joint_top(values, "w2", "full")
    ratio = {"low": blocks["low"] / full["high"], "high": blocks["high"] / full["low"]}
    return all_of(at_most(ratio, SAME), at_least(ratio, 1 / SAME))


def dependence_lost(values: Any) -> str:
    kept = joint_top(values, "dependence")
    return all_of(at_most(kept, TRACE), at_least(kept, -TRACE))


def keeps(values: Any, dim: str) -> str:
    """Gibbs with joint moves: the correlations there, and as good as exact draws."""
    return all_of(
        at_least(values[f"{JOINT}.quality.population.{dim}.dependence"], 1 - TRACE),
        *(at_most(in_floors(values, "population", dim, score, JOINT), NEAR) for score in ("sliced_w2", "paper_mmd")),
    )


def below_top(values: Any) -> list[str]:
    """All dimensions of the joint targets but the highest, or the only one."""
    dims = dimensions(values, f"{JOINT}.floor")
    return dims[:-1] or dims


def gibbs_alone(values: Any) -> str:
    return at_most(in_floors(values, "gibbs", below_top(values)[-1], "sliced_w2", JOINT), NEAR)


def exponential(values: Any) -> str:
    """Does log acceptance fall along a line, with the slope that the integral gives?"""
    fit = values["block_picture.fit"]
    return all_of(at_least(fit["r2"], 0.99), at_most(abs(fit["rate"] / fit["rate_exact"] - 1), 0.05))


JUDGES = {
    "partial_exact": partial_exact,
    "partial_better": partial_better,
    "quality_comparable": quality_comparable,
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
    "time_of_marginals": time_of_marginals,
    "mmd_of_marginals": mmd_of_marginals,
    "w2_of_marginals": w2_of_marginals,
    "dependence_lost": dependence_lost,
    "dependence_kept": lambda values: all_of(*(keeps(values, dim) for dim in below_top(values))),
    "dependence_kept_at_top": lambda values: keeps(values, dimensions(values, f"{JOINT}.floor")[-1]),
    "gibbs_alone": gibbs_alone,
    **pzodmc_laws.JUDGES,
    **pzodmc_anew.JUDGES,
}

# What the first write-up said; where it does not simply hold, the claim that names a condition under which it does.
OBSERVATIONS = {
    "scaling_score": None,
    "time_at_equal_queries": "time_at_equal_quality",
    "quality_comparable": None,
    "time_to_the_top": "time_far",
    "mmd_stays_low": None,
    "w2_grows": None,
    "time_of_marginals": None,
    "mmd_of_marginals": None,
    "w2_of_marginals": None,
    "dependence_lost": None,
    "memory_grows": None,
    "importance_exponential": None,
    "importance_biased": None,
}
JUDGES["observations"] = lambda values: most_hold(values, JUDGES, OBSERVATIONS)
JUDGES["blocks_pay"] = lambda values: all_of(partial_exact(values), saved(values, f"equal_quality.{AT}", CLAIMED))

CLAIMS = worded("pzodmc", JUDGES)

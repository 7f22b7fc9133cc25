"""How the methods of long video compare: their shares of plausible seams, video by video, and their change at seams."""

from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, all_of, bounds, less, less_paired

MANY, FEW = "overview.comparison", "long_videos"  # parts that compare the methods, the one with more videos first
GUIDED = ("history_guidance", "reconstruction_guidance")  # the first implementation's methods beside injection
COUPLED = (
    "history_guidance",
    "reconstruction_guidance",
    "stabilised_guidance",
    "hidden_injection",
    "key_value_injection",
    "per_frame_noise",
    "per_frame_guidance",
    "hybrid",
)  # every method beside injection that ties a clip to the last one
TAUGHT = ("history_guidance", "per_frame_noise", "per_frame_guidance")  # the network learned to read such a past
ADDED = tuple(name for name in ("feature_injection", *COUPLED) if name not in TAUGHT)  # to a network that did not


def compared(values: Any) -> str:
    """The part that compares the methods of this model on the most videos."""
    return MANY if f"{MANY}.methods" in values else FEW


def score_of(values: Any, method: str, score: str) -> Any:
    return values[f"{compared(values)}.methods.{method}.{score}"]


def below(values: Any, score: str, lower: str, higher: str) -> str:
    """Has the method `lower` the lower score? All methods continue the same starts, so videos are compared in pairs."""
    return less_paired(*(score_of(values, name, f"by_video.{score}") for name in (lower, higher)))


def seams(values: Any, worse: str, better: str) -> str:
    """Has `better` more plausible seams than `worse`?"""
    return below(values, "seam_validity", worse, better)


def closest_to_one(values: Any, method: str, others: tuple[str, ...]) -> str:
    """Is the method's seam ratio nearer to 1, in logarithms, than each of the others'?"""
    return all_of(*(less(distance_from_one(values, method), distance_from_one(values, other)) for other in others))


def distance_from_one(values: Any, method: str) -> dict[str, float]:
    """|log ratio| with its interval."""
    low, high = bounds(score_of(values, method, "seam_log_ratio"))
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return {"low": nearest, "high": max(abs(low), abs(high))}


def best_of_three(values: Any, injection: str) -> str:
    """Has this kind of injection better seams than history guidance and reconstruction guidance?"""
    return all_of(*(seams(values, other, injection) for other in GUIDED))


def best_among(values: Any, methods: tuple[str, ...]) -> str:
    """The one of these methods with the highest share of plausible seams."""
    return max(methods, key=lambda name: score_of(values, name, "seam_validity")["value"])


def taught_ahead(values: Any) -> str:
    """Has the best way that the network was trained for better seams than the best that is added afterwards?"""
    return seams(values, best_among(values, ADDED), best_among(values, TAUGHT))


def ranking_kept(values: Any) -> str:
    """Do all pairs of methods whose shares of plausible seams were apart on the lattice keep their order? One pair that
    is apart the other way round refutes it."""
    before = {name: row["seam_validity"] for name, row in values["overview.lattice.methods"].items() if name != "truth"}
    now = {name: score_of(values, name, "seam_validity") for name in before}
    apart = [(low, high) for low in before for high in before if less(before[low], before[high]) == HOLDS]
    found = [less(now[low], now[high]) for low, high in apart]
    return FAILS if FAILS in found else HOLDS if set(found) == {HOLDS} else UNDECIDED

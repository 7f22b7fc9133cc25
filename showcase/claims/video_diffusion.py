"""What the claims on long video ask of the results of `experiments/video_diffusion`: how the methods compare, video by
video, and in other ways that one comparison does not tell."""

from collections.abc import Callable, Mapping
from typing import Any

from showcase.claims.tally import most_kept
from showcase.claims.verdicts import (
    FAILS,
    HOLDS,
    UNDECIDED,
    all_of,
    at_least,
    at_most,
    bounds,
    less,
    less_paired,
    smaller,
)
from showcase.earlier import earlier_of

LATTICE = earlier_of("video_diffusion")["lattice"]  # verdicts reached there
MANY, FEW = "overview.comparison", "long_videos"  # parts that compare the methods, the one with more videos first
GUIDED = ("history_guidance", "reconstruction_guidance")  # the first implementation's methods beside injection
# Every method beside injection that ties a clip to the last one; the network learned to read what the first ones need.
TAUGHT = ("history_guidance", "per_frame_noise", "per_frame_guidance")
OTHERS = ("reconstruction_guidance", "stabilised_guidance", "hidden_injection", "key_value_injection", "hybrid")
COUPLED = (*TAUGHT, *OTHERS)
ADDED = ("feature_injection", *OTHERS)  # to a network that did not learn to read it


def compared(values: Any) -> str:
    """The part that compares the methods of this model on the most videos."""
    return MANY if f"{MANY}.methods" in values else FEW


def score(values: Any, method: str, of: str) -> Any:
    return values[f"{compared(values)}.methods.{method}.{of}"]


def below(values: Any, of: str, lower: str, higher: str) -> str:
    """Has the method `lower` the lower score? All methods continue the same starts, so videos are compared in pairs."""
    return less_paired(*(score(values, name, f"by_video.{of}") for name in (lower, higher)))


def seams(values: Any, better: str, *others: str) -> str:
    """Has `better` more plausible seams than each of the others?"""
    return all_of(*(below(values, "seam_validity", other, better) for other in others))


def smoothest(values: Any, method: str, *others: str) -> str:
    """Is the method's seam ratio nearer to 1, in logarithms, than each of the others'?"""
    return all_of(*(less(distance_from_one(values, method), distance_from_one(values, other)) for other in others))


def distance_from_one(values: Any, method: str) -> dict[str, float]:
    """|log ratio| with its interval."""
    low, high = bounds(score(values, method, "seam_log_ratio"))
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return {"low": nearest, "high": max(abs(low), abs(high))}


def best(values: Any) -> str:
    """The method with the most plausible seams."""
    return values[f"{compared(values)}.best.seam_validity"]


def best_among(values: Any, methods: tuple[str, ...]) -> str:
    return max(methods, key=lambda name: score(values, name, "seam_validity")["value"])


def of_real(values: Any, method: str, of: str) -> dict[str, float]:
    """A method's score in units of real video's."""
    low, high = (bound / score(values, "truth", of)["value"] for bound in bounds(score(values, method, of)))
    return {"low": low, "high": high}


def ranking_kept(values: Any) -> str:
    """Do all pairs of methods whose shares of plausible seams were apart on the lattice keep their order? One pair that
    is apart the other way round refutes it."""
    before = {name: row["seam_validity"] for name, row in values["overview.lattice.methods"].items() if name != "truth"}
    now = {name: score(values, name, "seam_validity") for name in before}
    apart = [(low, high) for low in before for high in before if less(before[low], before[high]) == HOLDS]
    found = [less(now[low], now[high]) for low, high in apart]
    return FAILS if FAILS in found else HOLDS if set(found) == {HOLDS} else UNDECIDED


def worlds_agree(values: Any, judged: Callable[[str], str], asked: Mapping[str, str]) -> str:
    """Have more than half of the claims that both worlds decide the same verdict in both? `asked` has their records."""
    here = {name: judged(name) for name, record in asked.items() if record in values}
    return most_kept(lambda name: judged(f"doom_{name}"), here) if here else UNDECIDED


def stops_early(values: Any) -> str:
    """Is the best injection one that ends before the last step?"""
    rows = values["injection_length.shares"]
    last, best = rows[-1], max(reversed(rows), key=lambda row: row["seam_validity"]["value"])
    if best is last:
        ahead = all(less(row["seam_validity"], last["seam_validity"]) == HOLDS for row in rows[:-1])
        return FAILS if ahead else UNDECIDED
    return less(last["seam_validity"], best["seam_validity"])


def cheapest(values: Any, method: str, rivals: tuple[str, ...]) -> str:
    """Is none of the rivals noticeably cheaper?"""
    price, *others = (values[f"cost.methods.{name}.relative_time"] for name in (method, *rivals))
    return FAILS if any(smaller(other, price) == HOLDS for other in others) else HOLDS


def no_drift(values: Any, most: float) -> str:
    """Do the last frames of the longest videos lie at most so many times as far from real ones as the first, with every
    method?"""
    followed = f"{MANY}.drift" if f"{MANY}.drift.methods" in values else "drift"
    return all_of(*(at_most(row["strangeness_growth"], most) for row in values[f"{followed}.methods"].values()))


def fewest_steps(values: Any) -> str:
    """The row of the fewest steps that were found to be within noise of the most, with fresh noise."""
    rows, fewest = values["continuing_steps.fresh"], values["continuing_steps.fewest.fresh"]
    return f"continuing_steps.fresh.{[row['steps'] for row in rows].index(fewest)}"


def part_pays(values: Any, variant: str, *kinds: str) -> str:
    """Has the denoiser, whatever its seed, smaller errors of these kinds than the variant that lacks a part?"""
    usual, lacking = values["overview.ablation.one_more"], values[f"overview.ablation.rows.{variant}"]
    return all_of(*(less(usual[kind], lacking[kind]) for kind in kinds))


def conditions_harmless(values: Any) -> str:
    """Told nothing, is the denoiser no worse than one that cannot be told?"""
    usual, untold = values["overview.ablation.one_more"], values["overview.ablation.rows.no_conditions"]
    return all_of(*(at_least(untold[kind], usual[kind]["low"]) for kind in ("layout", "detail", "continuation")))

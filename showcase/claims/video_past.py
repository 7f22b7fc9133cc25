"""How the past enters a clip, asked of the results: how clean, down to which noise level, at what memory; and the tally
of what the first implementation suggested."""

from collections.abc import Callable, Mapping
from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, all_of, at_least, bounds, less, smaller

NEAR_REAL = 0.9  # of real video's plausible seams
LENGTH = "injection_length"

# What the first implementation suggested, and the claim that says on what it depends where it does not simply hold.
OBSERVATIONS = {
    "injection_continues": None,
    "injection_best": "hidden_best",
    "injection_smoothest": "hidden_smoothest",
    "compression_costs": None,
    "history_worse": None,
    "history_costs": None,
    "history_memory_training": None,
    "history_memory_sampling": None,
    "guidance_unsteady": None,
    "score_unsteady": None,
    "guidance_scatters": None,
    "guidance_jumps": None,
    "injection_stops_early": None,
    "hybrid_beats_both": None,
}


def noticeably_more(more: float, than: float) -> str:
    return HOLDS if smaller(than, more) == HOLDS else FAILS


def memory_in_training(values: Any) -> str:
    """Does training the denoiser with a history encoder, as first implemented, take more than the denoiser alone?"""
    return noticeably_more(*(values[f"cost.training.{way}.peak_mib"] for way in ("joint", "alone")))


def memory_in_sampling(values: Any) -> str:
    names = ("history_guidance", "feature_injection")
    return noticeably_more(*(values[f"cost.methods.{name}.peak_mib"] for name in names))


def cleaner_better(values: Any) -> str:
    """Are seams better where the known frames are held nearly clean than where they are as noisy as the clip?"""
    return less(0, values[f"{LENGTH}.held_gain"])


def matched_better(values: Any) -> str:
    """Are seams better when injection ends at the first implementation's noise level, not at its count of steps?"""
    return less(0, values[f"{LENGTH}.matched.gain"])


def matched_behind(values: Any, history: Mapping[str, float]) -> str:
    """Is injection to the matched noise level still behind history guidance?"""
    return less(values[f"{LENGTH}.matched.seam_validity"], history)


def near_real(values: Any, score_of: Callable) -> str:
    """Are seams behind nearly clean frames about as often plausible as real video's, and does cleanness matter?"""
    truth = score_of(values, "truth", "seam_validity")["value"]
    low, high = (bound / truth for bound in bounds(score_of(values, "per_frame_noise", "seam_validity")))
    return all_of(at_least({"low": low, "high": high}, NEAR_REAL), cleaner_better(values))

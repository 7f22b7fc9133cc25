"""The owner's statements on long video, asked of the results of `experiments/video_diffusion`."""

from typing import Any

from showcase.claims import FAILS, HOLDS, UNDECIDED, video_past, video_worlds, worded
from showcase.claims.tally import most_hold, most_kept
from showcase.claims.verdicts import all_of, at_least, at_most, bounds, less, smaller
from showcase.claims.video_methods import (
    COUPLED,
    GUIDED,
    MANY,
    below,
    best_of_three,
    closest_to_one,
    compared,
    distance_from_one,
    ranking_kept,
    score_of,
    seams,
    taught_ahead,
)
from showcase.earlier import earlier_of

LONG = f"{MANY}.drift"  # what tells of the longest videos, if it is there
GOOD_CLIPS = 0.85  # of real video's valid transitions
STEADY, UNSTEADY = 0.95, 0.5  # shares of the noises whose residual falls at every step
APART = 1.5  # largest over smallest final residual
CLOSE = 0.1  # |log| of the change at seams over that elsewhere, for a seam that does not show
POSSIBLE = 0.6  # of real video's plausible transitions, at seams
LASTING = 1.5  # how far the last frames lie from real ones, over how far the first ones do
BEHIND = 0.1  # of plausible seams, that fewer steps may cost at most
KNOWN_BESIDE = 1.0  # dB that an autoencoder may lose on views that it knows
STAYS, ABOVE_COPY, HARM = 6.0, 1.0, 0.5  # dB
STAYING = 0.75  # of real video's agreement beyond chance
RETURNS = 0.8  # of the frames of known places
OBEYED = {"step": 0.04, "turn": 4.0}  # blocks, degrees


def history_costs(values: Any) -> str:
    """Extra parameters, and longer or bigger sampling than injection?"""
    history, injection = (values[f"cost.methods.{name}"] for name in ("history_guidance", "feature_injection"))
    dearer = smaller(injection["relative_time"], history["relative_time"])
    return all_of(at_least(history["extra_parameters"], 1), dearer)


def part_pays(values: Any, variant: str, *kinds: str) -> str:
    """Has the denoiser, whatever its seed, smaller errors of these kinds than the variant that lacks a part?"""
    usual, lacking = values["overview.ablation.one_more"], values[f"overview.ablation.rows.{variant}"]
    return all_of(*(less(usual[kind], lacking[kind]) for kind in kinds))


def conditions_harmless(values: Any) -> str:
    """Told nothing, is the denoiser no worse than one that cannot be told?"""
    usual, untold = values["overview.ablation.one_more"], values["overview.ablation.rows.no_conditions"]
    return all_of(*(at_least(untold[kind], usual[kind]["low"]) for kind in ("layout", "detail", "continuation")))


def training_pays(values: Any) -> str:
    """Do more places return after the longest training than after the shortest, walk by walk?"""
    return less(0, values["overview.milestones.gains.return"])


def errs_near_noise(values: Any) -> str:
    """Without guidance, are transitions of clips from the lowest level nearer to real ones than of those from noise?"""
    rows = values["overview.decisions.rows.unguided"]
    return less(rows[0]["clip_frechet"], rows[-1]["clip_frechet"])


def unsteady(values: Any) -> str:
    """Does the residual of plain guidance rise again for most noises?"""
    share = values["guidance_curves.plain.steady_noises"]
    return FAILS if share >= STEADY else at_most(share, UNSTEADY) if share <= UNSTEADY else UNDECIDED


def stops_early(values: Any) -> str:
    """Is the best injection one that ends before the last step?"""
    rows = values["injection_length.shares"]
    last, best = rows[-1], max(reversed(rows), key=lambda row: row["seam_validity"]["value"])
    if best is last:
        ahead = all(less(row["seam_validity"], last["seam_validity"]) == HOLDS for row in rows[:-1])
        return FAILS if ahead else UNDECIDED
    return less(last["seam_validity"], best["seam_validity"])


def seams_pass(values: Any) -> str:
    """Does the method with the most plausible transitions at its seams reach both bars there?"""
    best = values[f"{compared(values)}.best.seam_validity"]
    truth = score_of(values, "truth", "seam_validity")["value"]
    low, high = (bound / truth for bound in bounds(score_of(values, best, "seam_validity")))
    return all_of(at_most(distance_from_one(values, best), CLOSE), at_least({"low": low, "high": high}, POSSIBLE))


def injection_cheapest(values: Any) -> str:
    """Is no other coupling noticeably cheaper than injection, in time or in parameters?"""
    price = values["cost.methods.feature_injection.relative_time"]
    rivals = [values[f"cost.methods.{name}.relative_time"] for name in COUPLED]
    return FAILS if any(smaller(rival, price) == HOLDS for rival in rivals) else HOLDS


def no_drift(values: Any) -> str:
    """Do the last frames of a long video look as real as the first ones, with every method?"""
    followed = LONG if f"{LONG}.methods" in values else "drift"
    rows = values[f"{followed}.methods"].values()
    return all_of(*(at_most(row["strangeness_growth"], LASTING) for row in rows))


def known_beside(values: Any, networks: str) -> str:
    """Do these networks know views beside the lattice as well as those on it?"""
    return all_of(at_most(values[f"{networks}.lost"], KNOWN_BESIDE), at_most(values[f"{networks}.denoiser_error.0"], 1))


def enough(values: Any) -> str:
    """The row of the fewest steps that were found to be within noise of the most, with fresh noise."""
    rows, fewest = values["continuing_steps.fresh"], values["continuing_steps.fewest.fresh"]
    return f"continuing_steps.fresh.{[row['steps'] for row in rows].index(fewest)}"


JUDGES = {
    "clips_real": lambda values: at_least(values["clips.validity_share"], GOOD_CLIPS),
    "preconditioning_pays": lambda values: part_pays(values, "no_preconditioning", "layout", "detail"),
    "balance_pays": lambda values: part_pays(values, "unbalanced", "layout", "detail", "continuation"),
    "continuing_pays": lambda values: part_pays(values, "no_continuing", "continuation"),
    "conditions_harmless": conditions_harmless,
    "training_pays": training_pays,
    "errs_near_noise": errs_near_noise,
    "guide_errs_further": lambda values: all_of(
        at_most(values["clips.guide_change"], 0),
        less(values["clips.unguided.change"], values["clips.reference_change"]),
    ),
    "autoguidance_pays": lambda values: all_of(
        *(at_most(values[f"clips.guidance.{kind}"], 1) for kind in ("frame_frechet", "clip_frechet"))
    ),
    "neighbours_pay": lambda values: at_least(values["overview.decisions.decoders.saved"], 0),
    "history_worse": lambda values: seams(values, "history_guidance", "feature_injection"),
    "compression_costs": lambda values: seams(values, "history_guidance", "per_frame_guidance"),
    "history_costs": history_costs,
    "guidance_unsteady": unsteady,
    "score_unsteady": lambda values: less(
        values["guidance_curves.plain.score_rises"], values["guidance_curves.unguided.score_rises"]
    ),
    "guidance_scatters": lambda values: at_least(values["guidance_curves.plain.final_spread"], APART),
    "guidance_stabilised": lambda values: at_least(values["guidance_curves.stabilised.steady_noises"], STEADY),
    "guidance_jumps": lambda values: closest_to_one(values, "feature_injection", ("reconstruction_guidance",)),
    "injection_continues": lambda values: seams(values, "independent", "feature_injection"),
    "injection_best": lambda values: best_of_three(values, "feature_injection"),
    "hidden_best": lambda values: best_of_three(values, "hidden_injection"),
    "injection_smoothest": lambda values: closest_to_one(values, "feature_injection", GUIDED),
    "hidden_smoothest": lambda values: closest_to_one(values, "hidden_injection", GUIDED),
    "injection_matched": video_past.matched_better,
    "matched_behind": lambda values: video_past.matched_behind(
        values, score_of(values, "history_guidance", "seam_validity")
    ),
    "cleaner_better": video_past.cleaner_better,
    "history_memory_training": video_past.memory_in_training,
    "history_memory_sampling": video_past.memory_in_sampling,
    "headline": lambda values: video_past.near_real(values, score_of),
    "injection_best_of_all": lambda values: all_of(*(seams(values, other, "feature_injection") for other in COUPLED)),
    "injection_cheapest": injection_cheapest,
    "injection_nearer": lambda values: less(
        *(score_of(values, name, "clip_frechet") for name in ("feature_injection", "independent"))
    ),
    "injection_stops_early": stops_early,
    "stabilised_seams": lambda values: seams(values, "reconstruction_guidance", "stabilised_guidance"),
    "per_frame_continues": lambda values: seams(values, "feature_injection", "per_frame_noise"),
    "hybrid_beats_both": lambda values: all_of(
        *(seams(values, other, "hybrid") for other in ("feature_injection", "reconstruction_guidance"))
    ),
    "seams_pass": seams_pass,
    "no_drift": no_drift,
    "beside_lattice": lambda values: known_beside(values, "off_lattice.lattice.shown"),
    "between_views": lambda values: known_beside(values, "off_lattice.shown"),
    "ranking_kept": ranking_kept,
    "taught_ahead": taught_ahead,
    "few_steps": lambda values: at_least(values[f"{enough(values)}.gain"], -BEHIND),
    "memory_stays": lambda values: all_of(
        at_least(values["memories.gains.seen.reprojection.motion"], STAYS),
        at_least(values["memories.gains.seen.reprojection.copy"], ABOVE_COPY),
    ),
    "memory_harmless": lambda values: at_least(values["memories.gains.new.reprojection.motion"], -HARM),
    "memory_returns": lambda values: at_least(values["memories.memories.reprojection.return"], RETURNS),
    "memory_obeys": lambda values: all_of(
        *(at_most(values[f"memories.memories.reprojection.obedience_{part}"], most) for part, most in OBEYED.items())
    ),
    "free_walks_stay": lambda values: at_least(values["free_walks.share_of_real.remembering"], STAYING),
    "tokens_behind": lambda values: less(values["memories.tokens.behind"], 0),
    "few_steps_remember": lambda values: at_least(values["memories.few_steps"], -HARM),
    "flow_order": lambda values: below(values, "flow_std", "reconstruction_guidance", "feature_injection"),
}

OBSERVATIONS = video_past.OBSERVATIONS
JUDGES["observations"] = lambda values: most_hold(values, JUDGES, OBSERVATIONS)
ON_THE_LATTICE = earlier_of("video_diffusion")["lattice"]
JUDGES["conclusions_kept"] = lambda values: most_kept(values, JUDGES, ON_THE_LATTICE)
JUDGES |= video_worlds.judges_of_both(JUDGES)

CLAIMS = worded("video_diffusion", JUDGES)
CLAIMS += video_worlds.asked_there(CLAIMS)

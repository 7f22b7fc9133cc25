"""The same questions asked of a second world, whose records stand where those of the first do; what holds in both."""

from collections.abc import Callable, Mapping
from typing import Any

from showcase.claims import FAILS, HOLDS, UNDECIDED, Claim
from showcase.claims.tally import most_kept
from showcase.claims.verdicts import all_of, at_least, bounds

Judge = Callable[[Any], str]
WORLD = "two_worlds.doom"
MOVED = {"overview.comparison": f"{WORLD}.comparison", "memories": f"{WORLD}.memories"}
# What the comparison of the methods and the study of memories decide, in the order of the pages.
OF_MEMORY = ("memory_stays", "memory_harmless", "memory_returns", "memory_obeys")
ASKED = (
    "injection_continues",
    "injection_best",
    "injection_smoothest",
    "hidden_best",
    "hidden_smoothest",
    "per_frame_continues",
    "compression_costs",
    "history_worse",
    "guidance_jumps",
    "stabilised_seams",
    "hybrid_beats_both",
    "taught_ahead",
    "injection_nearer",
    "seams_pass",
    "no_drift",
    *OF_MEMORY,
)
SEAMS, INSIDE = 0.8, 0.85  # of real video's plausible transitions, the best method's in the second world
# The table of both worlds has the verdict alone; who asks for one of these claims has its question beside it.
ANSWERS = {
    "en": {
        HOLDS: "In Doom this is confirmed.",
        FAILS: "In Doom this is not confirmed.",
        UNDECIDED: "In Doom this is open.",
    },
    "zh": {HOLDS: "在 Doom 中成立。", FAILS: "在 Doom 中不成立。", UNDECIDED: "在 Doom 中未定。"},
}
ASKING = {"en": "In Doom: {}", "zh": "在 Doom 中：{}"}


class Elsewhere:
    """Values as a judge sees them who is asked of the second world."""

    def __init__(self, values: Any):
        self.values = values

    def __getitem__(self, key: str) -> Any:
        return self.values[_there(key)]

    def __contains__(self, key: str) -> bool:
        return _there(key) in self.values


def _there(key: str) -> str:
    moved = next((here for here in MOVED if f"{key}.".startswith(f"{here}.")), None)
    return MOVED[moved] + key.removeprefix(moved) if moved else key


def measured(values: Any, name: str) -> bool:
    """Is there a record of the second world that decides the claim?"""
    return f"{WORLD}.memories.memories" in values if name in OF_MEMORY else f"{WORLD}.comparison.methods" in values


def there(judges: Mapping[str, Judge], name: str) -> Judge:
    """The judge of a claim in the second world; undecided where nothing was measured."""
    return lambda values: judges[name](Elsewhere(values)) if measured(values, name) else UNDECIDED


def in_both(judges: Mapping[str, Judge], name: str) -> Judge:
    """What both worlds answer; undecided where they do not answer alike, for then it depends on the world."""

    def judge(values: Any) -> str:
        here, elsewhere = judges[name](values), there(judges, name)(values)
        return here if here == elsewhere else UNDECIDED

    return judge


def worlds_agree(values: Any, judges: Mapping[str, Judge]) -> str:
    """Have more than half of the claims that both worlds decide the same verdict in both?"""
    here = {name: judges[name](values) for name in ASKED if measured(values, name)}
    return most_kept(Elsewhere(values), judges, here) if here else UNDECIDED


def order_kept(values: Any) -> str:
    """Do all pairs of methods that are apart in both worlds have the same order? Undecided where there are none."""
    if not values["two_worlds.order"] or not values["two_worlds.order.apart"]:
        return UNDECIDED
    return FAILS if values["two_worlds.order.turned"] else HOLDS


def plausible_there(values: Any) -> str:
    """Are the best method's seams, and its steps inside clips, nearly as often plausible as real video's there?"""
    if not measured(values, "seams_pass"):
        return UNDECIDED
    rows, best = f"{WORLD}.comparison.methods", values[f"{WORLD}.comparison.best.seam_validity"]
    found = []
    for score, least in (("seam_validity", SEAMS), ("inner_validity", INSIDE)):
        truth = values[f"{rows}.truth.{score}"]["value"]
        low, high = (bound / truth for bound in bounds(values[f"{rows}.{best}.{score}"]))
        found.append(at_least({"low": low, "high": high}, least))
    return all_of(*found)


def judges_of_both(judges: Mapping[str, Judge]) -> dict[str, Judge]:
    """By claim; `judges` are those of the first world."""
    return {
        "worlds_agree": lambda values: worlds_agree(values, judges),
        "worlds_order": order_kept,
        "taught_both": in_both(judges, "taught_ahead"),
        "memory_both": in_both(judges, "memory_stays"),
        "doom_plausible": plausible_there,
    }


def asked_there(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """A claim `doom_NAME` for every one that is asked again."""
    known = {claim.name: claim for claim in claims}
    judges = {name: claim.judge for name, claim in known.items()}
    return tuple(
        Claim(
            f"doom_{name}",
            {lang: ASKING[lang].format(question) for lang, question in known[name].question.items()},
            there(judges, name),
            ANSWERS,
        )
        for name in ASKED
    )

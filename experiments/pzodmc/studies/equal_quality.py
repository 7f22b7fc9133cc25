"""How much less time and how many fewer calls blocks need for draws as good: ladders of budgets, climbed."""

from typing import TYPE_CHECKING

from experiments.pzodmc.partial import PartialZODMC
from experiments.pzodmc.pooled import PooledZODMC
from experiments.pzodmc.studies import ladder
from experiments.pzodmc.studies.exact_sets import floor_of, truth
from experiments.pzodmc.targets import Target, double_wells
from experiments.pzodmc.zodmc import ZODMC

if TYPE_CHECKING:
    from experiments.pzodmc.studies.double_wells import Config


def families(target: Target, config: "Config") -> dict[str, list[list[dict]]]:
    """Ladders of settings by family, each from cheap to dear.

    "paper": the paper's algorithm, as the first write-up ran it, empty estimates and all. "repaired": early stop, and
    empty estimates repaired by i-SIR. "pooled": pool, bridges and i-SIR.
    """
    base = {"scale": target.scale}
    return {
        "paper": [[base | {"proposals": p, "enough": None, "empty": "origin"} for p in config.rungs]],
        "repaired": [
            [base | {"proposals": p, "enough": e} for p in config.rungs[::3] if p >= e] for e in config.enough
        ],
        "pooled": [[base | {"pool": pool, "candidates": 8, "steps": 2} for pool in config.pools]],
    }


def equal_quality(config: "Config", d: int, values: dict) -> None:
    """Climb each sampler's ladders of budgets; compare the cheapest budgets that are good enough."""
    target, key = double_wells(d), f"d{d}"
    sets = [truth(target, config.n, seed)[0] for seed in config.seeds]
    expected = floor_of(d, config.n, config.floor_pairs)
    floor = {score: expected[score]["value"] for score in ladder.JUDGED}
    judge = ladder.Judge(config.n, config.seeds, tuple(sets), floor, config.bar)
    climbed: dict[tuple[str, str], list[ladder.Rung]] = {}
    for family, ladders in families(target, config).items():
        whole = PooledZODMC if family == "pooled" else ZODMC
        entry = values["equal_quality"].setdefault(family, {}).setdefault(key, {"ladder": {}, "reached": {}})
        for name in ("full", "partial"):
            rungs = []
            for settings in ladders:
                samplers = [
                    whole(target.potential, **s)
                    if name == "full"
                    else PartialZODMC(target.potential, engine=whole, settings=s)
                    for s in settings
                ]
                rungs += ladder.climb(list(zip(settings, samplers, strict=True)), judge)
            climbed[family, name] = rungs
            best = ladder.cheapest(rungs)
            entry["ladder"][name] = [rung.record() for rung in rungs]
            entry["reached"][name] = best is not None
            if best:
                entry[name] = best.record()
    comparisons = {
        "equal_quality": (("paper", "full"), ("paper", "partial")),
        "equal_quality_repaired": (("repaired", "full"), ("repaired", "partial")),
        "equal_quality_pooled": (("pooled", "full"), ("pooled", "partial")),
        # From the paper's algorithm to this package's recipe for the same target.
        "equal_quality_recipe": (("paper", "full"), ("pooled", "partial")),
    }
    for comparison, (full, partial) in comparisons.items():
        best = ladder.cheapest(climbed[partial])
        if best is None:
            continue
        # Where the full sampler never gets there, its dearest budget gives a lower bound of what is saved.
        reached = ladder.cheapest(climbed[full])
        against = reached or ladder.dearest(climbed[full])
        for what, name in (("cpu", "time"), ("calls", "calls")):
            pair = getattr(against, what), getattr(best, what)
            for kind, compare in (("saved", ladder.saved), ("ratio", ladder.ratio)):
                share = compare(*pair) | {"at_least": reached is None}
                values.setdefault(f"{name}_{kind}", {}).setdefault(comparison, {})[key] = share

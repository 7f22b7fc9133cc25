"""How draws are judged against a target's exact draws, and what exact draws score themselves: the floor."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from experiments.pzodmc.metrics import SCORES, interval, mode_weight_error
from experiments.pzodmc.targets import Target

SETS = 2_000_000  # seeds from here on are for exact sets, so that none is a sampler's

# (draws, exact draws) → scores by name
Scoring = Callable[[Tensor, Tensor], dict[str, float]]


def exact_set(target: Target, n: int, seed: int) -> Tensor:
    """(n, d) float64."""
    return target.exact(n, torch.Generator().manual_seed(SETS + seed))


def scoring(target: Target, names: Sequence[str]) -> Scoring:
    """The named scores, and as "modes" the error of the modes' shares, where the target knows its modes."""

    def score(x: Tensor, exact: Tensor) -> dict[str, float]:
        found = {name: SCORES[name](x, exact) for name in names}
        if target.labels is not None:
            found["modes"] = mode_weight_error(target.labels(x.double()), target.label_weights)
        return found

    return score


def floor(target: Target, n: int, score: Scoring, pairs: int) -> dict[str, dict[str, float]]:
    """Score → interval over `pairs` pairs of exact sets, none of which a sampler is compared with."""
    rows = []
    for k in range(pairs):
        a, b = (exact_set(target, n, 10_000 + 2 * k + j) for j in range(2))
        rows.append(score(b, a))
    return {name: interval([row[name] for row in rows]) for name in rows[0]}


def in_floors(quality: dict, floor: dict, names: Sequence[str]) -> dict[str, float]:
    """Mean score ÷ mean floor, for scores that are never negative."""
    return {name: quality[name]["value"] / floor[name]["value"] for name in names if name in quality}

"""Exact sets of double wells that draws are scored against, and what a perfect sampler scores."""

from functools import cache

import torch
from torch import Tensor

from experiments.pzodmc.benchmark.cells import scores
from experiments.pzodmc.metrics import SCORES, interval
from experiments.pzodmc.targets import Target, double_wells


def truth(target: Target, n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two independent exact sets (n, d): what draws are compared with, and what a perfect sampler would give."""
    generator = torch.Generator().manual_seed(1_000_000 + seed)
    return target.exact(n, generator), target.exact(n, generator)


@cache
def floor_of(d: int, n: int, pairs: int) -> dict[str, dict[str, float]]:
    """What a perfect sampler scores: score → interval over `pairs` pairs of exact sets, none of them used elsewhere."""
    sets = [truth(double_wells(d), n, 10_000 + k) for k in range(pairs)]
    rows = [scores(b, a, list(SCORES)) for a, b in sets]
    return {score: interval([row[score] for row in rows]) for score in SCORES}

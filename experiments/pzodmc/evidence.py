"""log Ẑ of a population, its standard error, and the k̂ of the weights behind it."""

import math

import torch
from torch import Tensor

from .moves import Population
from .pareto import TRUSTED, pareto_k

UNMET = 3.0  # −log 0.05: so many draws in expectation are all missed in one run of twenty


def evidence(run: Population, weights: list[Tensor]) -> tuple[float, float, float, float]:
    """log Ẑ, its standard error, k̂ pooled and largest; weights: of the independence moves at β = 1, a round each."""
    mean, apart = sum(run.log_zs) / 2, abs(run.log_zs[0] - run.log_zs[1])
    tempered = math.log(sum(math.exp(z - mean) for z in run.log_zs) / 2) + mean
    # Resampled particles are no fresh ones: the formula of independent stages is a lower bound, the halves tell more.
    error = 2 * math.sqrt(sum(run.variances) / 2) + apart / 2
    if not weights:
        return tempered, error, math.inf, math.inf
    # The first half of the rounds is there to settle; none of the others is left out for its weights.
    late = weights[len(weights) // 2 :]
    pooled = torch.cat(late)
    k_hat, largest = pareto_k(pooled), max(map(pareto_k, late))
    if k_hat > TRUSTED:
        run.warnings.append(
            f"Pareto k̂ of the population's mixture is {k_hat:.2f} > {TRUSTED}: it fits the target poorly; log Ẑ is "
            "that of the tempered start"
        )
        return tempered, error, k_hat, largest
    top = pooled.max()
    w = (pooled - top).exp()
    mean_w = float(w.mean())
    # A set that no particle met is in no mixture and shows in no weight: 95 % sure it weighs less than 3/N.
    spread = math.hypot(float(w.std()) / math.sqrt(len(w)) / mean_w, UNMET / len(run.y))
    return math.log(mean_w) + float(top), spread, k_hat, largest

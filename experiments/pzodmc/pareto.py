"""Pareto k̂: can the importance weights be trusted? A few huge weights betray a proposal that misses the target.

The largest weights are fitted by a generalised Pareto law (Zhang, Stephens 2009); its shape k̂ says how many moments
the weights have: below 0.7 sums over them can be relied on, above they cannot, however large the effective size looks
(Vehtari, Simpson, Gelman, Yao, Gabry 2024).
"""

import math

import torch
from torch import Tensor

TRUSTED = 0.7


def generalised_pareto(excess: Tensor) -> tuple[float, float]:
    """(k, σ) of the density (1/σ)(1 + k x/σ)^{−1/k − 1} on x > 0, from excess (m,) > 0.

    The posterior mean of θ = −k/σ on a grid of profile likelihoods (Zhang and Stephens 2009, section 3).
    """
    x = excess.double().sort().values
    m = len(x)
    quartile, largest = float(x[int(m / 4 + 0.5) - 1]), float(x[-1])
    grid = 30 + int(math.sqrt(m))
    j = torch.arange(1, grid + 1, dtype=torch.float64, device=x.device)
    theta = 1 / largest + (1 - torch.sqrt(grid / (j - 0.5))) / (3 * quartile)
    shape = torch.log1p(-theta[:, None] * x).mean(dim=1)
    profile = m * (torch.log(-theta / shape) - shape - 1)
    mean = float((torch.softmax(profile, dim=0) * theta).sum())
    k = float(torch.log1p(-mean * x).mean())
    return k, -k / mean


def pareto_k(log_weight: Tensor) -> float:
    """k̂ of the weights exp(log_weight), (m,); −inf may stand for weight 0. +inf where too few are positive to tell.

    A weak prior (ten observations at k = 0.5) steadies the fit of short tails.
    """
    log_weight = log_weight.double()
    log_weight = log_weight[torch.isfinite(log_weight)]
    tail = int(min(0.2 * len(log_weight), 3 * math.sqrt(len(log_weight))))
    if tail < 5:
        return math.inf
    top = (log_weight - log_weight.max()).topk(tail + 1).values.exp()
    excess = top[:-1] - top[-1]
    excess = excess[excess > 1e-12]  # ties with the threshold are no exceedances
    if len(excess) < 5:
        return -math.inf  # the largest weights are all alike: as good as exact draws
    k, _ = generalised_pareto(excess)
    return (k * len(excess) + 5) / (len(excess) + 10)

"""How far a set of draws is from the truth: MMD, sliced W2, exact W2, mode weights; each with its finite-sample floor.

All but the last take x (n, d) and y (m, d) as tensors on one device. The floor of a score is what two independent
exact sets of the same size get: a perfect sampler scores it, and a lower score is no merit.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import t as student
from torch import Tensor

from .errors import InputError


def _pair(x: Tensor, y: Tensor, equal: bool = False) -> tuple[Tensor, Tensor]:
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1] or min(len(x), len(y)) < 2:
        raise InputError(f"metrics: need two sets (n, d) with n ≥ 2, got {tuple(x.shape)} and {tuple(y.shape)}")
    if equal and len(x) != len(y):
        raise InputError(f"metrics: this score needs sets of equal size, got {len(x)} and {len(y)}")
    if not (torch.isfinite(x).all() and torch.isfinite(y).all()):
        raise InputError("metrics: a set contains NaN or infinity")
    return x.double(), y.double()


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """(n, m), by the binomial formula: exact enough in float64 and much quicker than differences."""
    return (x.square().sum(1)[:, None] + y.square().sum(1)[None] - 2 * x @ y.T).clamp_(min=0)


def median_bandwidth(x: Tensor) -> float:
    """The median distance within x, at most 1000 points of it."""
    return float(torch.pdist(x[:1000].double()).median())


def mmd2(x: Tensor, y: Tensor, bandwidth: float | None = None) -> float:
    """Unbiased MMD² with the kernel exp(−r²/(2h²)); h is the median distance within y unless given."""
    x, y = _pair(x, y)
    h = bandwidth or median_bandwidth(y)
    xx, xy, yy = (torch.exp(squared_distances(a, b) / (-2 * h * h)) for a, b in ((x, x), (x, y), (y, y)))
    n, m = len(x), len(y)
    return float((xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean())


def permutation_test(x: Tensor, y: Tensor, generator: torch.Generator, permutations: int = 200) -> float:
    """The p-value of "same distribution": where the unbiased MMD² ranks among relabellings of the pooled sets."""
    x, y = _pair(x, y, equal=True)
    n, both = len(x), torch.cat([x, y])
    # The bandwidth comes from the pooled sets so that it does not depend on the labels.
    h = median_bandwidth(both[torch.randperm(2 * n, generator=generator, device=both.device)])
    kernel = torch.exp(squared_distances(both, both) / (-2 * h * h))
    kernel.fill_diagonal_(0)
    signs = torch.ones(2 * n, permutations + 1, dtype=torch.float64, device=both.device)
    signs[n:, 0] = -1
    for k in range(1, permutations + 1):
        signs[torch.randperm(2 * n, generator=generator, device=both.device)[n:], k] = -1
    # With equal sizes and a zero diagonal, within minus between; their sum is fixed, so the quadratic form ranks alike.
    statistic = (signs * (kernel @ signs)).sum(0)
    tolerance = 1e-9 * float(statistic.abs().max())
    return float((statistic >= statistic[0] - tolerance).double().mean())


def paper_mmd(x: Tensor, y: Tensor) -> float:
    """The ZOD-MC paper's MMD²: biased, ten Gaussian kernels of variance 2^−2 … 2^7, summed.

    Its floor is not 0 but near (2/n) × the number of kernels narrower than the target.
    """
    x, y = _pair(x, y)

    def kernels(a: Tensor, b: Tensor) -> float:
        kernel = squared_distances(a, b).mul_(-0.5 / 2.0**7).exp_()
        total = float(kernel.mean())
        for _ in range(9):
            # Half the variance is the square of the kernel: one exponential serves all ten.
            total += float(kernel.square_().mean())
        return total

    return kernels(x, x) + kernels(y, y) - 2 * kernels(x, y)


def sliced_w2(x: Tensor, y: Tensor, directions: int = 128, seed: int = 0) -> float:
    """√ of the mean of W2² over random directions, the same directions for every call in this dimension."""
    x, y = _pair(x, y, equal=True)
    generator = torch.Generator().manual_seed(seed)
    axes = torch.randn(x.shape[1], directions, generator=generator, dtype=torch.float64)
    axes = (axes / axes.norm(dim=0)).to(x.device)
    gaps = (x @ axes).sort(dim=0).values - (y @ axes).sort(dim=0).values
    return math.sqrt(float(gaps.square().mean()))


def w2(x: Tensor, y: Tensor) -> float:
    """The exact 2-Wasserstein distance of the two empirical sets, by linear assignment: O(n³)."""
    x, y = _pair(x, y, equal=True)
    cost = squared_distances(x, y).cpu().numpy()
    return math.sqrt(float(cost[linear_sum_assignment(cost)].mean()))


def mode_weight_error(labels: Tensor, weights: Tensor) -> float:
    """The total variation ½ Σ_k |share_k − weight_k| between found and exact shares of modes, averaged over L places.

    labels (n, L) int64: the mode of each draw in each place; weights (L, K): the exact probabilities, rows summing
    to 1 (`Target.labels`, `Target.label_weights`). The floor is the score of n exact draws,
    `mode_weight_error(target.labels(target.exact(n, g)), target.label_weights)`; it is near the mean over the places of
    Σ_k √(w_k (1 − w_k)/(2π n)). Raises InputError on shapes that do not agree and on labels outside 0 … K − 1.
    """
    if labels.ndim != 2 or len(labels) == 0 or weights.ndim != 2 or labels.shape[1] != weights.shape[0]:
        raise InputError(
            f"mode_weight_error: need labels (n, L) and weights (L, K), got {tuple(labels.shape)} and "
            f"{tuple(weights.shape)}"
        )
    places, modes = weights.shape
    if labels.is_floating_point() or labels.min() < 0 or labels.max() >= modes:
        raise InputError(f"mode_weight_error: labels are integers from 0 to {modes - 1}, the columns of weights")
    numbered = labels + modes * torch.arange(places, device=labels.device)
    shares = torch.bincount(numbered.flatten(), minlength=places * modes).view(places, modes).double() / len(labels)
    return float((shares - weights.to(shares)).abs().sum(dim=1).mean() / 2)


SCORES = {"mmd2": mmd2, "paper_mmd": paper_mmd, "sliced_w2": sliced_w2, "w2": w2}


def interval(values: Sequence[float], level: float = 0.95) -> dict[str, float]:
    """Mean and Student-t confidence interval over seeds: {"value", "low", "high", "seeds"}."""
    data = np.asarray(values, dtype=float)
    if len(data) == 0 or not np.isfinite(data).all():
        raise InputError(f"interval: need finite values, got {list(values)}")
    half = 0.0
    if len(data) > 1:
        half = float(student.ppf((1 + level) / 2, len(data) - 1) * data.std(ddof=1) / math.sqrt(len(data)))
    centre = float(data.mean())
    return {"value": centre, "low": centre - half, "high": centre + half, "seeds": len(data)}

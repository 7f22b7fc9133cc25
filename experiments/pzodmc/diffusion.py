"""The Ornstein–Uhlenbeck process, its score through the posterior mean, its reversal and its exact bridge.

Forward: dx = −x dt + √2 dW, so x_t = e^{−t} x_0 + √(1 − e^{−2t}) ξ. Times are floats, t > 0.
"""

import math
from functools import cache

import torch
from torch import Tensor

from .errors import InputError


def noising(t: float) -> tuple[float, float]:
    """(s, σ): x_t = s x_0 + σ ξ with s² + σ² = 1."""
    return math.exp(-t), math.sqrt(-math.expm1(-2 * t))


def posterior_sd(t: float) -> float:
    """√(e^{2t} − 1): the posterior of z = x_0 is p(z | x_t) ∝ exp(−V(z)) N(z; e^t x_t, (e^{2t} − 1) I)."""
    return math.sqrt(math.expm1(2 * t))


def score(x: Tensor, mean: Tensor, t: float) -> Tensor:
    """∇ log p_t(x) = (e^{−t} E[x_0 | x_t = x] − x)/(1 − e^{−2t}); x and mean (n, d)."""
    s, sigma = noising(t)
    return (s * mean - x) / sigma**2


def reverse_step(x: Tensor, slope: Tensor, t: float, to: float, noise: Tensor) -> Tensor:
    """Exponential integrator of the reversed SDE with the score held fixed from t down to `to`; all (n, d)."""
    h = t - to
    return math.exp(h) * x + 2 * math.expm1(h) * slope + math.sqrt(math.expm1(2 * h)) * noise


def bridge(x: Tensor, z: Tensor, t: float, to: float, noise: Tensor) -> Tensor:
    """A draw of x_to given x_t = x and x_0 = z, exact for any t > to > 0; all (n, d).

    Both neighbours of x_to are Gaussian in it: N(x_to; s' z, v') from the past and N(x_t; r x_to, 1 − r²) to the
    future, so precisions add.
    """
    s, sigma = noising(to)
    r, rho = noising(t - to)
    variance = 1 / (1 / sigma**2 + (r / rho) ** 2)
    return variance * (s / sigma**2 * z + r / rho**2 * x) + math.sqrt(variance) * noise


@cache
def paper_grid(steps: int = 24, horizon: float = 2.0, end: float = 5e-3) -> tuple[float, ...]:
    """The paper's times from `horizon` down to `end`: steps + 1 values, step length κ min(1, t).

    Seen from `end` the grid grows geometrically, by 1 + κ, until t ≥ 1 and then linearly, by κ; κ is solved for.
    """
    _check(steps, horizon, end)

    def last(kappa: float) -> list[float]:
        times = [end]
        for _ in range(steps):
            times.append(times[-1] + kappa * min(1.0, times[-1]))
        return times

    low, high = 0.0, 1.0
    while last(high)[-1] < horizon:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if last(middle)[-1] < horizon else (low, middle)
    times = last(high)
    return (horizon, *reversed(times[:-1]))


def log_grid(steps: int, horizon: float, end: float) -> tuple[float, ...]:
    """`steps` times from `horizon` down to `end`, uniform in log(e^{2t} − 1), the posterior's log-variance."""
    if steps == 1:
        return (horizon,)
    _check(steps, horizon, end)
    logs = torch.linspace(math.log(math.expm1(2 * horizon)), math.log(math.expm1(2 * end)), steps, dtype=torch.float64)
    return tuple(float(t) for t in 0.5 * torch.log1p(torch.exp(logs)))


def _check(steps: int, horizon: float, end: float) -> None:
    if steps < 1 or not 0 < end < horizon < math.inf:
        raise InputError(f"time grid: need steps ≥ 1 and 0 < end < horizon, got {steps}, {end}, {horizon}")

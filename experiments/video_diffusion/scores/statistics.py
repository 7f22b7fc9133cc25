"""Means and ratios with 95 % intervals over independent units (seeds or videos)."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats


def interval(samples: Sequence[float], within: tuple[float, float] = (-np.inf, np.inf)) -> dict[str, float]:
    """{"value", "low", "high"}: the mean and Student's 95 % interval over independent samples, cut to the values that
    are possible at all."""
    x = np.asarray(samples, float)
    half = stats.t.ppf(0.975, len(x) - 1) * x.std(ddof=1) / np.sqrt(len(x)) if len(x) > 1 else 0.0
    low, high = np.clip([x.mean() - half, x.mean() + half], *within)
    return {"value": float(x.mean()), "low": float(low), "high": float(high)}


def proportion(samples: Sequence[float]) -> dict[str, float]:
    """The interval of a share, each sample between 0 and 1."""
    return interval(samples, (0.0, 1.0))


def jackknife(statistic: Callable[[list[int]], float], units: int) -> dict[str, float]:
    """{"value", "low", "high"} of a `statistic` of the units kept: the jackknife's 95 % interval (Efron 1981)."""
    whole = statistic(list(range(units)))
    without = [statistic([k for k in range(units) if k != left]) for left in range(units)]
    error = np.sqrt((units - 1) / units * np.square(np.subtract(without, np.mean(without))).sum())
    half = stats.t.ppf(0.975, units - 1) * error
    return {key: float(whole + sign * half) for key, sign in (("value", 0), ("low", -1), ("high", 1))}


def ratio_interval(log_ratio: Callable[[list[int]], float], units: int) -> dict[str, float]:
    """The same of something positive, `log_ratio` its logarithm, on logarithms."""
    return {key: float(np.exp(value)) for key, value in jackknife(log_ratio, units).items()}


def counted(successes: float, trials: int) -> dict[str, float]:
    """A share of independent trials with the interval of Wilson 1927; nan without any."""
    if not trials:
        return {"value": float("nan"), "low": 0.0, "high": 1.0}
    share, z = successes / trials, 1.96
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return {"value": share, "low": max(0.0, middle - half), "high": min(1.0, middle + half)}


def along_a_video(
    values: Sequence[float], statistic: Callable[[np.ndarray], float] = np.mean, block: int = 10, draws: int = 500
) -> dict[str, float]:
    """A statistic of one video's frames. Neighbours are alike, so that the interval is that of a bootstrap over blocks
    of `block` frames in a row (Künsch 1989), of fewer where there are not three of them; nan without any."""
    x = np.asarray(values, float)
    if not len(x):
        return {"value": float("nan"), "low": float("nan"), "high": float("nan")}
    rng, block = np.random.default_rng(0), max(1, min(block, len(x) // 3))
    starts = rng.integers(len(x) - block + 1, size=(draws, -(-len(x) // block)))
    again = x[(starts[..., None] + np.arange(block)).reshape(draws, -1)[:, : len(x)]]
    low, high = np.quantile([statistic(row) for row in again], (0.025, 0.975))
    return {"value": float(statistic(x)), "low": float(low), "high": float(high)}

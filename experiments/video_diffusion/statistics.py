"""Means with 95 % intervals over independent units (seeds or videos)."""

from collections.abc import Sequence

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

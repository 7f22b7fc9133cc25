"""Means with 95 % intervals over independent units (seeds or videos)."""

from collections.abc import Sequence

import numpy as np
from scipy import stats


def interval(samples: Sequence[float]) -> dict[str, float]:
    """{"value", "low", "high"}: the mean and Student's 95 % interval over independent samples."""
    x = np.asarray(samples, float)
    half = stats.t.ppf(0.975, len(x) - 1) * x.std(ddof=1) / np.sqrt(len(x)) if len(x) > 1 else 0.0
    return {"value": float(x.mean()), "low": float(x.mean() - half), "high": float(x.mean() + half)}

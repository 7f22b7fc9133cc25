"""Draws from a normal distribution."""

import numpy as np


def sample(n, seed):
    """n draws."""
    return np.random.default_rng(seed).normal(size=n)

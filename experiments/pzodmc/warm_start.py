"""Particles at β = 1 from importance sampling whose draws are many but whose weights are too heavy to end with.

Where some region has few proposals k̂ is large, so that log Ẑ has no error to tell; moves fill that region. The points
are worth more than the pool alone, and stages would begin with nothing else. THEORY.md, section 8.2.
"""

import math

import torch

from .moves import Population
from .pool import resample
from .recycling import Tried


def start_from(run: Population, tried: Tried) -> None:
    """Particles, log Ẑ and its variance by the weights of what was tried, half by half."""
    n, drawn = run.plan.population // 2, []
    run.trace.extend(tried.told)
    run.ladder.extend(tried.path)
    for k, half in enumerate(tried.halves):
        log_w = half.log_weight()
        pick = resample(torch.softmax(log_w, dim=0), n, run.generator)
        drawn.append((half.y[pick], half.v[pick]))
        run.log_zs[k] = float(torch.logsumexp(log_w, 0)) - math.log(len(log_w))
        run.variances[k] = half.variance(run.log_zs[k]) / len(log_w) ** 2
    run.y, run.v = (torch.cat(parts) for parts in zip(*drawn, strict=True))
    run.reach = tried.share

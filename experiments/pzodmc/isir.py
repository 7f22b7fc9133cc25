"""Iterated sampling importance resampling: a step that leaves the posterior invariant for any number of candidates.

The current z stands among N fresh proposals from N(e^t x, (e^{2t} − 1) I); one of the N + 1 is taken with probability
∝ exp(−V). No bound on V is needed and the step always ends (Andrieu, Lee, Vihola 2018; Tjelmeland 2004).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .diffusion import posterior_sd
from .tiles import CHUNK, TILE, normals, spans

# (z (m, d), owner (m,): which particle each row is for) → V (m,)
Energy = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Chosen:
    """z (n, d) with its V (n,); the candidates' weighted mean (n, d); the weights' effective number (n,)."""

    z: Tensor
    v: Tensor
    mean: Tensor
    ess: Tensor


def isir(
    energy: Energy,
    x: Tensor,
    t: float,
    current: tuple[Tensor, Tensor] | None,
    candidates: int,
    generator: torch.Generator,
    chunk: int = CHUNK,
) -> Chosen:
    """One step for n particles at x (n, d), time t; `current` is (z, V(z)), or None to start: then it is plain SIR."""
    n, d = x.shape
    sd, centre = posterior_sd(t), math.exp(t) * x
    group = max(1, TILE // candidates)  # particles whose randomness is drawn together
    found: list[Chosen] = []
    for start, stop in spans(n, group, max(1, chunk // candidates)):
        rows = (stop - start) * candidates
        z, u = normals(rows, d, generator, x.dtype, group * candidates, uniforms_every=candidates)
        z = z.mul_(sd).view(stop - start, candidates, d).add_(centre[start:stop, None])
        owner = torch.arange(start, stop, device=x.device).repeat_interleave(candidates)
        v = energy(z.view(rows, d), owner).view(stop - start, candidates)
        if current is not None:
            z = torch.cat([z, current[0][start:stop, None]], dim=1)
            v = torch.cat([v, current[1][start:stop, None]], dim=1)
        found.append(_choose(z, v, u))
    return Chosen(*(torch.cat([getattr(part, name) for part in found]) for name in ("z", "v", "mean", "ess")))


def _choose(z: Tensor, v: Tensor, u: Tensor) -> Chosen:
    """Pick one of z (m, N, d) a row with probability ∝ exp(−v), by inverting the cumulative weights at u (m,)."""
    # Where all candidates have zero density the choice is arbitrary; equal weights keep it finite.
    v = torch.where(torch.isinf(v).all(dim=1, keepdim=True), torch.zeros_like(v), v)
    weights = torch.softmax(-v, dim=1)
    total = weights.cumsum(dim=1)
    pick = torch.searchsorted(total, u[:, None] * total[:, -1:]).clamp(max=v.shape[1] - 1)
    rows = torch.arange(len(z), device=z.device)
    pick = pick[:, 0]
    mean = torch.einsum("mn,mnd->md", weights, z)
    return Chosen(z[rows, pick], v[rows, pick], mean, 1 / weights.square().sum(dim=1))

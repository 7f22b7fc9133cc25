"""Moves near a particle that take their directions and widths from the other half of the population.

The half that rests is held fixed, so each move is an ordinary Metropolis step for the half that walks and leaves the
density invariant. Steps are differences of resting particles (differential evolution, ter Braak 2006), or of the width
that the resting half has where the walker is: a component of the mixture fitted to it is picked by its responsibility
there, and the change of that responsibility belongs to the acceptance (regional adaptation, Craiu, Rosenthal,
Yang 2009, in a form that is exact).
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .diffusion import noising
from .isir import isir
from .population import Mixture

Energy = Callable[[Tensor], Tensor]
STEPS = (1.0, 0.5, 0.25, 0.1)  # of the optimal step of a Gaussian; picked at random, for densities are none
WHOLE = 0.1  # share of differences taken whole, from one mode to another of the same distance


def walk(
    energy: Energy, y: Tensor, e: Tensor, others: Tensor, q: Mixture | None, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One step of differences, or with q one of local width, for y (m, d) with energies (m,): m calls."""
    m, d = y.shape
    base = 2.38 / math.sqrt(d)
    steps = torch.tensor(STEPS, dtype=y.dtype, device=y.device)
    size = base * steps[torch.randint(len(STEPS), (m,), generator=generator, device=y.device)]
    correction = torch.zeros(m, dtype=e.dtype, device=y.device)
    if q is None:
        a, b = (torch.randint(len(others), (m,), generator=generator, device=y.device) for _ in range(2))
        whole = torch.rand(m, generator=generator, device=y.device, dtype=y.dtype) < WHOLE
        size = torch.where(whole, 1.0, size / math.sqrt(2))
        jitter = 1e-4 * others.std(dim=0) * torch.randn(m, d, generator=generator, dtype=y.dtype, device=y.device)
        to = y + size[:, None] * (others[a] - others[b]) + jitter
    else:
        log_r = torch.log_softmax(q.terms(y), dim=0).T
        k = torch.multinomial(log_r.exp(), 1, generator=generator)[:, 0]
        noise = torch.randn(m, d, generator=generator, dtype=y.dtype, device=y.device)
        to = y + size[:, None] * torch.einsum("nij,nj->ni", q.roots[k], noise)
        after = torch.log_softmax(q.terms(to), dim=0).T
        rows = torch.arange(m, device=y.device)
        correction = after[rows, k] - log_r[rows, k]
    e_to = energy(to)
    u = 1 - torch.rand(m, generator=generator, dtype=e.dtype, device=y.device)
    take = (u.log() < e - e_to + correction) & torch.isfinite(e_to)
    return torch.where(take[:, None], to, y), torch.where(take, e_to, e)


def stretch(energy: Energy, y: Tensor, e: Tensor, others: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """One stretch move (Goodman, Weare 2010): along the line to a resting particle, by a factor in [1/2, 2]; m calls.

    It needs no width at all, so that it works where the width falls by orders of magnitude, as in a funnel.
    """
    m, d = y.shape
    from_ = others[torch.randint(len(others), (m,), generator=generator, device=y.device)]
    u = torch.rand(2, m, generator=generator, dtype=y.dtype, device=y.device)
    factor = (1 + u[0]) ** 2 / 2
    to = from_ + factor[:, None] * (y - from_)
    e_to = energy(to)
    take = ((1 - u[1]).log() < (d - 1) * factor.log() + e - e_to) & torch.isfinite(e_to)
    return torch.where(take[:, None], to, y), torch.where(take, e_to, e)


def sweep(
    energy: Energy,
    y: Tensor,
    e: Tensor,
    blocks: tuple[tuple[int, ...], ...],
    widths: Tensor,
    share: float,
    candidates: int,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Block by block one i-SIR step of the noised posterior, its width `share` of `widths` (d,): y (m, d) and energies.

    m · blocks · candidates calls. The step is Partial ZOD-MC's: noise the block, draw its clean value given the noised
    one and the neighbours, in units of the resting half's standard deviations.
    """
    t = math.log1p(share * share) / 2
    s, sigma = noising(t)
    for block in blocks:
        columns = list(block)
        unit = widths[columns]
        here = y[:, columns] / unit
        x = s * here + sigma * torch.randn(here.shape, generator=generator, dtype=y.dtype, device=y.device)

        def joined(points: Tensor, owner: Tensor, y: Tensor = y, columns: list = columns, unit=unit) -> Tensor:
            whole = y[owner]
            whole[:, columns] = points * unit
            return energy(whole)

        chosen = isir(joined, x, t, (here, e), candidates, generator)
        kept = (chosen.z == here).all(dim=1)
        y = y.clone()
        # Where the old value was picked it stays as it was, to the last digit.
        y[:, columns] = torch.where(kept[:, None], y[:, columns], chosen.z * unit)
        e = chosen.v
    return y, e

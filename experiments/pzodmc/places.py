"""Places that descents and single points have met: looked for before the start, and given proposals of their own.

Descents change no law: what they find enters as Gaussians of a proposal, whose weights decide.
"""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .descent import FIRST, LOOKS, descend, far_points, local_widths, low_points, steps
from .driver import Driver
from .plan import USUAL
from .population import Mixture, with_place

if TYPE_CHECKING:
    from .moves import Population

STRIDES = (1.0, 0.3, 0.1)  # of the way to the nearest point: of descents from where one is known to be worth its calls
MOST_PLACES = 4  # that get proposals of their own at a time


def look_around(run: "Population") -> None:
    """Descents from far out, from the low points of the pool and from where they are known to be worth their
    calls, before any mode that they lead to is lost.
    """
    (y, v), found = run.pool, [] if run.places is None else [run.places]
    far = far_points(y.shape[1], run.generator) if run.plan.outside else y[:0]
    low, near = low_points(y, v)
    starts = run.starts.repeat(len(STRIDES), 1)
    count = len(far) + len(low) + len(starts)
    if not run.affords(count * (1 + steps(y.shape[1])) + run.cost(*USUAL)):
        return
    if len(far):
        found.append(descend(run.ask, far, run.ask(far), far.norm(dim=1) / 4, run.generator))
    if len(low):
        found.append(descend(run.ask, y[low], v[low], near.clamp(max=FIRST), run.generator))
    if len(starts):
        near = torch.cdist(starts, y).amin(dim=1).clamp(max=FIRST)
        strides = near * torch.tensor(STRIDES).to(near).repeat_interleave(len(run.starts))
        found.append(descend(run.ask, starts, run.ask(starts), strides, run.generator))
    run.places = tuple(torch.cat(parts) for parts in zip(*found, strict=True)) if found else None
    run.starts = run.starts[:0]


def with_places(
    run: "Population", driver: Driver | None, q: Mixture, others: Tensor, e: Tensor, beta: float = 1.0
) -> Mixture:
    """q, and proposals around the deepest points where q passes them by: by more than a particle's worth of
    weight.
    """
    points, v = run.deepest[0][None], run.deepest[0].new_tensor([run.deepest[1]])
    if run.places is not None:
        order = run.places[1].argsort()
        points, v = torch.cat([points, run.places[0][order]]), torch.cat([v, run.places[1][order]])
    energies = beta * v + run.energy(beta)[1](points)
    if driver is not None:
        points, others = driver.to_u(points), driver.to_u(others)
        energies, e = energies - driver.log_slope(points), e - driver.log_slope(others)
    usual, widths = (-e - q.log_density(others)).median(), others.std(dim=0)
    excess = -energies - q.log_density(points)
    passed = (excess - usual > math.log(len(others))).nonzero()[:, 0].tolist()
    found, taken = q, 0
    for k in passed:
        # Descents often end in the same place.
        still = float(-energies[k] - found.log_density(points[k][None])[0] - usual) > math.log(len(others))
        if still and taken < MOST_PLACES:
            own = _own_widths(run, points[k], float(v[k])) if driver is None else None
            found = with_place(found, points[k], widths, None if own is None else own * beta**-0.5)
            taken += 1
    return found


def _own_widths(run: "Population", point: Tensor, v: float) -> Tensor | None:
    """V's widths at a place: proposals as wide as the population rarely meet what is many times narrower."""
    key = tuple(point.tolist())
    if key not in run.widths and run.affords(2 * LOOKS * len(point) + run.cost(*USUAL)):
        run.widths[key] = local_widths(run.ask, point, v)
    return run.widths.get(key)

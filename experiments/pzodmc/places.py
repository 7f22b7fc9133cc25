"""Places that descents and single points have met: looked for before the start, and given proposals of their own.

Descents change no law: what they find enters as Gaussians of a proposal, whose weights decide.
"""

import math
from contextlib import suppress
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .descent import FIRST, descend, far_points, local_widths, low_points, steps
from .driver import Driver
from .plan import Spent
from .population import Mixture, with_place

if TYPE_CHECKING:
    from .moves import Population

STRIDES = (1.0, 0.3, 0.1)  # of the way to the nearest point: of descents from where one is known to be worth its calls
PASSED = 0.05  # of the particles: a place is passed by where q sends fewer than that to as much weight as all have
MOST_PLACES = 4  # that get proposals of their own at a time
UNLOOKED = "the calls did not allow all descents that look for narrow and far modes; allow more calls"


def look_around(run: "Population", spare: int = 0) -> None:
    """Descents from far out, from the low points of the pool and from where they are known to be worth their
    calls, before any mode that they lead to is lost; where they leave `spare` calls.
    """
    (y, v), found = run.pool, [] if run.places is None else [run.places]
    far = far_points(y.shape[1], run.generator) if run.plan.outside else y[:0]
    low, near = low_points(y, v)
    starts = run.starts.repeat(len(STRIDES), 1)
    count = len(far) + len(low) + len(starts)
    # The low points' values are known.
    if not run.affords(count * steps(y.shape[1]) + len(far) + len(starts) + spare):
        run.warn(UNLOOKED)
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


def look_again(run: "Population", y: Tensor, v: Tensor, first: int = 0, spare: int = 0) -> tuple[Tensor, Tensor] | None:
    """Descents from the low points of what was asked, y (m, d) with V (m,), from the `first` on: proposals lie closer
    together than the pool does where the population is, and some stand in basins that none of the pool stands in.

    Where they end, (k, d) and V (k,), which are places from now on; None where there are none.
    """
    low, near = low_points(y, v, first)
    if not len(low):
        return None
    if not run.affords(len(low) * steps(y.shape[1]) + spare):
        run.warn(UNLOOKED)
        return None
    found = descend(run.ask, y[low], v[low], near.clamp(max=FIRST), run.generator)
    run.places = found if run.places is None else tuple(map(torch.cat, zip(run.places, found, strict=True)))
    return found


def with_places(
    run: "Population", driver: Driver | None, q: Mixture, others: Tensor, e: Tensor, beta: float = 1.0,
    particles: bool = True,
) -> Mixture:  # fmt: skip
    """q, and proposals around the deepest points where q passes them by: by more than a particle's worth of
    weight. particles: whether others (m, d), with energies e (m,), are such, among which can be a mode's last one.
    """
    points, v = run.deepest[0][None], others.new_tensor([run.deepest[1]])
    if run.places is not None:
        order = run.places[1].argsort()
        points, v = torch.cat([points, run.places[0][order]]), torch.cat([v, run.places[1][order]])
    energies = beta * v + run.energy(beta)[1](points)
    if driver is not None:
        points, others = driver.to_u(points), driver.to_u(others)
        energies, e = energies - driver.log_slope(points), e - driver.log_slope(others)
    # Of particles that are all in one place too.
    ratios, widths = -e - q.log_density(others), others.std(dim=0).clamp(min=1e-12 * (1 + others.abs().amax(dim=0)))
    # A mode that all but one of its particles have left is in no component of q: that particle is a place too.
    alone = ratios.topk(MOST_PLACES * particles).indices
    points, energies = torch.cat([points, others[alone]]), torch.cat([energies, e[alone]])
    usual, excess = ratios.median(), -energies - q.log_density(points)
    passed = (excess - usual > math.log(PASSED * len(others))).nonzero()[:, 0].tolist()
    found, taken = q, 0
    for k in passed:
        # Descents often end in the same place.
        still = float(-energies[k] - found.log_density(points[k][None])[0] - usual) > math.log(PASSED * len(others))
        if still and taken < MOST_PLACES:
            own = _own_widths(run, points[k], float(v[k])) if driver is None and k < len(v) else None
            found = with_place(found, points[k], widths, None if own is None else own * beta**-0.5)
            taken += 1
    return found


def _own_widths(run: "Population", point: Tensor, v: float) -> Tensor | None:
    """V's widths at a place: proposals as wide as the population rarely meet what is many times narrower."""
    key = tuple(point.tolist())
    if key not in run.widths and run.affords(2 * len(point) + run.plan.population // 4):
        with suppress(Spent):
            run.widths[key] = local_widths(run.ask, point, v)
    return run.widths.get(key)

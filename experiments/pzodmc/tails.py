"""Whether V goes on beyond the outermost draws so slowly that weight lies where none of them is.

A tail that falls like a power is met by few points of the reference and proposed to by no fitted mixture, and nothing
among the draws shows what they lack. V does: along rays through the outermost draws the density beyond all of them is
compared with that between them. THEORY.md, section 8.3.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

OUTERMOST = 32  # draws, between whose radii the density near by is integrated
RAYS = 8
BETWEEN = 5  # radii from the innermost of them to the outermost
AWAY = (1.25, 1.6, 2.5, 6.0, 20.0, 100.0)  # times the outermost radius
MOST_CALLS = RAYS * (BETWEEN + len(AWAY))
LACKING = 10.0  # draws that must lie further out for a warning: of independent ones e⁻¹⁰ of all runs lack as many


def lacking(energy: Callable[[Tensor], Tensor], y: Tensor, v: Tensor) -> tuple[float, int]:
    """How many of so many draws y (n, d), v (n,) should lie further out than all of them do; and the coordinate that
    reaches furthest. At most MOST_CALLS calls.

    The k − 1 outermost draws but one lie on rays from the centre by their weight between the radii of the k-th and of
    the first; so the mean of the weight beyond to the weight between, times k − 1, is what lies beyond.
    """
    centre = y.median(dim=0).values
    away = (y - centre) / (y - centre).abs().median(dim=0).values.clamp(min=1e-300)
    radius = away.norm(dim=1)
    outer = radius.argsort(descending=True)[: min(OUTERMOST, len(y) // 4)]
    reaches = int(away[outer].abs().mean(dim=0).argmax()) if len(outer) else 0
    if len(outer) < 2 or not float(radius[outer[-1]]) * (1 + 1e-6) < float(radius[outer[0]]) < math.inf:
        return 0.0, reaches
    first, last = radius[outer[-1]], radius[outer[0]]
    inside = first * (last / first) ** torch.linspace(0, 1, BETWEEN).to(y)
    radii = torch.cat([inside, last * torch.tensor(AWAY).to(y)])
    # On a line there are two rays only. The outermost draw itself is no draw from what lies between.
    rays = min(RAYS, 4 * y.shape[1], len(outer) - 1)
    total = 0.0
    for j in outer[1 :: (len(outer) - 1) // rays][:rays].tolist():
        # Density of log radius, less that at the draw.
        height = y.shape[1] * (radii / radius[j]).log() + v[j]
        height = height - energy(centre + (radii / radius[j])[:, None] * (y[j] - centre))
        at, order = torch.cat([inside, radius[j][None]]).sort()
        near = torch.cat([height[:BETWEEN], height.new_zeros(1)])[order]
        total += _weight(radii[BETWEEN - 1 :], height[BETWEEN - 1 :]) / _weight(at, near)
    return (len(outer) - 1) * total / rays, reaches


def _weight(radii: Tensor, height: Tensor) -> float:
    """∫ exp(height) over log radius, height being a line between neighbours, which is exact for powers."""
    height = height.clamp(-700.0, 700.0)
    rise = height.diff()
    mean = torch.where(rise.abs() < 1e-6, 1.0, torch.expm1(rise) / torch.where(rise == 0, 1.0, rise))
    return float((height[:-1].exp() * mean * radii.log().diff()).sum())

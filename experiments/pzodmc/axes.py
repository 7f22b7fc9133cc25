"""The axis move: i-SIR steps along the principal axes of one half of the population, taken by the other half.

Coordinates that only move together (a chain that flips as a whole, a product in turned axes) are stuck one block at a
time. The axes and their widths come from the half that rests, so the target stays invariant for the half that moves:
each step is a block step in a turned coordinate.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .diffusion import noising
from .isir import isir
from .tiles import CHUNK


def axis_move(
    energy: Callable[[Tensor], Tensor],
    z: Tensor,
    e: Tensor,
    moves: int,
    candidates: int,
    generator: torch.Generator,
    chunk: int = CHUNK,
) -> tuple[Tensor, Tensor]:
    """`moves` steps of `candidates` a particle, axes picked by their variance: z (n, d) and energies e (n,) after.

    n · moves · candidates calls.
    """
    z, e = z.clone(), e.clone()
    order = torch.randperm(len(z), generator=generator, device=z.device)
    half = len(z) // 2
    for movers, others in ((order[:half], order[half:]), (order[half:], order[:half])):
        if not len(movers) or len(others) < 2:
            continue
        variances, axes = torch.linalg.eigh(torch.cov(z[others].double().T).view(z.shape[1], z.shape[1]))
        variances = variances.clamp(min=1e-12)
        for k in torch.multinomial(variances, moves, replacement=True, generator=generator).tolist():
            axis, start, variance = axes[:, k].to(z.dtype), z[movers], float(variances[k])
            # In the coordinate along the axis, measured from each particle, the posterior's width is the axis's own.
            t = math.log1p(variance) / 2
            x = noising(t)[1] * torch.randn(len(movers), 1, generator=generator, dtype=z.dtype, device=z.device)

            def along(step: Tensor, owner: Tensor, start: Tensor = start, axis: Tensor = axis) -> Tensor:
                return energy(start[owner] + step * axis)

            chosen = isir(along, x, t, (torch.zeros_like(x), e[movers]), candidates, generator, chunk)
            z[movers], e[movers] = start + chosen.z * axis, chosen.v
    return z, e

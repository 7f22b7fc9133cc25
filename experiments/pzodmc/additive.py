"""V as a sum over blocks: the potential of one block, and how far the sum is from V."""

from dataclasses import replace

import torch
from torch import Tensor

from .blocks import Blocks
from .calling import Direct
from .errors import InputError
from .oracle import Potential
from .rounding import Rounding


def block_potential(potential: Potential, blocks: Blocks, k: int, anchor: Tensor) -> Potential:
    """V_B for block k: the given function, or V(anchor with z_B) − V(anchor) up to the constant V(anchor).

    A given block function costs a block call; a difference costs a full call, for V is evaluated whole.
    """
    block = blocks[k]
    if potential.block_functions is not None and blocks == potential.blocks:
        function, account = potential.block_functions[k], "block"
    else:

        def differing(z: Tensor) -> Tensor:
            whole = anchor.to(z).repeat(len(z), 1)
            whole[:, list(block)] = z
            return potential.function(whole)

        function, account = Direct(differing), "full"
    return replace(
        potential, function=function, dim=len(block), blocks=None, block_functions=None, counts_as=account,
        vectorized=True, pool=None,
    )  # fmt: skip


def additivity(potential: Potential, blocks: Blocks, points: Tensor, anchor: Tensor) -> tuple[float, float]:
    """(gap, constant) of V(z) = Σ_B V_B(z_B) + constant: the gap is 0 if V splits exactly.

    gap: max over points of |V(z) − V(a) − Σ_B [V_B(z_B) − V_B(a_B)]|, in units of what rounding of the terms could
    do, so
    that above 1 V does not split; inf where V is infinite and no block is, or the other way round. points (m, dim),
    anchor
    (dim,), float64 (in float32 rounding hides a weak coupling). Costs (m + 1)(1 + blocks) calls. InputError if V is
    infinite at the anchor.
    """
    both = torch.cat([anchor[None], points])
    whole = potential.function(both)
    if not torch.isfinite(whole[0]):
        raise InputError("V is infinite at the anchor, where the other blocks rest; give anchor=… with a finite V")
    parts = torch.stack(
        [block_potential(potential, blocks, k, anchor).function(both[:, list(block)]) for k, block in enumerate(blocks)]
    )
    parts, whole = parts.double(), whole.double()
    walled = ~torch.isfinite(whole[1:]) != (~torch.isfinite(parts[:, 1:])).any(dim=0)
    if bool(walled.any()):
        return torch.inf, float(whole[0] - parts[:, 0].sum())
    gap = (whole[1:] - whole[0]) - (parts[:, 1:] - parts[:, :1]).sum(0)
    size = whole[1:].abs() + whole[0].abs() + (parts[:, 1:].abs() + parts[:, :1].abs()).sum(0)
    digits = getattr(potential.function, "digits", None) or torch.float64
    rounding = Rounding(0.0, torch.finfo(digits).eps)
    relative = (gap.abs() / rounding.bound(size))[torch.isfinite(gap)]
    return float(relative.max()) if len(relative) else 0.0, float(whole[0] - parts[:, 0].sum())

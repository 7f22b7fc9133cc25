"""After sampling: V at joined points must be what the blocks add up to, and what that can have missed is said.

Each block's pool and population have known values, so that joining them at random gives points at which the sum of the
blocks is known and one call of V a point shows whether V agrees: under the reference q = N(0, I), along the tempered
stages, and at the draws themselves.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .blocks import Blocks
from .oracle import Oracle
from .plan import Settled
from .rounding import Rounding

CONFIDENCE = 0.95
NEGLIGIBLE = 1e-6  # nats: values kept through the stages carry a rounding of their own


@dataclass(frozen=True)
class Missed:
    """What a dependence between the found blocks can be, given that none showed at the points that were checked.

    Let G be the set of points at which V differs from the sum of its blocks by more than `below` nats. At the stated
    confidence each: G has at most the share `of_reference` of the reference law and at most `of_product` of the law
    that was sampled. `weight(bonus)` is what follows for the target. Zero where there is one block.
    """

    of_reference: float
    of_product: float
    confidence: float
    below: float
    checked: int

    def weight(self, bonus: float = 0.0) -> float:
        """The largest weight of G under exp(−V)/Z if V lies nowhere more than `bonus` nats below the sum of its blocks.

        With r the sampled law and R = r(G): ∫_G e^{−V} ≤ R e^bonus Z_r and ∫ e^{−V} ≥ (1 − R) Z_r + ∫_G e^{−V}.
        """
        raised = self.of_product * math.exp(min(bonus, 700.0))
        return raised / (raised + 1 - self.of_product)


def join(blocks: Blocks, parts: list[Tensor], dim: int) -> Tensor:
    """Blocks side by side, each (m, |B|), in the order of the coordinates: (m, dim)."""
    y = torch.empty(len(parts[0]), dim, dtype=parts[0].dtype, device=parts[0].device)
    for block, part in zip(blocks, parts, strict=True):
        y[:, list(block)] = part
    return y


def conflicts(
    oracle: Oracle, blocks: Blocks, groups: list[list[tuple[Tensor, Tensor]]], rounding: Rounding
) -> tuple[Tensor, float]:
    """Joined points (k, dim) at which V is not the blocks' sum, and the largest gap that passed as rounding, nats.

    groups: each a list of one (y_B, V_B) a block, V and V_B zero at the anchor.
    """
    found, below = [], NEGLIGIBLE
    for group in groups:
        y = join(blocks, [part[0] for part in group], sum(map(len, blocks)))
        parts = torch.stack([part[1] for part in group])
        whole, total = oracle(y), parts.sum(dim=0)
        size = whole.abs() + parts.abs().sum(dim=0) + (1 + len(blocks)) * oracle.offset
        allowed = rounding.bound(size) + NEGLIGIBLE + 1e-12 * size
        walled = torch.isinf(whole) != torch.isinf(total)
        gap = torch.where(torch.isinf(whole) | torch.isinf(total), 0.0, (whole - total).abs())
        found.append(y[walled | (gap > allowed)])
        finite = allowed[torch.isfinite(whole)]
        below = max(below, float(finite.median()) if len(finite) else 0.0)
    return torch.cat(found), below


def ladders(settled: list[Settled], reference: int, each: int, draws: int) -> list[list[tuple[Tensor, Tensor]]]:
    """Groups to check: `reference` points of the pools, joined anew as often as they are used up, `each` at the
    quarters of the stages, `draws` of the populations.
    """
    smallest, groups = min(len(one.pool[0]) for one in settled), []
    for turn in range(-(-reference // smallest)):
        rows = torch.arange(min(smallest, reference - turn * smallest))
        shifted = [(rows + turn * k) % smallest for k in range(len(settled))]
        groups.append([(one.pool[0][r], one.pool[1][r]) for one, r in zip(settled, shifted, strict=True)])
    if each and all(one.ladder for one in settled):
        for share in (0.25, 0.5, 0.75):
            stages = [one.ladder[int(share * len(one.ladder))] for one in settled]
            size = min(each, *(len(y) for y, _ in stages))
            # The halves lie one behind the other; a step through them takes both, in steps that differ from block to
            # block.
            groups.append(
                [(y[_spread(len(y), size, k)], v[_spread(len(y), size, k)]) for k, (y, v) in enumerate(stages)]
            )
    groups.append([(one.y[:draws], one.v[:draws]) for one in settled])
    return groups


def _spread(size: int, count: int, shift: int) -> Tensor:
    return (torch.arange(count) * (size // count) + 7 * shift) % size


def missed(blocks: Blocks, reference: int, draws: int, below: float, checked: int) -> Missed:
    """If a set has share w, all m independent points avoid it with probability (1 − w)^m: w ≤ 1 − (1 − c)^{1/m}."""
    if len(blocks) == 1:
        return Missed(0.0, 0.0, CONFIDENCE, below, checked)

    def share(m: int) -> float:
        return 1.0 if m < 1 else -math.expm1(math.log1p(-CONFIDENCE) / m)

    return Missed(share(reference), share(draws), CONFIDENCE, below, checked)

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
    oracle: Oracle,
    blocks: Blocks,
    groups: list[list[tuple[Tensor, Tensor]]],
    rounding: Rounding,
    known: Tensor | None = None,
    kept: bool = False,
) -> tuple[Tensor, float]:
    """Joined points (k, dim) at which V is not the blocks' sum, those first where V lies furthest below it; and the
    largest gap that passed as rounding, nats.

    groups: each a list of one (y_B, V_B) a block, V and V_B zero at the anchor. known: V at the points of the only
    group, where it has been asked. kept: whether V_B was carried through stages.
    """
    found, below, gains = [], 0.0, []
    for group in groups:
        y = join(blocks, [part[0] for part in group], sum(map(len, blocks)))
        parts = torch.stack([part[1] for part in group])
        whole, total = oracle(y) if known is None else known, parts.sum(dim=0)
        size = whole.abs() + parts.abs().sum(dim=0) + (1 + len(blocks)) * oracle.offset
        allowed = rounding.bound(size) + kept * (NEGLIGIBLE + 1e-12 * size)
        walled = torch.isinf(whole) != torch.isinf(total)
        gap = torch.where(torch.isinf(whole) | torch.isinf(total), 0.0, total - whole)
        bad = walled | (gap.abs() > allowed)
        found.append(y[bad])
        gains.append(gap[bad])
        finite = allowed[torch.isfinite(whole)]
        below = max(below, float(finite.median()) if len(finite) else 0.0)
    return torch.cat(found)[torch.cat(gains).argsort(descending=True, stable=True)], below


def joined_anew(pools: list[tuple[Tensor, Tensor]], start: int, stop: int) -> list[tuple[Tensor, Tensor]]:
    """Points start … stop of those that joining the blocks' pools, each y_B (m, |B|) and V_B (m,), at random gives.

    The first m are independent, for no value of a block stands in two of them; further ones join the same values anew.
    """
    smallest = min(len(y) for y, _ in pools)
    at = torch.arange(start, stop, device=pools[0][0].device)
    # Turn 0 would join what belongs together from the pilot, where V is known.
    rows = [(at + (1 + at // smallest) * k) % smallest for k in range(len(pools))]
    return [(y[r], v[r]) for (y, v), r in zip(pools, rows, strict=True)]


def ladders(settled: list[Settled], each: int, draws: int) -> list[list[tuple[Tensor, Tensor]]]:
    """Groups to check: `each` points at the quarters of the stages, `draws` of the populations."""
    groups = []
    if each and any(one.staged for one in settled) and all(one.ladder for one in settled):
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

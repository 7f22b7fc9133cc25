"""A tempered population as `Draws`: of one block, and of all of them side by side in the user's coordinates."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .audit import CONFIDENCE, Missed, join
from .blocks import Blocks
from .descent import OUTWARD
from .draws import Calls, Draws
from .oracle import Oracle
from .pareto import TRUSTED
from .plan import Settled
from .space import Space


@dataclass(frozen=True)
class Done:
    """A sampled block: its population, the pieces it was moved in, the oracle that counted."""

    found: Settled
    pieces: Blocks
    oracle: Oracle


def block_draws(n: int, done: Done, keep_path: bool) -> Draws:
    """The first n particles in normal coordinates, again from the first where there are fewer."""
    found, size = done.found, len(done.found.y)
    rows = torch.arange(n, device=found.y.device) % size
    warnings = found.warnings
    if size < n:
        warnings += (f"the calls allowed a population of {size} for {n} draws, so that draws repeat; allow more calls",)
    path = torch.stack([y[rows % len(y)] for y, _ in (*found.ladder, (found.y, found.v))]) if keep_path else None
    return Draws(
        x=found.y[rows],
        calls=Calls(**{done.oracle.potential.counts_as: done.oracle.calls}),
        times=(),
        acceptance=(found.moved,),
        ess=tuple(size for _, _, size, _ in found.trace),
        failures=min(found.never_moved, n),
        attempts=n,
        invalid=done.oracle.invalid,
        log_z=found.log_z,
        log_z_error=found.log_z_error,
        pareto_k=found.k_hat,
        largest_k=found.k_largest,
        warnings=warnings,
        path=path,
        blocks=done.pieces,
        trace=found.trace,
        values=found.v[rows],
    )


def joined_draws(
    space: Space,
    blocks: Blocks,
    parts: list[Draws],
    calls: Calls,
    constant: float,
    missed: Missed,
    warnings: tuple[str, ...],
    notes: tuple[str, ...],
    dtype: torch.dtype,
    invalid: int,
    met: int,
) -> Draws:
    """All blocks side by side; log Ẑ of V itself, whose value at the anchor is `constant` in normal coordinates.

    met: points of the reference at which each block was asked.
    """
    y = join(blocks, [part.x for part in parts], space.dim)
    depth = min(len(part.path) for part in parts) if parts[0].path is not None else 0
    names = [f"block {', '.join(space.names[i] for i in block)}: " if len(blocks) > 1 else "" for block in blocks]
    told = tuple(head + w for head, part in zip(names, parts, strict=True) for w in part.warnings)
    numbered = tuple(
        (f"{k}: {stage}" if len(parts) > 1 else stage, *rest)
        for k, part in enumerate(parts)
        for stage, *rest in part.trace
    )
    path: Tensor | None = None
    if depth:
        levels = [join(blocks, [part.path[k - depth] for part in parts], space.dim) for k in range(depth)]
        path = torch.stack([space.to_z(level).to(dtype) for level in levels])
    return Draws(
        x=space.to_z(y).to(dtype),
        calls=calls,
        times=(),
        acceptance=(sum(part.acceptance[0] for part in parts) / len(parts),),
        ess=tuple(min(part.ess[-k] for part in parts) for k in range(min(len(part.ess) for part in parts), 0, -1)),
        failures=sum(part.failures for part in parts),
        attempts=sum(part.attempts for part in parts),
        invalid=invalid,
        log_z=sum(part.log_z for part in parts) - constant,
        log_z_error=math.sqrt(sum(part.log_z_error**2 for part in parts)),
        pareto_k=max(part.pareto_k for part in parts),
        largest_k=max(part.largest_k for part in parts),
        warnings=warnings + told,
        notes=notes,
        path=path,
        blocks=blocks,
        parts=tuple(parts),
        names=space.names,
        trace=numbered,
        missed=missed,
        not_excluded=not_excluded(space, met, missed),
        values=sum(part.values for part in parts) + constant - space.minus_log_slope(y),
    )


def not_excluded(space: Space, points: int, missed: Missed) -> str:
    """What no check of a run with so many points of the reference can rule out, in plain words."""
    share = -math.expm1(math.log1p(-CONFIDENCE) / points)
    where = []
    if not bool(space.enclosed.all()):
        where.append(f"outside 2.5 scales of the centre, where descents from {OUTWARD} far points were all that looked")
    where.append(
        f"so narrow that none of {points:,} points of the reference fell where V leads to it: at {CONFIDENCE:.0%} "
        f"confidence less than {share:.2%} of the reference does"
    )
    if missed.of_reference:
        where.append(
            "seen only where coordinates of several blocks change together: at the same confidence on at most "
            f"{missed.of_reference:.2%} of the reference"
        )
    listed = "; or ".join(where)
    return f"not excluded is a mode that lies {listed}. However small a share of the reference, it may hold any weight"


def verdict(draws: Draws) -> str:
    """What k̂ says of the draws, in words that claim no more than was checked."""
    if draws.warnings:
        return "see the warnings"
    if draws.pareto_k is not None and draws.pareto_k > TRUSTED:
        return "the weights are unreliable"
    return "the weights of what was met are reliable; of a mode that was not met they say nothing"

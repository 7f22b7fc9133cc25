"""What the Markov chains among the baselines share: a start, V in bounded memory, one Metropolis step."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..oracle import Oracle
from ..pool import COVERED
from ..tiles import TILE, normals, spans

PREPARATION = 128  # calls of Oracle.check_normalisable, which every sampler begins with

# (z (m, d), V(z) (m,)) → log density up to a constant (m,)
LogDensity = Callable[[Tensor, Tensor], Tensor]


def values(oracle: Oracle, z: Tensor, chunk: int) -> Tensor:
    """V(z) (m,), at most `chunk` points at once."""
    return torch.cat([oracle(z[start:stop]) for start, stop in spans(len(z), TILE, chunk)])


def metropolis(
    oracle: Oracle,
    z: Tensor,
    v: Tensor,
    move: Callable[[Tensor], Tensor],
    log_density: LogDensity,
    generator: torch.Generator,
    chunk: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of all chains z (m, d) with V (m,); m calls. Returns z, V and which chains moved (m,).

    `move` turns standard normals (m, d) into symmetric displacements (m, d).
    """
    noise, u = normals(len(z), z.shape[1], generator, z.dtype, uniforms_every=1)
    proposal = z + move(noise)
    proposed = values(oracle, proposal, chunk)
    # From zero density any proposal of positive density is taken; −inf − (−inf) is NaN and compares as False.
    moved = u.log() <= log_density(proposal, proposed) - log_density(z, v)
    return torch.where(moved[:, None], proposal, z), torch.where(moved, proposed, v), moved


def edge_warnings(x: Tensor, scale: float) -> tuple[str, ...]:
    """A warning where draws x (n, d) lie so far out that chains from N(0, scale² I) may have missed more there."""
    share = float((x.abs() > COVERED * scale).any(dim=1).double().mean())
    if share <= 0.01 * x.shape[1] ** 0.5 + 0.01:
        return ()
    return (f"{share:.1%} of the draws lie beyond {COVERED} × scale = {COVERED * scale:.3g}: use a larger scale",)

"""Whether the reference covers what was drawn, in the coordinates that go on beyond it."""

import torch

from .audit import join
from .blocks import Blocks
from .draws import Draws
from .errors import InputError
from .oracle import Oracle
from .plan import Settled
from .pool import COVERED
from .rounding import TOO_COARSE
from .space import Space
from .tails import LACKING, MOST_CALLS, lacking

REPEATED = 0.9  # share of different draws below which few of the outermost are draws of their own
EDGE = 0.05  # share of a coordinate's draws outside the reference from which its scale is doubted


def check_cover(space: Space, blocks: Blocks, parts: list[Draws], coarse: float = 0.0) -> tuple[str, ...]:
    """InputError where much of the draws lies outside the reference, in a coordinate that goes on there; a warning
    where more of one coordinate does than of a Gaussian a quarter wider than its scale.

    coarse: rounding of V, nats; where it is large the draws follow it and say nothing of the scale.
    """
    y = join(blocks, [part.x for part in parts], space.dim)
    outside = (y.abs() > COVERED) & ~space.enclosed.to(y.device)
    # From a wall on the reference begins at the wall: nothing lies outside on that side.
    for i, kind in enumerate(space.kinds):
        if kind in ("above", "below"):
            outside[:, i] = y[:, i] > COVERED
    share, each = float(outside.any(dim=1).double().mean()), outside.double().mean(dim=0)
    worst = int(each.argmax())
    width = float(space.scale[worst])
    if share > 0.2 and coarse > TOO_COARSE:
        raise InputError(
            f"V's values are rounded to {coarse:.2g} nats, too coarsely to sample from: compute V in float64, or "
            "take its large constant off inside"
        )
    if share > 0.2:
        # From a wall on the reference begins at the wall, whatever loc is.
        nearer = "" if space.kinds[worst] in ("above", "below") else ", or a loc=… nearer by"
        raise InputError(
            f"scale={width:g} does not cover the target: {share:.0%} of the weight lies further out than "
            f"{COVERED * width:.3g}{_where(space, worst)}; use scale={2 * width:g} or more{nearer}"
        )
    if float(each[worst]) > EDGE:
        return (
            f"{float(each[worst]):.1%} of the draws lie further out than {COVERED * width:.3g} in coordinate "
            f"{space.word(worst)}: heavy tails may be cut short, modes missed there; use scale={2 * width:g} or more",
        )
    return ()


def check_tails(
    space: Space, block: tuple[int, ...], found: Settled, oracle: Oracle, left: int | None
) -> tuple[str, ...]:
    """A warning where V grows so slowly beyond a block's draws that weight lies further out than all of them.

    oracle: of the block. left: calls that may be spent; None: any number.
    """
    if bool(space.enclosed[list(block)].all()) or (left is not None and left < MOST_CALLS):
        return ()
    # Draws that stand for several are one draw as to how far out they lie.
    y, order = torch.unique(found.y, dim=0, return_inverse=True)
    v = torch.zeros_like(y[:, 0]).scatter(0, order, found.v)
    if len(y) > REPEATED * len(found.y):
        y, v = found.y, found.v
    missing, reaches = lacking(oracle, y, v)
    if missing <= LACKING:
        return ()
    share = missing / (missing + len(y))
    return (
        f"V grows so slowly beyond the outermost draws that about {share:.1%} of the weight "
        f"lies further out than all of them, most of it along coordinate {space.word(block[reaches])}: heavy tails "
        "are cut short; give such a coordinate a prior with tails like its own (prior=scipy.stats.cauchy(…), say, "
        "and take its −log density off V), or sample asinh of it",
    )


def _where(space: Space, i: int) -> str:
    name = space.word(i)
    return f" from {float(space.loc[i]):g}, most of it in coordinate {name}" if space.dim > 1 else ""

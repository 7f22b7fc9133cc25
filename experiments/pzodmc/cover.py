"""Whether the reference covers what was drawn, in the coordinates that go on beyond it."""

from .audit import join
from .blocks import Blocks
from .draws import Draws
from .errors import InputError
from .pool import COVERED
from .space import Space


def check_cover(space: Space, blocks: Blocks, parts: list[Draws]) -> None:
    """InputError where much of the draws lies outside the reference, in a coordinate that goes on there."""
    y = join(blocks, [part.x for part in parts], space.dim)
    open_ = ~space.enclosed.to(y.device)
    outside = ((y.abs() > COVERED) & open_).any(dim=1)
    # From a wall on the reference begins at the wall: nothing lies outside on that side.
    for i, kind in enumerate(space.kinds):
        if kind in ("above", "below"):
            others = open_.clone()
            others[i] = False
            outside = ((y.abs() > COVERED) & others).any(dim=1) | (y[:, i] > COVERED)
    share = float(outside.double().mean())
    if share > 0.2:
        worst = int(((y.abs() > COVERED) & open_).double().mean(dim=0).argmax())
        width = float(space.scale[worst])
        raise InputError(
            f"scale={width:g} does not cover the target: {share:.0%} of the weight lies further out than "
            f"{COVERED * width:.3g}{_where(space, worst)}; use scale={2 * width:g} or more, or a loc=… nearer by"
        )


def _where(space: Space, i: int) -> str:
    name = space.word(i)
    return f" from {float(space.loc[i]):g}, most of it in coordinate {name}" if space.dim > 1 else ""

"""The user's problem in normal coordinates: V as a function of y, with the walls, scales and priors inside it."""

from dataclasses import replace

from torch import Tensor

from .additive import block_potential
from .blocks import Blocks
from .calling import Direct
from .oracle import Potential, answered
from .space import Space


def in_normal_coordinates(potential: Potential, space: Space, offset: float = 0.0) -> Potential:
    """V(z(y)) − log |dz/dy| − offset, in float64 whatever V computes in.

    offset: V at a likely point, so that a constant of any size in V changes nothing that follows.
    """

    def function(y: Tensor) -> Tensor:
        return answered(potential.function, space.to_z(y)).double() - offset + space.minus_log_slope(y)

    given = potential.block_functions is not None and space.cube is None
    blocks = potential.blocks if given else None
    functions = tuple(_block(potential, space, k) for k in range(len(blocks))) if given else None
    return replace(
        potential,
        function=Direct(function, potential.function),
        blocks=blocks,
        block_functions=functions,
        vectorized=True,
        pool=None,
        offset=offset,
    )


def _block(potential: Potential, space: Space, k: int):
    part, function = space.part(potential.blocks[k]), potential.block_functions[k]
    return Direct(lambda y: answered(function, part.to_z(y)).double() + part.minus_log_slope(y))


def resting(potential: Potential, blocks: Blocks, k: int, anchor: Tensor) -> Potential:
    """Block k's potential with the others at the anchor, less its value there: zero where the anchor is."""
    one = block_potential(potential, blocks, k, anchor)
    at = float(one.function(anchor[None, list(blocks[k])])[0])
    return replace(one, function=Direct(lambda y: one.function(y) - at), offset=max(abs(potential.offset), abs(at)))

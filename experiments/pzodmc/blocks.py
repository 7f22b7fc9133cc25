"""Blocks: a partition of the coordinates."""

from collections.abc import Iterable, Sequence

from .errors import InputError

Blocks = tuple[tuple[int, ...], ...]


def singletons(dim: int) -> Blocks:
    """Every coordinate its own block."""
    return tuple((i,) for i in range(dim))


def consecutive(dim: int, size: int) -> Blocks:
    """Blocks of `size` neighbours; the last may be smaller."""
    return tuple(tuple(range(i, min(i + size, dim))) for i in range(0, dim, size))


def check_blocks(blocks: Iterable[Sequence[int]], dim: int) -> Blocks:
    """The blocks as tuples. Raises InputError unless they partition 0 … dim − 1."""
    try:
        blocks = tuple(tuple(int(i) for i in block) for block in blocks)
    except TypeError as error:
        raise InputError("blocks: give a list of lists of coordinate numbers, e.g. [[0, 1], [2]]") from error
    seen = [i for block in blocks for i in block]
    if empty := [k for k, block in enumerate(blocks) if not block]:
        raise InputError(f"blocks: block {empty[0]} is empty; leave it out")
    if outside := sorted({i for i in seen if not 0 <= i < dim}):
        raise InputError(f"blocks: coordinate {outside[0]} does not exist (0 … {dim - 1})")
    if twice := sorted({i for i in seen if seen.count(i) > 1}):
        raise InputError(f"blocks overlap: coordinate {twice[0]} is in more than one; each belongs to exactly one")
    if missing := sorted(set(range(dim)) - set(seen)):
        raise InputError(f"blocks leave coordinate {missing[0]} out; each belongs to exactly one")
    return blocks

"""Random rows in tiles of a fixed size, so that the chunk size (a matter of memory) never changes a result.

A generator asked for 100 + 100 numbers does not give the same as when asked for 200. Here the requests are cut in the
same way whatever the chunk.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

TILE = 2048  # rows
CHUNK = 32_768  # rows that are evaluated and held at once


def spans(rows: int, tile: int, chunk: int) -> Iterator[tuple[int, int]]:
    """Cut `rows` into pieces of at most `chunk` rows that begin at multiples of `tile` (at least one tile each)."""
    step = max(1, chunk // tile) * tile
    for start in range(0, rows, step):
        yield start, min(start + step, rows)


def normals(
    rows: int, dim: int, generator: torch.Generator, dtype: torch.dtype, tile: int = TILE, uniforms_every: int = 0
) -> tuple[Tensor, Tensor | None]:
    """Standard normals (rows, dim), and one uniform in (0, 1] for every `uniforms_every` rows of them."""
    device = generator.device
    z = torch.empty(rows, dim, dtype=dtype, device=device)
    u = torch.empty(rows // uniforms_every, dtype=dtype, device=device) if uniforms_every else None
    for start in range(0, rows, tile):
        stop = min(start + tile, rows)
        z[start:stop].normal_(generator=generator)
        if u is not None:
            u[start // uniforms_every : stop // uniforms_every].uniform_(generator=generator)
    # uniform_ gives [0, 1); the logarithm of (0, 1] is finite.
    return z, None if u is None else u.neg_().add_(1)

"""One cell of a study: a sampler run once, timed fairly, and scored."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from ..draws import Draws, Sampler
from ..metrics import SCORES

# Other programs on the machine can only make a run slower, so the quickest of a few is the truest.
REPEATS, LONG = 3, 0.3  # runs, CPU seconds in all


@dataclass(frozen=True)
class Cell:
    """A run and what it cost: CPU seconds of this process and seconds on the wall."""

    draws: Draws
    cpu: float
    wall: float


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch uses one thread, so that times compare between machines and do not depend on their load."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def timed(sampler: Sampler, n: int, seed: int, calls: int | None = None, repeats: int = REPEATS) -> Cell:
    """Run with a generator seeded by `seed`, within `calls` oracle calls.

    Short runs are repeated, all alike, and the quickest time counts.
    """
    spent, best = 0.0, None
    for _ in range(repeats):
        generator = torch.Generator().manual_seed(seed)
        cpu, wall = time.process_time(), time.perf_counter()
        draws = sampler.sample(n, generator=generator, max_oracle_calls=calls)
        cell = Cell(draws, time.process_time() - cpu, time.perf_counter() - wall)
        best = cell if best is None or cell.cpu < best.cpu else best
        spent += cell.cpu
        if spent > LONG:
            break
    return best


def warm_up(samplers: Sequence[Sampler], calls: int | None = None) -> None:
    """Run each once for a few draws: the first call of every torch kernel is slow and not the sampler's doing."""
    for sampler in samplers:
        sampler.sample(32, generator=torch.Generator().manual_seed(0), max_oracle_calls=calls)


def scores(x: Tensor, truth: Tensor, names: Sequence[str]) -> dict[str, float]:
    return {name: SCORES[name](x, truth) for name in names}

"""The front door: one function from V to draws."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import torch

from .adaptive import AdaptivePartialZODMC
from .draws import Draws
from .oracle import Potential


def sample(
    function: Callable,
    dim: int,
    n: int = 1000,
    *,
    seed: int = 0,
    scale: float | Sequence[float] = 4.0,
    loc: float | Sequence[float] = 0.0,
    bounds: Any = None,
    periodic: Sequence[int | str] = (),
    prior: Any = None,
    names: Sequence[str] | None = None,
    vectorized: bool = True,
    pool: Executor | None = None,
    device: str = "cpu",
    max_oracle_calls: int | None = None,
    progress: bool | Callable = False,
    checkpoint: str | Path | None = None,
    **options: Any,
) -> Draws:
    """n draws from exp(−V)/Z, V being `function`: points (m, dim), torch or NumPy, to values (m,).

    vectorized=False: V takes one point (dim,) and gives a number; pool: an executor that shares the points out. What
    the
    coordinates are is said by scale and loc, bounds, periodic and prior, see `AdaptivePartialZODMC`, which takes the
    further options too. Raises InputError, which names the cure, for anything that cannot be sampled so.
    """
    potential = Potential(function, dim, vectorized=vectorized, pool=pool)
    where = {"scale": scale, "loc": loc, "bounds": bounds, "periodic": periodic, "prior": prior, "names": names}
    sampler = AdaptivePartialZODMC(potential, **where, **options)
    generator = torch.Generator(device).manual_seed(seed)
    return sampler.sample(
        n, generator=generator, max_oracle_calls=max_oracle_calls, progress=progress, checkpoint=checkpoint
    )

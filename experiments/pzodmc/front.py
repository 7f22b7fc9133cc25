"""The front door: one function from V to draws."""

import operator
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from .adaptive import AdaptivePartialZODMC
from .draws import Draws
from .errors import InputError
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
    points: int = AdaptivePartialZODMC.pool,
    device: str = "cpu",
    max_oracle_calls: int | None = None,
    progress: bool | Callable = False,
    checkpoint: str | Path | None = None,
    **options: Any,
) -> Draws:
    """n draws from exp(−V)/Z, V being `function`: points (m, dim), torch or NumPy, to values (m,).

    V is minus the log density, up to a constant; with a prior, minus the log likelihood, and Z is the evidence.

    seed: decides everything, with the settings and V.
    scale, loc: how far the target reaches and from where, one number or one a coordinate, in its units. From a wall on
        it is counted from the wall; between two walls and with a prior neither is used.
    bounds: (lower, upper) a coordinate, None or ±inf for no wall; one pair for all; or a dict by number or name.
    periodic: numbers or names of coordinates whose two bounds are one place.
    prior: frozen continuous distributions of scipy.stats, one for all, one a coordinate or a dict by name; or a
        function from the open unit cube, NumPy (m, dim), to points (m, dim).
    names: of the coordinates; a[0], a[1], … are one vector in ArviZ.
    vectorized: False where V takes one point (dim,) and gives a number; pool: an executor that shares these points out.
    points: of the reference that each block is looked at with; more of them meet narrower modes.
    device: of the points and draws, as PyTorch names it.
    max_oracle_calls: V is asked at no more points than these in all, 500 at least; what needs no more is not changed
        by it, and what does is warned of.
    progress: True for a bar on standard error, or a function of (calls, stage, share done).
    checkpoint: a file that keeps V's answers; the same call goes on from it, to the same draws.
    options: further fields of `AdaptivePartialZODMC`.

    What `Draws.warnings` says is warned of. Raises InputError, with the cure, for anything that cannot be sampled so.
    """
    potential = Potential(function, dim, vectorized=vectorized, pool=pool)
    where = {"scale": scale, "loc": loc, "bounds": bounds, "periodic": periodic, "prior": prior, "names": names}
    known = [field.name for field in fields(AdaptivePartialZODMC) if field.name not in ("potential", "pool", *where)]
    if unknown := [name for name in options if name not in known]:
        raise InputError(
            f"sample: there is no option {unknown[0]!r}; beside those of its help it takes {', '.join(known)}"
        )
    if options.get("dtype") not in (None, torch.float32, torch.float64):
        raise InputError(
            f"dtype: give torch.float64, torch.float32 or None (what V computes in), got {options['dtype']!r}"
        )
    sampler = AdaptivePartialZODMC(potential, pool=points, **where, **options)
    draws = sampler.sample(
        n,
        generator=seeded(device, seed),
        max_oracle_calls=max_oracle_calls,
        progress=progress,
        checkpoint=checkpoint,
    )
    for warning in draws.warnings:
        warnings.warn(warning, stacklevel=2)
    return draws


def seeded(device: str, seed: int) -> torch.Generator:
    """A generator on the device. InputError where this machine has no such device, or the seed is no whole number."""
    try:
        seed = operator.index(seed)
    except TypeError as error:
        raise InputError(f"seed: give a whole number, got {seed!r}") from error
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"device {device}: PyTorch finds no CUDA device here; use device cpu")
    try:
        made = torch.Generator(torch.device(device))
        torch.zeros(1, device=device)
        return made.manual_seed(seed)
    except (RuntimeError, AssertionError, OverflowError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"device {device!r} and seed {seed!r} cannot be used here: {reason}") from error

"""From what people say of their coordinates to a `Space`, with an InputError that names the coordinate where it is
wrong.
"""

import math
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .errors import InputError
from .pool import COVERED
from .space import Space


def make_space(
    dim: int,
    *,
    scale: float | Sequence[float] = 4.0,
    loc: float | Sequence[float] = 0.0,
    bounds: Sequence | None = None,
    periodic: Sequence[int | str] = (),
    prior: Any = None,
    names: Sequence[str] | None = None,
) -> Space:
    """The space of `dim` coordinates, said as in `sample`. InputError, naming the coordinate, for contradictions."""
    names = _names(names, dim)
    width, centre = _vector("scale", scale, dim), _vector("loc", loc, dim)
    if not bool((width > 0).all()):
        raise InputError(f"scale must be positive in every coordinate, got {scale!r}")
    walls = _walls(bounds, dim, names)
    periodic = [periodic] if isinstance(periodic, str) or not hasattr(periodic, "__iter__") else periodic
    around = {_number(p, names, "periodic") for p in periodic}
    kinds = []
    for i, (low, high) in enumerate(walls):
        if not low < high:
            raise InputError(
                f"bounds of {names[i]}: the lower one must be below the upper one, got ({low:g}, {high:g})"
            )
        closed = math.isfinite(low) and math.isfinite(high)
        if i in around and not closed:
            raise InputError(f"periodic: {names[i]} needs two finite bounds, where it begins and where it begins again")
        kinds.append("circle" if i in around else "box" if closed else "line")
        if closed:
            centre[i], width[i] = low, high - low
        elif math.isfinite(low) or math.isfinite(high):
            kinds[i] = "above" if math.isfinite(low) else "below"
            wall, wanted = low if math.isfinite(low) else high, float(centre[i])
            if wanted and abs(wanted - wall) > COVERED * float(width[i]):
                raise InputError(
                    f"loc of {names[i]}: a coordinate with one wall is looked for from the wall on, and scale="
                    f"{float(width[i]):g} does not reach {wanted:g}; give scale={abs(wanted - wall):g} there or more, "
                    "and leave its loc at 0"
                )
            centre[i] = wall
    if prior is None:
        return Space(tuple(kinds), centre, width, names)
    return _with_prior(prior, dim, names, walls, bounds is not None, around)


def _with_prior(prior: Any, dim: int, names: tuple, walls: list, bounded: bool, around: set) -> Space:
    ones, kinds = torch.ones(dim, dtype=torch.float64), ("prior",) * dim
    if callable(prior) and not hasattr(prior, "ppf"):
        if bounded or around:
            raise InputError(
                "prior as a function of the unit cube says where the points lie: leave bounds= and periodic= out"
            )
        return Space(kinds, 0 * ones, ones, names, cube=prior)
    if isinstance(prior, dict):
        if set(prior) != set(names):
            raise InputError(f"prior: give one distribution for each of {', '.join(names)}, got {', '.join(prior)}")
        prior = [prior[name] for name in names]
    priors = tuple(prior) if isinstance(prior, list | tuple | np.ndarray) else (prior,) * dim
    if len(priors) != dim:
        raise InputError(f"prior: give one distribution a coordinate ({dim}), got {len(priors)}")
    for i, one in enumerate(priors):
        _check_distribution(one, names[i])
        low, high = (float(end) for end in one.support())
        if (
            bounded
            and walls[i] != (-math.inf, math.inf)
            and not (math.isclose(low, walls[i][0], abs_tol=1e-12) and math.isclose(high, walls[i][1], abs_tol=1e-12))
        ):
            raise InputError(
                f"{names[i]}: the prior lives on [{low:g}, {high:g}], the bounds say [{walls[i][0]:g}, "
                f"{walls[i][1]:g}]; "
                "leave bounds= out, or truncate the prior"
            )
    if around:
        raise InputError("periodic: a coordinate with a prior is cut where the prior ends; leave periodic= out")
    return Space(kinds, 0 * ones, ones, names, priors=priors)


def _check_distribution(one: Any, name: str) -> None:
    frozen = "give a continuous, frozen distribution with its parameters, such as scipy.stats.gamma(2)"
    if not (hasattr(one, "ppf") and hasattr(one, "isf")):
        raise InputError(f"prior of {name}: {frozen}, got {type(one).__name__}")
    if hasattr(one, "pmf"):
        raise InputError(
            f"prior of {name}: the distribution is discrete, and V is asked on a continuum; sum over its values inside "
            f"V, or {frozen}"
        )
    try:
        quarters = np.asarray([one.ppf(0.25), one.isf(0.25)], dtype=np.float64)
    except Exception as error:  # whatever a distribution without its parameters raises
        raise InputError(f"prior of {name}: {frozen} ({type(error).__name__}: {error})") from error
    if quarters.shape != (2,) or not quarters[0] < quarters[1]:
        raise InputError(
            f"prior of {name}: its quartiles are {quarters.tolist()}, which no distribution of one number has; check "
            "its parameters"
        )


def _names(names: Sequence[str] | None, dim: int) -> tuple[str, ...]:
    found = tuple(f"z{i}" for i in range(dim))
    if names is not None:
        found = tuple(names) if hasattr(names, "__iter__") and not isinstance(names, str) else ()
    if len(found) != dim or len(set(found)) != dim or not all(isinstance(name, str) for name in found):
        raise InputError(f"names: give {dim} different words, got {names!r}")
    return found


def _vector(what: str, value: Any, dim: int) -> Tensor:
    try:
        found = torch.as_tensor(np.asarray(value, dtype=np.float64)).clone()
    except (TypeError, ValueError) as error:
        raise InputError(f"{what}: give a number, or one a coordinate ({dim}), got {value!r}") from error
    if found.ndim > 1 or (found.ndim == 1 and len(found) != dim):
        raise InputError(f"{what}: give a number, or one a coordinate ({dim}), got {value!r}")
    if not bool(torch.isfinite(found).all()):
        raise InputError(f"{what} must be finite, got {value!r}")
    return found.expand(dim).clone()


def _number(which: Any, names: tuple[str, ...], what: str) -> int:
    if isinstance(which, str) and which in names:
        return names.index(which)
    if isinstance(which, Integral) and not isinstance(which, bool) and 0 <= which < len(names):
        return int(which)
    raise InputError(
        f"{what}: there is no coordinate {which!r}; give numbers (0 … {len(names) - 1}) or names "
        f"({', '.join(names[:5])}{', …' if len(names) > 5 else ''})"
    )


def _walls(bounds: Any, dim: int, names: tuple[str, ...]) -> list[tuple[float, float]]:
    walls = [(-math.inf, math.inf)] * dim
    if bounds is None:
        return walls
    if isinstance(bounds, dict):
        pairs = {_number(key, names, "bounds"): pair for key, pair in bounds.items()}
    else:
        rows = list(bounds) if hasattr(bounds, "__iter__") and not isinstance(bounds, str) else [bounds]
        # One pair for all coordinates.
        if (
            len(rows) == 2
            and not any(isinstance(r, list | tuple | np.ndarray | Tensor) for r in rows)
            and (dim != 2 or None not in rows or any(r is not None for r in rows))
        ):
            rows = [tuple(rows)] * dim
        if len(rows) != dim:
            raise InputError(f"bounds: give one (lower, upper) a coordinate ({dim}), got {len(rows)}")
        pairs = dict(enumerate(rows))
    for i, pair in pairs.items():
        if pair is None:
            continue
        try:
            low, high = pair
            low = -math.inf if low is None else float(low)
            high = math.inf if high is None else float(high)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"bounds of {names[i]}: give (lower, upper), None where there is no wall, got {pair!r}"
            ) from error
        if math.isnan(low) or math.isnan(high):
            raise InputError(f"bounds of {names[i]} are no numbers: {pair!r}")
        walls[i] = (low, high)
    return walls

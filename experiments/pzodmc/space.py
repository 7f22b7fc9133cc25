"""Coordinates as people have them, and the normal coordinates that the sampler works in.

Every coordinate z_i is a monotone function of a y_i whose reference law is N(0, 1), so that one pool y ~ N(0, I) serves
all: z = loc + scale·y where nothing bounds it; the quantile function of a half-normal from a wall on; of the uniform
law between two walls and around a circle; of the prior where there is one. The density of y is exp(−V(z(y)))
|dz/dy|, and that of a prior is part of it: exp(−V) is then the likelihood, and Z the evidence.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .errors import InputError

ROOT = math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Space:
    """`kinds` says of each coordinate what it is: "line", "above", "below", "box", "circle" or "prior".

    loc, scale (d,) float64: centre and width on a line, wall and width from a wall on, lower end and length of a box or
    circle. priors: one quantile pair a coordinate, or `cube`, one function of the whole unit cube.
    """

    kinds: tuple[str, ...]
    loc: Tensor
    scale: Tensor
    names: tuple[str, ...]
    priors: tuple[Any, ...] | None = None
    cube: Callable | None = None
    shift: Tensor | None = None  # (d,) turns from a circle's lower end to where it is cut

    @property
    def dim(self) -> int:
        return len(self.kinds)

    @property
    def enclosed(self) -> Tensor:
        """(d,) bool: coordinates whose whole range the reference law covers, so that nothing can lie outside."""
        return torch.tensor([kind in ("box", "circle", "prior") for kind in self.kinds])

    @property
    def plain(self) -> bool:
        return all(kind == "line" for kind in self.kinds)

    def part(self, block: Sequence[int]) -> "Space":
        """The space of some of the coordinates; not of a cube, whose coordinates belong together."""
        i = list(block)
        priors = None if self.priors is None else tuple(self.priors[j] for j in i)
        return replace(
            self, kinds=tuple(self.kinds[j] for j in i), loc=self.loc[i], scale=self.scale[i],
            names=tuple(self.names[j] for j in i), priors=priors, shift=None if self.shift is None else self.shift[i],
        )  # fmt: skip

    def turned(self, shift: Tensor) -> "Space":
        """The circles cut elsewhere: `shift` (d,) in turns; other coordinates as they are."""
        return replace(self, shift=shift) if "circle" in self.kinds else self

    def to_z(self, y: Tensor) -> Tensor:
        """(m, d) → (m, d), in y's dtype."""
        loc, scale = self.loc.to(y), self.scale.to(y)
        if self.plain:
            return torch.addcmul(loc, y, scale)
        if self.cube is not None:
            return self._from_cube(y)
        z = loc + scale * y
        for i, kind in enumerate(self.kinds):
            if kind != "line":
                z[:, i] = self._column(i, kind, y[:, i])
        return z

    def minus_log_slope(self, y: Tensor) -> Tensor:
        """−log of |dz/dy|, for a prior −log of |dz/dy| times its density: (m, d) → (m,)."""
        total = torch.zeros(len(y), dtype=y.dtype, device=y.device)
        for i, kind in enumerate(self.kinds):
            total = total + self._column_slope(i, kind, y[:, i])
        return total

    def _column(self, i: int, kind: str, y: Tensor) -> Tensor:
        loc, scale = float(self.loc[i]), float(self.scale[i])
        if kind == "above":
            return loc + scale * half_normal(y)
        if kind == "below":
            return loc - scale * half_normal(y)
        if kind == "prior":
            return self._quantile(i, y)
        # From both ends, for close to an end the distance to it is what must be exact.
        low, high = phi(y), phi(-y)
        if kind == "circle":
            return self._around(i, low)
        return torch.where(y < 0, loc + scale * low, (loc + scale) - scale * high)

    def _around(self, i: int, u: Tensor) -> Tensor:
        u = u if self.shift is None else torch.remainder(u + float(self.shift[i]), 1.0)
        return float(self.loc[i]) + float(self.scale[i]) * u

    def _quantile(self, i: int, y: Tensor) -> Tensor:
        flat = y.detach().cpu().double()
        low, high = phi(flat).numpy(), phi(-flat).numpy()
        with np.errstate(all="ignore"):
            z = np.where(flat.numpy() < 0, self.priors[i].ppf(low), self.priors[i].isf(high))
        return torch.as_tensor(z, dtype=y.dtype, device=y.device)

    def _from_cube(self, y: Tensor) -> Tensor:
        u = phi(y.detach().cpu().double())
        try:
            z = self.cube(u.numpy())
        except Exception as error:
            raise InputError(
                f"prior: the transform failed on points (m, {self.dim}) of the unit cube, NumPy: "
                f"{type(error).__name__}: {error}"
            ) from error
        z = torch.as_tensor(np.asarray(z), dtype=y.dtype, device=y.device)
        if z.shape != y.shape:
            raise InputError(f"prior: the transform must map (m, {self.dim}) to (m, {self.dim}), got {tuple(z.shape)}")
        return z

    def _column_slope(self, i: int, kind: str, y: Tensor) -> Tensor:
        log_scale, normal = math.log(float(self.scale[i])), 0.5 * y * y
        if kind == "line":
            return torch.full_like(y, -log_scale)
        if kind == "prior":
            return normal + math.log(ROOT)
        if kind in ("box", "circle"):
            return normal + math.log(ROOT) - log_scale
        # The half-normal density over the normal one: dz/dy = scale φ(y)/(2 φ(h)).
        return normal - 0.5 * half_normal(y) ** 2 + math.log(2.0) - log_scale


def phi(y: Tensor) -> Tensor:
    """Φ(y), exact in the lower tail, where torch.special.ndtr is 0 from −8.3 on."""
    return 0.5 * torch.special.erfc(-y / math.sqrt(2))


def half_normal(y: Tensor) -> Tensor:
    """h(y) > 0 with half-normal law for y ~ N(0, 1): Φ⁻¹((1 + Φ(y))/2), exact in both tails."""
    near = math.sqrt(math.pi / 2) * phi(y)  # to relative 1e-13 where Φ(y) is small
    far = -torch.special.ndtri(0.5 * phi(-y))
    # Beyond 8 the two laws differ by a constant shift of the exponent only; ndtri has no more to give at 37.
    far = torch.where(torch.isfinite(far), far, y)
    return torch.where(y < -5, near, far)


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
    """The space of `dim` coordinates. Raises InputError for what contradicts itself, naming the coordinate.

    bounds: one (lower, upper) a coordinate, None or ±inf for no wall, or None for a coordinate without walls; a dict
    from coordinate (number or name) to such a pair will do too. periodic: the coordinates whose two bounds are the same
    place. prior: a frozen distribution of scipy.stats a coordinate, or a function from the unit cube, NumPy (m, dim),
    to points (m, dim).
    """
    names = _names(names, dim)
    width, centre = _vector("scale", scale, dim), _vector("loc", loc, dim)
    if not bool((width > 0).all()):
        raise InputError(f"scale must be positive in every coordinate, got {scale!r}")
    walls = _walls(bounds, dim, names)
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
            centre[i] = low if math.isfinite(low) else high
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
    priors = tuple(prior) if isinstance(prior, list | tuple) else (prior,) * dim
    if len(priors) != dim:
        raise InputError(f"prior: give one distribution a coordinate ({dim}), got {len(priors)}")
    for i, one in enumerate(priors):
        if not (hasattr(one, "ppf") and hasattr(one, "isf")):
            raise InputError(
                f"prior of {names[i]}: give a frozen distribution such as scipy.stats.norm(0, 2), got "
                f"{type(one).__name__}"
            )
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


def _names(names: Sequence[str] | None, dim: int) -> tuple[str, ...]:
    found = tuple(names) if names is not None else tuple(f"z{i}" for i in range(dim))
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
    if not isinstance(which, str) and int(which) == which and 0 <= which < len(names):
        return int(which)
    raise InputError(f"{what}: there is no coordinate {which!r} (0 … {len(names) - 1}, or {', '.join(names[:5])} …)")


def _walls(bounds: Any, dim: int, names: tuple[str, ...]) -> list[tuple[float, float]]:
    walls = [(-math.inf, math.inf)] * dim
    if bounds is None:
        return walls
    if isinstance(bounds, dict):
        pairs = {_number(key, names, "bounds"): pair for key, pair in bounds.items()}
    else:
        rows = list(bounds)
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

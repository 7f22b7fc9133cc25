"""Coordinates as people have them, and the normal coordinates that the sampler works in.

Every coordinate z_i is a monotone function of a y_i whose reference law is N(0, 1), so that one pool y ~ N(0, I) serves
all: z = loc + scale·y where nothing bounds it; the quantile function of a half-normal from a wall on; of the uniform
law between two walls and around a circle; of the prior where there is one. Walls and ends are never met: V is asked
strictly inside of them, where a logarithm is finite. The density of y is exp(−V(z(y)))
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
LEAST = 1e-300  # of a probability whose quantile is asked for: that of 0 is an end, often infinite


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

    def word(self, i: int) -> str:
        """Coordinate i as a message calls it: by its name, or by its number where it has none of its own."""
        return str(i) if self.names[i] == f"z{i}" else self.names[i]

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
            return (loc + scale * half_normal(y)).clamp(min=math.nextafter(loc, math.inf))
        if kind == "below":
            return (loc - scale * half_normal(y)).clamp(max=math.nextafter(loc, -math.inf))
        if kind == "prior":
            return self._quantile(i, y)
        # From both ends, for close to an end the distance to it is what must be exact.
        low, high = phi(y), phi(-y)
        if kind == "circle":
            return self._around(i, low)
        z = torch.where(y < 0, loc + scale * low, (loc + scale) - scale * high)
        return z.clamp(math.nextafter(loc, math.inf), math.nextafter(loc + scale, -math.inf))

    def _around(self, i: int, u: Tensor) -> Tensor:
        u = u if self.shift is None else torch.remainder(u + float(self.shift[i]), 1.0)
        return float(self.loc[i]) + float(self.scale[i]) * u

    def _quantile(self, i: int, y: Tensor) -> Tensor:
        flat = y.detach().cpu().double()
        low, high = phi(flat).numpy().clip(min=LEAST), phi(-flat).numpy().clip(min=LEAST)
        start, end = self.priors[i].support()
        with np.errstate(all="ignore"):
            z = np.where(flat.numpy() < 0, self.priors[i].ppf(low), self.priors[i].isf(high))
        z = z.clip(np.nextafter(start, math.inf), np.nextafter(end, -math.inf))
        return torch.as_tensor(z, dtype=y.dtype, device=y.device)

    def _from_cube(self, y: Tensor) -> Tensor:
        u = phi(y.detach().cpu().double()).clamp(LEAST, 1 - torch.finfo(torch.float64).eps / 2)
        many = f"it is given many points of the unit cube at once, NumPy (m, {self.dim}): u[:, 0], not u[0]"
        try:
            z = torch.as_tensor(np.asarray(self.cube(u.numpy())), dtype=y.dtype, device=y.device)
        except Exception as error:
            raise InputError(f"prior: the transform failed ({type(error).__name__}: {error}); {many}") from error
        if z.shape != y.shape:
            raise InputError(
                f"prior: the transform must map (m, {self.dim}) to (m, {self.dim}), got {tuple(z.shape)} for m = "
                f"{len(y)}; {many}"
            )
        if bool(torch.isnan(z).any()):
            raise InputError("prior: the transform gave NaN at a point of the open unit cube; give a number everywhere")
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

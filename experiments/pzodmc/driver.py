"""Coordinates in which a funnel and a banana are nearly Gaussian: one coordinate drives the place and width of the
rest.

In many posteriors a single coordinate (the logarithm of a group's spread, say) sets how wide all others are. With such
a driver c the rest is written as y_rest = W⁻¹ (m(y_c) + exp(s(y_c)) u), with a quadratic m, and s linear: W takes the
covariances of the rest at a low and at a high y_c to diagonal form together, and the logarithm of each width is a
line in
y_c. A line goes on where there are no particles yet: into the neck. The map is fitted to resting particles alone and
its Jacobian is part of the density, so that a poor fit costs acceptance, never correctness.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

LEAST_GAIN = 0.05  # nats a coordinate by which a driver must describe the particles better than one Gaussian
BENDING = 0.2  # change of a width's logarithm a standard deviation of the driver, from which places follow the width
TURNS = 3  # passes over the combinations that are narrow, each with the widths that the last one found
STEEPEST = 6.0  # the widths' logarithms may change by so much over the particles' range


@dataclass(frozen=True)
class Driver:
    """y (m, d) ↔ u (m, d) with u_c = y_c. centre, width: of y_c. mean (3, d − 1): coefficients of m, in W's basis.
    slopes (d − 1,).
    """

    which: int
    centre: float
    width: float
    mean: Tensor
    unmix: Tensor  # W (d − 1, d − 1)
    mix: Tensor  # its inverse
    levels: Tensor  # (d − 1,)
    slopes: Tensor

    def _parts(self, column: Tensor) -> tuple[Tensor, Tensor]:
        a = (column - self.centre) / self.width
        return torch.einsum("mki,ik->mk", _shapes(a, self.slopes), self.mean), self.levels + a[:, None] * self.slopes

    def to_u(self, y: Tensor) -> Tensor:
        c = self.which
        m, s = self._parts(y[:, c])
        rest = torch.cat([y[:, :c], y[:, c + 1 :]], dim=1)
        u = (rest @ self.unmix.T - m) * torch.exp(-s)
        return torch.cat([y[:, c : c + 1], u], dim=1)

    def to_y(self, u: Tensor) -> Tensor:
        c = self.which
        m, s = self._parts(u[:, 0])
        rest = (m + u[:, 1:] * torch.exp(s)) @ self.mix.T
        return torch.cat([rest[:, :c], u[:, :1], rest[:, c:]], dim=1)

    def log_slope(self, u: Tensor) -> Tensor:
        """log |dy/du|, (m, d) → (m,)."""
        return self._parts(u[:, 0])[1].sum(dim=1) + float(torch.linalg.slogdet(self.mix)[1])


def find_driver(y: Tensor, among: tuple[int, ...] | None = None) -> Driver | None:
    """The coordinate (of all, or of those named) that explains y (m, d) best as driver; None where none explains
    much.
    """
    m, d = y.shape
    if d < 2 or m < 8 * d:
        return None
    y = y.double()
    covariance = torch.cov(y.T)
    whole = 0.5 * float(torch.linalg.slogdet(covariance + 1e-12 * covariance.diagonal().mean() * torch.eye(d).to(y))[1])
    best, gain = None, LEAST_GAIN * d
    for c in among if among is not None else range(d):
        found = _fit(y, c, 1)
        # Differential entropy of the Gaussian description, without constants.
        if found is not None and whole - found[1] > gain:
            best, gain = found[0], whole - found[1]
    finer = None if best is None else _fit(y, best.which, TURNS)
    return best if finer is None else finer[0]


def _fit(y: Tensor, c: int, turns: int) -> tuple[Driver, float] | None:
    column = y[:, c]
    centre, width = float(column.mean()), float(column.std())
    if not width > 0:
        return None
    a = (column - centre) / width
    rest = torch.cat([y[:, :c], y[:, c + 1 :]], dim=1)
    powers = torch.stack([torch.ones_like(a), a, a * a], dim=1)
    away = rest - powers @ torch.linalg.lstsq(powers, rest).solution
    order, third = a.argsort(), len(a) // 3
    unmix, steepest = torch.eye(rest.shape[1]).to(y), torch.zeros(1).to(y)
    for turn in range(turns):
        # Which combinations are narrow is known best where they are narrowest: there each particle counts by its
        # narrowness, for a direction wrong by an angle is as wide there as the angle times what is wide.
        thin = away * torch.exp(-steepest * a)[:, None] if turn else away[order[:third]]
        wide = away[order[:third]] if float(steepest) < 0 else away[order[-third:]]
        axes = _axes(torch.cov(thin.T).reshape(len(unmix), -1), torch.cov(wide.T).reshape(len(unmix), -1))
        if axes is None:
            return None
        unmix = axes @ unmix
        raw = rest @ unmix.T
        mean, away, slopes = _places_and_slopes(a, raw)
        steepest = slopes[slopes.abs().argmax()]
        if float(steepest.abs()) < BENDING:
            break
    flat = away * torch.exp(-a[:, None] * slopes)
    levels = 0.5 * torch.log(flat.square().mean(dim=0).clamp(min=1e-300))
    mix = torch.linalg.inv(unmix)
    spread = math.log(width) + float(torch.linalg.slogdet(mix)[1]) + float(levels.sum())
    return Driver(c, centre, width, mean, unmix, mix, levels, slopes), spread


def _axes(thin: Tensor, wide: Tensor) -> Tensor | None:
    """W (k, k) that takes two covariances to diagonal form together; None where they are no covariances."""
    size = (thin.diagonal() + wide.diagonal()) / 2
    if not bool((size > 0).all()):
        return None
    ridge = 1e-9 * torch.diag(size)
    root, failed = torch.linalg.cholesky_ex(wide + ridge)
    if int(failed):
        return None
    inverse = torch.linalg.inv(root)
    turned = torch.linalg.eigh(inverse @ (thin + ridge) @ inverse.T)[1]
    return turned.T @ inverse


def _places_and_slopes(a: Tensor, raw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of raw (m, k) driven by a (m,): the places (3, k), what is left (m, k), the slopes of the widths (k,)."""
    weight, slopes = a / a.square().sum(), torch.zeros(raw.shape[1]).to(raw)
    for _ in range(4):
        # Places are known best where the rest is narrow, and there they must be: a line through the mouth misses the
        # neck.
        shapes = _shapes(a, slopes)
        mean = _weighted(shapes, raw, torch.exp(-2 * a[:, None] * slopes))
        away = raw - torch.einsum("mki,ik->mk", shapes, mean)
        # log w² = 2 s + log χ²₁ for a Gaussian: an ordinary regression gives the slopes, whatever the law of the noise.
        logs = 0.5 * torch.log(away.square() + 1e-12 * away.square().mean(dim=0))
        slopes = (weight @ (logs - logs.mean(dim=0))).clamp(-STEEPEST / 3, STEEPEST / 3)
    return mean, away, slopes


def _shapes(a: Tensor, slopes: Tensor) -> Tensor:
    """Functions of the driver a (m,) whose combination is the place of a coordinate with width exp(slope·a): (m, k, 3).

    1, a, a² where the width hardly changes; else 1, e^{s·a}, a·e^{s·a}: in the neck, where the width falls to nothing,
    a place that went on moving by more than the width would miss it, and that of a hierarchy does not.
    """
    width = torch.exp(a[:, None] * slopes)
    bent = (slopes.abs() > BENDING).to(a)
    flat = (a[:, None] * torch.ones_like(slopes), (a * a)[:, None] * torch.ones_like(slopes))
    first, second = flat[0] + bent * (width - flat[0]), flat[1] + bent * (a[:, None] * width - flat[1])
    return torch.stack([torch.ones_like(width), first, second], dim=2)


def _weighted(shapes: Tensor, values: Tensor, trust: Tensor) -> Tensor:
    """Least squares with weights trust (m, k) for each column of values (m, k): coefficients (3, k)."""
    trust = trust / trust.sum(dim=0)
    normal = torch.einsum("mki,mk,mkj->kij", shapes, trust, shapes)
    # Where all trust lies on a few particles a curve through them is no curve: the ridge leaves a line, then a place.
    normal = (
        normal
        + 1e-9 * torch.diag_embed(normal.diagonal(dim1=1, dim2=2))
        + 1e-12 * torch.eye(shapes.shape[2]).to(normal)
    )
    right = torch.einsum("mki,mk,mk->ki", shapes, trust, values)
    return torch.linalg.solve(normal, right[:, :, None])[:, :, 0].T

"""Posteriors of real or realistic data, whose reference values come from quadrature of what is left in few dimensions.

Each is V = −log posterior without constants left out, and bounded functions of the draws with their exact means.
"""

import math
from functools import cache

import torch
from torch import Tensor

from .posterior import Posterior, above, grid, read

SCHOOLS_Y = (28, 8, -3, 7, -1, 1, 18, 12)
SCHOOLS_S = (15, 10, 16, 11, 9, 11, 10, 18)


def eight_schools() -> Posterior:
    """Rubin (1981), centred: μ ~ N(0, 5²), τ ~ half-Cauchy(5), θ_j ~ N(μ, τ²). Coordinates μ, log τ, θ₁ … θ₈."""
    y, s = (torch.tensor(x, dtype=torch.float64) for x in (SCHOOLS_Y, SCHOOLS_S))

    def top(mu: Tensor, log_tau: Tensor) -> Tensor:
        return mu**2 / 50 + torch.log1p((log_tau.exp() / 5) ** 2) - log_tau

    def function(z: Tensor) -> Tensor:
        mu, log_tau, theta = z[:, 0], z[:, 1], z[:, 2:]
        data = ((y.to(z) - theta) / s.to(z)).square().sum(1) / 2
        group = ((theta - mu[:, None]) * torch.exp(-log_tau)[:, None]).square().sum(1) / 2 + 8 * log_tau
        return data + group + top(mu, log_tau)

    @cache
    def exact() -> tuple[dict[str, float], float]:
        (mu, a), (log_tau, b) = grid(-40, 50, 901), grid(-16, 8, 1201)
        mu, log_tau = mu[:, None], log_tau[None]
        v = top(mu, log_tau) + 0 * mu
        for yj, sj in zip(SCHOOLS_Y, SCHOOLS_S, strict=True):
            variance = sj**2 + torch.exp(2 * log_tau)
            v = v + (yj - mu) ** 2 / (2 * variance) - 0.5 * torch.log(2 * math.pi * sj**2 / variance)
        return read(
            v,
            a * b,
            {
                "tau<1": 1 - above(log_tau, b, 0.0) + 0 * mu,
                "tau<4": 1 - above(log_tau, b, math.log(4)) + 0 * mu,
                "mu>4": above(mu, a, 4.0) + 0 * log_tau,
            },
        )

    means = {
        "tau<1": lambda z: (z[:, 1] < 0).double(),
        "tau<4": lambda z: (z[:, 1] < math.log(4)).double(),
        "mu>4": lambda z: (z[:, 0] > 4).double(),
    }
    return Posterior("eight_schools", function, 10, {"scale": 15.0}, means, exact)


PUMP_FAILURES = (5, 1, 5, 14, 3, 19, 1, 1, 4, 22)
PUMP_HOURS = (94.3, 15.7, 62.9, 126.0, 5.24, 31.4, 1.05, 1.05, 2.1, 10.5)


def pumps() -> Posterior:
    """Failures of ten pumps (Gaver, O'Muircheartaigh 1987): rates λ_i ~ Gamma(α, β), α ~ Exp(1), β ~ Gamma(0.1, 1).

    A hierarchy with linked priors. Coordinates log α, log β, log λ₁ … log λ₁₀.
    """
    k, t = (torch.tensor(x, dtype=torch.float64) for x in (PUMP_FAILURES, PUMP_HOURS))

    def top(log_a: Tensor, log_b: Tensor) -> Tensor:
        return log_a.exp() - log_a + log_b.exp() - 0.1 * log_b

    def function(z: Tensor) -> Tensor:
        log_a, log_b, log_rate = z[:, :1], z[:, 1:2], z[:, 2:]
        a, b, rate = log_a.exp(), log_b.exp(), log_rate.exp()
        each = (b + t.to(z)) * rate - (a + k.to(z)) * log_rate - a * log_b + torch.lgamma(a)
        return each.sum(1) + top(z[:, 0], z[:, 1])

    @cache
    def exact() -> tuple[dict[str, float], float]:
        (log_a, h), (log_b, g) = grid(-5, 4, 901), grid(-9, 5, 1401)
        log_a, log_b = log_a[:, None], log_b[None]
        a, b = log_a.exp(), log_b.exp()
        v = top(log_a, log_b)
        for ki, ti in zip(PUMP_FAILURES, PUMP_HOURS, strict=True):
            v = v - (a * log_b - torch.lgamma(a) + torch.lgamma(a + ki) - (a + ki) * torch.log(b + ti))
        return read(
            v,
            h * g,
            {
                "a>0.7": above(log_a, h, math.log(0.7)) + 0 * log_b,
                "b>1": above(log_b, g, 0.0) + 0 * log_a,
                "b>0.5": above(log_b, g, math.log(0.5)) + 0 * log_a,
            },
        )

    means = {
        "a>0.7": lambda z: (z[:, 0] > math.log(0.7)).double(),
        "b>1": lambda z: (z[:, 1] > 0).double(),
        "b>0.5": lambda z: (z[:, 1] > math.log(0.5)).double(),
    }
    return Posterior("pumps", function, 12, {"scale": 3.0}, means, exact)


DOSES = (-0.86, -0.30, -0.05, 0.73)
DEATHS = (0, 1, 3, 5)


def bioassay() -> Posterior:
    """Logistic regression of deaths among five animals on the dose (Racine et al. 1986), N(0, 10²) priors."""
    x, dead = (torch.tensor(v, dtype=torch.float64) for v in (DOSES, DEATHS))

    def function(z: Tensor) -> Tensor:
        eta = z[:, :1] + z[:, 1:] * x.to(z)
        return (5 * torch.nn.functional.softplus(eta) - dead.to(z) * eta).sum(1) + z.square().sum(1) / 200

    @cache
    def exact() -> tuple[dict[str, float], float]:
        (a, h), (b, g) = grid(-25, 35, 1201), grid(-20, 70, 1801)
        a, b = a[:, None], b[None]
        v = (a**2 + b**2) / 200
        for xi, ki in zip(DOSES, DEATHS, strict=True):
            eta = a + b * xi
            v = v + 5 * torch.nn.functional.softplus(eta) - ki * eta
        shares = {"a>1": above(a, h, 1.0) + 0 * b, "b>10": above(b, g, 10.0), "b>20": above(b, g, 20.0)}
        return read(v, h * g, {name: share + 0 * (a + b) for name, share in shares.items()})

    means = {
        "a>1": lambda z: (z[:, 0] > 1).double(),
        "b>10": lambda z: (z[:, 1] > 10).double(),
        "b>20": lambda z: (z[:, 1] > 20).double(),
    }
    return Posterior("bioassay", function, 2, {"scale": 15.0}, means, exact)


def ordered_mixture() -> Posterior:
    """Two normals of width 1 and unknown centres m₀ < m₁ and share w in 30 fixed numbers; centres N(0, 5²), w uniform.

    The order is a wall in V. Coordinates m₀, m₁ and w in (0, 1).
    """
    # The quantiles of 0.35 N(−1, 1) + 0.65 N(1.6, 1), to two digits.
    data = torch.tensor(
        [-2.47, -1.79, -1.38, -1.07, -0.8, -0.57, -0.35, -0.15, 0.05, 0.23, 0.41, 0.57, 0.73, 0.88, 1.02, 1.16, 1.3,
         1.43, 1.56, 1.7, 1.83, 1.97, 2.11, 2.26, 2.42, 2.6, 2.8, 3.03, 3.34, 3.86], dtype=torch.float64,
    )  # fmt: skip

    def value(m0: Tensor, m1: Tensor, w: Tensor) -> Tensor:
        x = data.to(m0)
        a = torch.log1p(-w)[..., None] - 0.5 * (x - m0[..., None]) ** 2
        b = torch.log(w)[..., None] - 0.5 * (x - m1[..., None]) ** 2
        both = torch.logaddexp(a, b).sum(-1) - 0.5 * len(x) * math.log(2 * math.pi)
        v = -both + (m0**2 + m1**2) / 50
        return torch.where(m0 < m1, v, torch.inf)

    @cache
    def exact() -> tuple[dict[str, float], float]:
        # Cell centres, so that the wall runs along the cells' corners.
        h, g = 0.1, 1 / 50
        m = torch.arange(-6, 6, h, dtype=torch.float64) + h / 2
        w = torch.arange(50, dtype=torch.float64) / 50 + g / 2
        rows = torch.stack([value(m0.expand(len(m), 50), m[:, None].expand(-1, 50), w.expand(len(m), -1)) for m0 in m])
        # On the diagonal half of a cell is inside; there V is what it is just above.
        for i in range(len(m)):
            rows[i, i] = value(m[i].expand(50), (m[i] + 1e-9).expand(50), w) + math.log(2)
        wide = torch.zeros_like(rows)
        return read(
            rows,
            h * h * g,
            {
                "m0>-1": above(m, h, -1.0)[:, None, None] + wide,
                "m1>2": above(m, h, 2.0)[None, :, None] + wide,
                "w>0.5": above(w, g, 0.5) + wide,
            },
        )

    means = {
        "m0>-1": lambda z: (z[:, 0] > -1).double(),
        "m1>2": lambda z: (z[:, 1] > 2).double(),
        "w>0.5": lambda z: (z[:, 2] > 0.5).double(),
    }
    front = {"bounds": [None, None, (0, 1)], "scale": 3.0}
    return Posterior("ordered_mixture", lambda z: value(z[:, 0], z[:, 1], z[:, 2]), 3, front, means, exact)


POSTERIORS = {make.__name__: make for make in (eight_schools, pumps, bioassay, ordered_mixture)}

"""Exact numbers about one coordinate's posterior, by the trapezoid rule: acceptance, entropy rate, weights, moments.

For a product target they add or multiply over coordinates, so they reach dimensions in which no sampling can.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.integrate import trapezoid

from experiments.pzodmc.diffusion import noising, posterior_sd
from experiments.pzodmc.targets import Target

# The rule converges faster than any power of the step for smooth integrands that vanish at both ends.
CELLS, REACH = 4_000, 14.0


@dataclass(frozen=True)
class Weights:
    """Of the normalised weight W = exp(−V)/E_q exp(−V) of one coordinate's proposals: posterior mean μ, the mean μ₂
    under q W²/E_q W², and E_q W² = 1 + χ²."""

    mean: float
    mean_squared: float
    second_moment: float


class Coordinate:
    """One coordinate of a product target, tabulated; V is shifted so that its minimum is 0."""

    def __init__(self, target: Target):
        self.z = np.linspace(-REACH, REACH, CELLS + 1)
        points = torch.from_numpy(self.z)[:, None].repeat(1, target.dim)
        v = target.potential.function(points).numpy() / target.dim
        self.lowest = float(v.min())
        self.density = np.exp(self.lowest - v)
        self.z_hat = float(trapezoid(self.density, self.z))

    def proposal(self, x: np.ndarray, t: float) -> np.ndarray:
        """N(z; e^t x, e^{2t} − 1) at all z; x (k,) → (k, cells + 1)"""
        sd = posterior_sd(t)
        away = (self.z - math.exp(t) * np.asarray(x)[..., None]) / sd
        return np.exp(-0.5 * away**2) / (sd * math.sqrt(2 * math.pi))

    def acceptance(self, x: np.ndarray, t: float) -> np.ndarray:
        """α(x) = ∫ exp(V* − V(z)) N(z; e^t x, e^{2t} − 1) dz, the share of proposals accepted; x (k,) → (k,)"""
        return trapezoid(self.density * self.proposal(x, t), self.z)

    def log_acceptance(self, x: np.ndarray, t: float) -> np.ndarray:
        """log α for many x of any shape, linear between a thousand tabulated ones; it is close to a parabola in x."""
        edge = float(np.abs(x).max()) + 0.1
        table = np.linspace(-edge, edge, 1001)
        return np.interp(x, table, np.log(self.acceptance(table, t)))

    def rate(self, t: float) -> float:
        """c(t) = E log 1/α over x ~ p_t: the logarithm of a typical cost, which adds up over coordinates."""
        x = np.linspace(-REACH, REACH, 1001)
        s, _ = noising(t)
        alpha = self.acceptance(x, t)
        # p_t is α up to a constant: N(x; s z, 1 − s²) = e^t N(z; e^t x, e^{2t} − 1).
        density = alpha / (s * self.z_hat)
        return float(-trapezoid(density * np.log(np.maximum(alpha, 1e-300)), x))

    def weights(self, x: float, t: float) -> Weights:
        q = self.proposal(np.array(x), t)

        def integral(f: np.ndarray) -> float:
            return float(trapezoid(f * q, self.z))

        w, w2 = self.density, self.density**2
        return Weights(
            integral(w * self.z) / integral(w),
            integral(w2 * self.z) / integral(w2),
            integral(w2) / integral(w) ** 2,
        )

"""The bridge to samplers of other packages: a likelihood on a Gaussian prior, NumPy in and out, a seed, a budget.

With the prior q = N(0, scale² I) and log L = −V − log q, the posterior is exp(−V)/Z and the evidence is Z.
"""

import importlib
import math
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError
from ..oracle import Oracle

LOWEST = -1e300  # log L where V is infinite: below all else, but finite, as both packages want it


class BudgetSpent(Exception):
    """The next likelihood would go over the budget."""


def needed(package: str) -> ModuleType:
    """The package, or an InputError that names how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise InputError(f"{package} is not installed: pip install {package}") from error


def seed_from(generator: torch.Generator) -> int:
    """A seed for another library, drawn from the generator that all randomness comes from."""
    return int(torch.randint(2**31 - 1, (1,), generator=generator, device=generator.device))


class Likelihood:
    """log L of points (m, d) or (d,), NumPy float64. Raises BudgetSpent rather than ask more than `budget` in all."""

    def __init__(self, oracle: Oracle, scale: float, budget: int | None, dtype: torch.dtype, device: torch.device):
        self.oracle, self.scale, self.budget, self.dtype, self.device = oracle, scale, budget, dtype, device

    def __call__(self, points: np.ndarray) -> np.ndarray | float:
        z = torch.as_tensor(np.atleast_2d(points), dtype=self.dtype, device=self.device)
        if self.budget is not None and self.oracle.calls + len(z) > self.budget:
            raise BudgetSpent
        log_q = -0.5 * (z.double() / self.scale).square().sum(1) - z.shape[1] * math.log(
            self.scale * math.sqrt(2 * math.pi)
        )
        log_l = (-self.oracle(z).double() - log_q).clamp(min=LOWEST).cpu().numpy()
        return log_l if np.ndim(points) == 2 else float(log_l[0])

    def tensor(self, points: np.ndarray) -> Tensor:
        """Points back as a tensor of the run's dtype and device."""
        return torch.as_tensor(points, dtype=self.dtype, device=self.device)

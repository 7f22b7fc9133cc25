"""Unadjusted Langevin: x' = x − h ∇V(x) + √(2h) ξ. Needs gradients, mixes within a mode, is biased by its step h.

On V = x²/2 it settles at the variance 1/(1 − h/2) instead of 1 (Roberts, Tweedie 1996; Durmus, Moulines 2017).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..baselines.gradients import value_and_gradient
from ..baselines.walk import PREPARATION, edge_warnings
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..tiles import CHUNK, normals

PICTURES = 25  # moments that a path keeps
FAR = 20  # times the scale


@dataclass(frozen=True)
class ULA:
    """One chain a draw, from N(0, scale² I), `steps` steps of length `step`.

    Each gradient counts as one oracle call. A step into zero density is not taken: the chain stays for that time.
    """

    potential: Potential
    scale: float = 4.0
    step: float = 0.02
    steps: int = 1000
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    def __post_init__(self):
        if self.steps < 1 or not self.step > 0 or not self.scale > 0:
            raise InputError(
                f"ULA: need steps ≥ 1, step > 0 and scale > 0, got {self.steps}, {self.step}, {self.scale}"
            )

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget lowers the number of steps."""
        check_request(n, generator, max_oracle_calls)
        steps = self.steps
        if max_oracle_calls is not None:
            steps = min(steps, (max_oracle_calls - PREPARATION) // n - 1)
        if steps < 1:
            raise InputError(f"ULA: {max_oracle_calls} oracle calls are too few; give at least {PREPARATION + 2 * n}")
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        x = self.scale * normals(n, self.potential.dim, generator, self.dtype)[0]
        v, gradient = value_and_gradient(oracle, x, self.chunk)
        path, stayed, every = [x], 0, max(1, steps // PICTURES)
        for k in range(1, steps + 1):
            noise, _ = normals(n, self.potential.dim, generator, self.dtype)
            proposal = x - self.step * gradient + math.sqrt(2 * self.step) * noise
            self._check_stable(proposal)
            fresh_v, fresh_gradient = value_and_gradient(oracle, proposal, self.chunk)
            # A step into zero density is refused, unless the chain has not yet found any density.
            go = torch.isfinite(fresh_v) | (torch.isinf(v) & torch.isfinite(proposal).all(dim=1))
            x, v = torch.where(go[:, None], proposal, x), torch.where(go, fresh_v, v)
            gradient = torch.where(go[:, None], fresh_gradient, gradient)
            stayed += int((~go).sum())
            if keep_path and (k % every == 0 or k == steps):
                path.append(x)
        warnings = edge_warnings(x, self.scale)
        if gone := self._gone(x):
            warnings += (f"{gone} of {n} chains ran away, where V is too steep for the step; use a smaller step",)
        if stayed > 0.01 * n * steps:
            warnings += (f"{stayed / (n * steps):.1%} of the steps led to zero density; use a smaller step",)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            invalid=oracle.invalid,
            warnings=warnings,
            path=torch.stack(path) if keep_path else None,
        )

    def _gone(self, x: Tensor) -> int:
        """How many chains are further out than any draw of a target that the scale covers."""
        return int((x.abs() > FAR * self.scale).any(dim=1).sum())

    def _check_stable(self, x: Tensor) -> None:
        if self._gone(x) > len(x) / 2:
            raise InputError(f"ULA: most chains ran away, V is too steep for step={self.step:g}; use a smaller one")

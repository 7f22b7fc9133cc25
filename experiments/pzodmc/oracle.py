"""The potential V and the only thing a sampler may do with it: ask for values, which are counted.

A `Potential` never changes. Each run opens an `Oracle` on it, and the oracle keeps the count.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .blocks import check_blocks
from .errors import InputError

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Potential:
    """V: (m, dim) → (m,), known up to a constant; the density is exp(−V)/Z.

    `blocks` partitions the coordinates when V(z) = Σ_B V_B(z_B) + constant; `block_functions` gives the V_B, each
    (m, |B|) → (m,), in the order of `blocks`. Where only `blocks` is known, V_B comes from differences of V.
    NaN and ±inf count as zero density; InputError once more than the share `max_invalid` of a run's answers are such.
    `counts_as` says on which account a call goes: "full" or "block".
    """

    function: Function
    dim: int
    blocks: tuple[tuple[int, ...], ...] | None = None
    block_functions: tuple[Function, ...] | None = None
    max_invalid: float = 0.5
    counts_as: str = "full"

    def __post_init__(self):
        if not callable(self.function):
            raise InputError(f"Potential: function must be callable, got {type(self.function).__name__}")
        if not isinstance(self.dim, int) or self.dim < 1:
            raise InputError(f"Potential: dim must be a positive integer, got {self.dim!r}")
        if self.blocks is not None:
            object.__setattr__(self, "blocks", check_blocks(self.blocks, self.dim))
        if self.block_functions is not None:
            if self.blocks is None or len(self.block_functions) != len(self.blocks):
                raise InputError("Potential: give one block function a block, in the order of `blocks`")
            object.__setattr__(self, "block_functions", tuple(self.block_functions))
        if not 0 <= self.max_invalid <= 1:
            raise InputError(f"Potential: max_invalid is a share between 0 and 1, got {self.max_invalid}")


class Oracle:
    """Counts the calls of one run. `oracle(z)`: (m, dim) → (m,) in z's dtype, +inf where V is NaN or ±inf."""

    # A share of invalid answers means nothing before this many of them were possible.
    JUDGED_FROM = 1024

    def __init__(self, potential: Potential):
        self.potential, self.calls, self.invalid = potential, 0, 0

    def __call__(self, z: Tensor) -> Tensor:
        value = self._ask(z)
        bad = ~torch.isfinite(value)
        self.calls += len(z)
        self.invalid += int(bad.sum())
        if self.calls >= self.JUDGED_FROM and self.invalid > self.potential.max_invalid * self.calls:
            raise InputError(
                f"V is NaN or infinite at {self.invalid / self.calls:.0%} of {self.calls} points; "
                "check the potential, or raise `max_invalid` if so much of the space has zero density"
            )
        return torch.where(bad, torch.inf, value)

    def _ask(self, z: Tensor) -> Tensor:
        dim = self.potential.dim
        if z.ndim != 2 or z.shape[1] != dim:
            raise InputError(f"V takes points of shape (m, {dim}), got {tuple(z.shape)}")
        value = self.potential.function(z)
        if not isinstance(value, Tensor) or value.shape != (len(z),):
            got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise InputError(f"V must map ({len(z)}, {dim}) to ({len(z)},), got {got}; sum over the last axis only")
        return value.to(z.dtype)

    def check_normalisable(self, scale: float, generator: torch.Generator, dtype: torch.dtype) -> None:
        """Look along 64 rays: InputError if V is no higher very far out than near the origin (128 calls)."""
        rays = torch.randn(64, self.potential.dim, generator=generator, dtype=dtype, device=generator.device)
        rays = rays / rays.norm(dim=1, keepdim=True)
        near, far = self._ask(rays * scale), self._ask(rays * 1e4 * scale)
        self.calls += 128
        near, far = near[torch.isfinite(near)], far[torch.isfinite(far)]
        if len(near) and len(far) and far.min() <= near.min() + 1:
            raise InputError(
                f"V does not grow along a ray (it is {float(far.min()):.3g} at radius {1e4 * scale:.0g}), so exp(-V) "
                "cannot be normalised; add a confining term"
            )

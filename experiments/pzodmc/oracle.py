"""The potential V and the only thing a sampler may do with it: ask for values, which are counted.

A `Potential` never changes. Each run opens an `Oracle` on it, and the oracle keeps the count.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from numbers import Integral

import torch
from torch import Tensor

from .blocks import check_blocks
from .calling import Caller
from .errors import InputError

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Potential:
    """V: (m, dim) → (m,), known up to a constant; the density is exp(−V)/Z.

    `blocks` partitions the coordinates when V(z) = Σ_B V_B(z_B) + constant; `block_functions` gives the V_B, each
    (m, |B|) → (m,), in the order of `blocks`. Where only `blocks` is known, V_B comes from differences of V.
    +inf is a wall: zero density, and no fault. NaN and −inf are taken for it and told; InputError once more than
    half of a run's answers are such, or, where `max_invalid` is given, once more than that share is not finite at all.
    function may take torch or NumPy arrays, in float64 or float32. vectorized=False: it takes one point (dim,) and
    gives a number; pool: an executor (`concurrent.futures`, MPI, Dask) whose `map` shares the points out.
    `counts_as` says on which account a call goes: "full" or "block".
    """

    function: Function
    dim: int
    blocks: tuple[tuple[int, ...], ...] | None = None
    block_functions: tuple[Function, ...] | None = None
    max_invalid: float | None = None
    counts_as: str = "full"
    vectorized: bool = True
    pool: Executor | None = field(default=None, repr=False)
    offset: float = 0.0  # taken off V's values, so that only differences are left

    def __post_init__(self):
        if not callable(self.function):
            raise InputError(f"Potential: function must be callable, got {type(self.function).__name__}")
        if isinstance(self.dim, bool) or not isinstance(self.dim, Integral) or self.dim < 1:
            raise InputError(f"Potential: dim must be a positive integer, got {self.dim!r}")
        object.__setattr__(self, "dim", int(self.dim))
        if not isinstance(self.function, Caller):
            object.__setattr__(self, "function", Caller(self.function, self.vectorized, self.pool))
        if self.blocks is not None:
            object.__setattr__(self, "blocks", check_blocks(self.blocks, self.dim))
        if self.block_functions is not None:
            if self.blocks is None or len(self.block_functions) != len(self.blocks):
                raise InputError("Potential: give one block function a block, in the order of `blocks`")
            callers = (
                f if isinstance(f, Caller) else Caller(f, self.vectorized, self.pool) for f in self.block_functions
            )
            object.__setattr__(self, "block_functions", tuple(callers))
        if self.max_invalid is not None and not 0 <= self.max_invalid <= 1:
            raise InputError(f"Potential: max_invalid is a share between 0 and 1, got {self.max_invalid}")


class Oracle:
    """Counts the calls of one run. `oracle(z)`: (m, dim) → (m,) in z's dtype, +inf where V is NaN or ±inf."""

    # A share of invalid answers means nothing before this many of them were possible.
    JUDGED_FROM = 1024

    def __init__(self, potential: Potential):
        self.potential = replace(potential, function=potential.function.anew())
        self.calls, self.invalid, self.nans, self.offset = 0, 0, 0, abs(potential.offset)

    def __call__(self, z: Tensor) -> Tensor:
        value = self._ask(z)
        bad = ~torch.isfinite(value)
        self.calls += len(z)
        self.invalid += int(bad.sum())
        self.nans += int((bad & (value != torch.inf)).sum())
        strict = self.potential.max_invalid is not None
        counted, most = (self.invalid, self.potential.max_invalid) if strict else (self.nans, 0.5)
        if self.calls >= self.JUDGED_FROM and counted > most * self.calls:
            cure = "check the potential, or raise `max_invalid` if so much of the space has zero density"
            if not strict:
                cure = "return +inf where the density is meant to be zero, and check V elsewhere"
            raise InputError(f"V is NaN or infinite at {counted / self.calls:.0%} of {self.calls} points; {cure}")
        return torch.where(bad, torch.inf, value)

    def _ask(self, z: Tensor) -> Tensor:
        dim = self.potential.dim
        if z.ndim != 2 or z.shape[1] != dim:
            raise InputError(f"V takes points of shape (m, {dim}), got {tuple(z.shape)}")
        function = self.potential.function
        before = function.vain
        value = answered(function, z).to(z.dtype)
        self.calls += function.vain - before
        return value

    def check_normalisable(
        self, scale: float, generator: torch.Generator, dtype: torch.dtype | None = torch.float64
    ) -> torch.dtype:
        """Look along 64 rays, axes among them: InputError if V is no higher very far out than near by (128 calls).

        The dtype to go on with: that asked for or, for None, what V computes in.
        """
        asked = dtype or torch.float64
        rays = torch.randn(64, self.potential.dim, generator=generator, dtype=asked, device=generator.device)
        rays = rays / rays.norm(dim=1, keepdim=True)
        # A V that ignores one coordinate grows along every other ray.
        axes = torch.eye(self.potential.dim, dtype=asked, device=rays.device)[:16]
        rays[: 2 * len(axes)] = torch.cat([axes, -axes])
        near, far = self._ask(rays * scale), self._ask(rays * 1e4 * scale)
        self.calls += 128
        near, far = near[torch.isfinite(near)], far[torch.isfinite(far)]
        if len(near) and len(far) and far.min() <= near.min() + 1:
            raise InputError(
                f"V does not grow along a ray (it is {float(far.min()):.3g} at radius {1e4 * scale:.0g}), so exp(-V) "
                "cannot be normalised; V is minus the log density: change the sign if it is the log density itself, "
                "else add a confining term"
            )
        return dtype or self.potential.function.digits or torch.float64


def answered(function: Function, z: Tensor) -> Tensor:
    """function(z) for z (m, dim). Raises InputError unless it is (m,)."""
    value = function(z)
    if not isinstance(value, Tensor) or value.shape != (len(z),):
        got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        cure = "sum over the last axis only, or say vectorized=False if it takes one point"
        if got == (len(z), 1):
            cure = "take the last axis off: V(z)[:, 0]"
        raise InputError(f"V must map ({len(z)}, {z.shape[1]}) to ({len(z)},), got {got}; {cure}")
    return value


def told_of_nans(*oracles: Oracle) -> tuple[str, ...]:
    """What V answered the oracles that no potential should, in one warning."""
    nans, calls = sum(one.nans for one in oracles), sum(one.calls for one in oracles)
    if not nans:
        return ()
    return (
        f"V was NaN or −infinite at {nans:,} of {calls:,} points, which count as zero density: return +inf where the "
        "density is meant to be zero, and check V elsewhere",
    )

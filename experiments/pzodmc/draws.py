"""What every sampler returns, and what every sampler is."""

import math
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from .errors import InputError
from .oracle import Potential

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from .audit import Missed
    from .output import Table


@dataclass(frozen=True)
class Calls:
    """Oracle calls, one a point: of the whole V, and of a block's V_B (which costs a fraction of it)."""

    full: int = 0
    block: int = 0

    @property
    def total(self) -> int:
        """Of V and of blocks, each counted as one."""
        return self.full + self.block

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(self.full + other.full, self.block + other.block)


@dataclass(frozen=True, repr=False)
class Draws:
    """Samples and the diagnostics that travel with them. A run over blocks keeps each block's Draws in `parts`."""

    x: Tensor  # (n, d)
    calls: Calls
    times: tuple[float, ...]  # the steps' times, falling
    acceptance: tuple[float, ...] = ()  # of each step: accepted share of the proposals; i-SIR: particles that moved
    ess: tuple[float, ...] = ()  # effective number of draws behind a particle's posterior, mean over particles, a step
    failures: int = 0  # of `attempts`: particle-steps without an accepted proposal; i-SIR: particles that never moved
    attempts: int = 0
    invalid: int = 0  # answers of V that were NaN or infinite
    log_z: float | None = None  # estimate of log ∫ exp(−V), where the sampler has one
    log_z_error: float | None = None  # one standard error of log_z
    pareto_k: float | None = None  # of the importance weights behind log_z; above 0.7 they are not to be trusted
    largest_k: float | None = None  # where the weights of several moves are pooled: the worst move's own
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what went otherwise than planned and was mended
    path: Tensor | None = None  # (steps + 1, n, d): x at every time, where asked for
    blocks: tuple[tuple[int, ...], ...] | None = None
    parts: tuple["Draws", ...] = field(default=(), repr=False)
    names: tuple[str, ...] | None = None  # of the coordinates
    trace: tuple[tuple[str, float, float, int], ...] = field(default=(), repr=False)  # stage, β, ESS, calls so far
    missed: "Missed | None" = None  # what a dependence between the blocks can still be
    not_excluded: str | None = None  # what no check of the run can rule out
    values: Tensor | None = field(default=None, repr=False)  # (n,) V at the draws, without the slope of the coordinates

    @property
    def failure_share(self) -> float:
        """Of the attempts; 0 where there were none."""
        return self.failures / self.attempts if self.attempts else 0.0

    def __repr__(self) -> str:
        log_z = "" if self.log_z is None else f", log Z {self.log_z:.4g}"
        shape = " × ".join(f"{size:,}" for size in self.x.shape)
        return f"Draws({shape}, {self.calls.total:,} calls of V{log_z}, {len(self.warnings)} warnings; print summary())"

    def to_numpy(self) -> "np.ndarray":
        """x as an array (n, d)."""
        return self.x.detach().cpu().numpy()

    def summary(self) -> "Table":
        """Mean, sd and quantiles of each coordinate, with log Ẑ, k̂, blocks and what is not excluded; print it."""
        from .output import summarise

        return summarise(self)

    def to_arviz(self) -> Any:
        """The draws as ArviZ's InferenceData (DataTree from ArviZ 1.0 on). InputError where ArviZ is missing."""
        from .output import to_arviz

        return to_arviz(self)

    def save(self, path: "str | Path", **asked: Any) -> None:
        """An npz of x (n, d) and of `diagnostics`, a JSON text. InputError where it cannot be written."""
        from .output import save

        save(path, self, asked)


class Sampler(Protocol):
    """The one interface. Randomness comes from `generator` alone, whose device is also the samples' device."""

    potential: Potential

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws from exp(−V)/Z by at most max_oracle_calls calls of V. InputError for what cannot be sampled so.

        keep_path: whether the draws bring their states at every time.
        """
        ...


def check_request(n: int, generator: torch.Generator, max_oracle_calls: int | None) -> None:
    """Raises InputError for a request that no sampler can serve."""
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
        raise InputError(f"sample: n must be a positive integer, got {n!r}")
    if not isinstance(generator, torch.Generator):
        raise InputError("sample: pass generator=torch.Generator(device).manual_seed(...), the source of randomness")
    if max_oracle_calls is not None and not (
        isinstance(max_oracle_calls, Real) and 1 <= max_oracle_calls < math.inf and max_oracle_calls is not True
    ):
        raise InputError(
            f"sample: max_oracle_calls must be a positive number, or None for no limit, got {max_oracle_calls!r}"
        )

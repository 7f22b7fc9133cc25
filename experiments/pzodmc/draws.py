"""What every sampler returns, and what every sampler is."""

from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from .errors import InputError
from .oracle import Potential


@dataclass(frozen=True)
class Calls:
    """Oracle calls, one a point: of the whole V, and of a block's V_B (which costs a fraction of it)."""

    full: int = 0
    block: int = 0

    @property
    def total(self) -> int:
        return self.full + self.block

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(self.full + other.full, self.block + other.block)


@dataclass(frozen=True)
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
    pareto_k: float | None = None  # of the importance weights behind log_z; above 0.7 they are not to be trusted
    warnings: tuple[str, ...] = ()
    path: Tensor | None = None  # (steps + 1, n, d): x at every time, where asked for
    blocks: tuple[tuple[int, ...], ...] | None = None
    parts: tuple["Draws", ...] = field(default=(), repr=False)

    @property
    def failure_share(self) -> float:
        return self.failures / self.attempts if self.attempts else 0.0


class Sampler(Protocol):
    """The one interface. Randomness comes from `generator` alone, whose device is also the samples' device."""

    potential: Potential

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws: ...


def check_request(n: int, generator: torch.Generator, max_oracle_calls: int | None) -> None:
    """Raises InputError for a request that no sampler can serve."""
    if not isinstance(n, int) or n < 1:
        raise InputError(f"sample: n must be a positive integer, got {n!r}")
    if not isinstance(generator, torch.Generator):
        raise InputError("sample: pass generator=torch.Generator(device).manual_seed(...), the source of randomness")
    if max_oracle_calls is not None and max_oracle_calls < 1:
        raise InputError(f"sample: max_oracle_calls must be positive, got {max_oracle_calls}")

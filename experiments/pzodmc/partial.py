"""Partial ZOD-MC: when V is a sum over blocks, sample each block alone and put the blocks side by side.

exp(−Σ_B V_B(z_B)) is a product, the forward noise is independent over coordinates, so the posterior p(z | x_t) and
the whole reverse process are products too: nothing is lost. An acceptance rate that was a product over all blocks
becomes one rate a block, hence O(exp(b)) → O(exp(d) · b/d) for b coordinates in blocks of d.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from .additive import additivity, block_potential
from .blocks import Blocks, check_blocks
from .draws import Calls, Draws, Sampler, check_request
from .errors import InputError
from .oracle import Potential
from .pooled import PooledZODMC
from .zodmc import ZODMC

ENGINES: dict[str, Callable[..., Sampler]] = {"rejection": ZODMC, "pooled": PooledZODMC}


@dataclass(frozen=True)
class PartialZODMC:
    """An engine a block: "rejection" (the faithful ZOD-MC), "pooled", or a function from a block's potential to a
    sampler; a tuple gives each block its own. `settings` go to the engine.

    blocks: a partition of the coordinates, by default the potential's own. verify: V is compared with the sum of its
    blocks at so many points first, and InputError raised if it does not split; 0 leaves that out.
    """

    potential: Potential
    blocks: Blocks | None = None
    engine: str | Callable[..., Sampler] | tuple[Callable[..., Sampler], ...] = "pooled"
    settings: dict[str, Any] | None = None
    anchor: tuple[float, ...] | None = None  # (d,) where the other blocks rest when V_B is a difference of V; origin
    verify: int = 16

    def __post_init__(self):
        blocks = self.blocks if self.blocks is not None else self.potential.blocks
        if blocks is None:
            raise InputError("PartialZODMC: give blocks=[[0, 1], [2], …], for the potential names none")
        object.__setattr__(self, "blocks", check_blocks(blocks, self.potential.dim))
        if isinstance(self.engine, str) and self.engine not in ENGINES:
            raise InputError(f"PartialZODMC: unknown engine {self.engine!r} (known: {', '.join(ENGINES)})")
        if isinstance(self.engine, tuple) and len(self.engine) != len(self.blocks):
            raise InputError(f"PartialZODMC: give one engine, or one a block ({len(self.blocks)})")
        if self.anchor is not None and len(self.anchor) != self.potential.dim:
            raise InputError(f"PartialZODMC: the anchor needs {self.potential.dim} coordinates, got {len(self.anchor)}")

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws; a budget is shared out evenly over the blocks."""
        check_request(n, generator, max_oracle_calls)
        device, blocks = generator.device, self.blocks
        anchor = torch.tensor(self.anchor or [0.0] * self.potential.dim, dtype=torch.float64, device=device)
        checking, constant = self._verify(anchor, generator)
        if max_oracle_calls is not None:
            max_oracle_calls = max((max_oracle_calls - checking.total) // len(blocks), 1)
        engines = self.engine if isinstance(self.engine, tuple) else (self.engine,) * len(blocks)
        parts = []
        for k, engine in enumerate(engines):
            make = ENGINES[engine] if isinstance(engine, str) else engine
            sampler = make(block_potential(self.potential, blocks, k, anchor), **(self.settings or {}))
            try:
                part = sampler.sample(n, generator=generator, max_oracle_calls=max_oracle_calls, keep_path=keep_path)
            except InputError as error:
                raise InputError(f"block {k + 1} of {len(blocks)}: {error}") from error
            parts.append(part)
        return self._joined(parts, checking, constant)

    def _verify(self, anchor: torch.Tensor, generator: torch.Generator) -> tuple[Calls, float | None]:
        """What checking cost, and the constant of V = Σ V_B + constant. InputError if V does not split."""
        if not self.verify:
            return Calls(), None
        scale = (self.settings or {}).get("scale", 4.0)
        points = scale * torch.randn(
            self.verify, self.potential.dim, generator=generator, dtype=torch.float64, device=anchor.device
        )
        error, constant = additivity(self.potential, self.blocks, points, anchor)
        if error > 1:
            raise InputError(
                f"V is not a sum over these blocks (a gap of {error:.2g} roundings at {self.verify} points), so "
                f"sampling "
                "them alone would lose the dependence between them; merge the blocks that interact"
            )
        return self.checking_cost(self.verify), constant

    def checking_cost(self, points: int) -> Calls:
        """Of `blocks.additivity` at so many points."""
        m, b = points + 1, len(self.blocks)
        given = self.potential.block_functions is not None and self.blocks == self.potential.blocks
        return Calls(full=m, block=m * b) if given else Calls(full=m * (1 + b))

    def _joined(self, parts: list[Draws], checking: Calls, constant: float | None) -> Draws:
        order = torch.tensor([i for block in self.blocks for i in block]).argsort().to(parts[0].x.device)

        steps = min(len(part.times) for part in parts)

        def mean(name: str) -> tuple[float, ...]:
            # Engines may differ in how they begin; their last steps are those that compare.
            common = min(len(getattr(part, name)) for part in parts)
            each = [getattr(part, name)[-common:] if common else () for part in parts]
            return tuple(sum(step) / len(parts) for step in zip(*each, strict=True))

        log_zs = [part.log_z for part in parts]
        k_hats = [part.pareto_k for part in parts]
        paths = [part.path[-steps - 1 :] for part in parts if part.path is not None]
        return Draws(
            x=torch.cat([part.x for part in parts], dim=1)[:, order],
            calls=sum((part.calls for part in parts), checking),
            times=next(part.times for part in parts if len(part.times) == steps),
            acceptance=mean("acceptance"),
            ess=mean("ess"),
            failures=sum(part.failures for part in parts),
            attempts=sum(part.attempts for part in parts),
            invalid=sum(part.invalid for part in parts),
            log_z=None if None in log_zs or constant is None else sum(log_zs) - constant,
            pareto_k=None if None in k_hats else max(k_hats),
            warnings=tuple(f"block {k}: {w}" for k, part in enumerate(parts) for w in part.warnings),
            path=torch.cat(paths, dim=2)[:, :, order] if paths else None,
            blocks=self.blocks,
            parts=tuple(parts),
        )

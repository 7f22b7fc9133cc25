"""ZOD-MC: a denoising diffusion whose score is estimated by rejection sampling (He, Rojas, Tao 2024, arXiv 2402.17886).

The defaults are the paper's process: T = 2, 24 exponential-integrator steps down to t = 0.005.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .diffusion import paper_grid, reverse_step, score
from .draws import Calls, Draws, check_request
from .errors import InputError
from .isir import isir
from .oracle import Oracle, Potential
from .rejection import POOL, SEARCH_STEPS, SEARCH_WIDTH, Accepted, Floor, find_floor, reject
from .tiles import CHUNK


@dataclass(frozen=True)
class ZODMC:
    """Faithful ZOD-MC on the whole of V.

    proposals: at most this many a particle and step; enough: stop a particle's step at so many accepted (None: the
    paper's way, use all proposals).
    empty: what a particle without one accepted proposal gets. "repair": an estimate by `repair_steps` i-SIR steps of
    `repair_candidates` each from its last z. "origin": the mean 0 that the paper's code falls into, kept to show what
    it does. Both are counted and reported.
    """

    potential: Potential
    proposals: int = 10_000
    enough: int | None = 32
    steps: int = 24
    horizon: float = 2.0
    end: float = 5e-3
    scale: float = 4.0  # width of the search for V's floor
    empty: str = "repair"
    repair_candidates: int = 64
    repair_steps: int = 3
    dtype: torch.dtype = torch.float32
    chunk: int = CHUNK

    # What the floor's search and the check of V cost, see rejection.find_floor and Oracle.check_normalisable.
    PREPARATION = POOL + SEARCH_STEPS * SEARCH_WIDTH + 128

    def __post_init__(self):
        if self.proposals < 1 or (self.enough is not None and self.enough < 1):
            raise InputError(f"ZODMC: proposals and enough must be positive, got {self.proposals}, {self.enough}")
        if self.empty not in ("repair", "origin"):
            raise InputError(f"ZODMC: empty is 'repair' or 'origin', got {self.empty!r}")
        if not self.scale > 0:
            raise InputError(f"ZODMC: scale must be positive, got {self.scale}")
        paper_grid(self.steps, self.horizon, self.end)

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws. The budget lowers the proposals a particle and step, so that it holds for sure."""
        check_request(n, generator, max_oracle_calls)
        proposals = self._affordable(n, max_oracle_calls)
        oracle, floor = Oracle(self.potential), Floor()
        times = paper_grid(self.steps, self.horizon, self.end)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        pool, values = find_floor(oracle, floor, self.scale, generator, self.dtype)

        def gauss():
            return torch.randn(n, self.potential.dim, generator=generator, dtype=self.dtype, device=generator.device)

        x = gauss()
        path, acceptance, effective, failures = [x], [], [], 0
        # At t = T the posterior is nearly the target, so a draw by weight from the search's points starts the repair.
        weight = torch.softmax((pool / self.scale).square().sum(1) / 2 - values, dim=0)
        last = pool[torch.multinomial(weight, n, replacement=True, generator=generator)]
        for t, to in zip(times, times[1:], strict=False):
            got = reject(oracle, floor, x, t, proposals, self.enough, generator, self.chunk)
            mean, last = self._repair(oracle, floor, got, last, x, t, generator)
            acceptance.append(float(got.count.sum()) / got.proposed)
            effective.append(float(got.count.double().mean()))
            failures += int((got.count == 0).sum())
            x = reverse_step(x, score(x, mean, t), t, to, gauss())
            if keep_path:
                path.append(x)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=times,
            acceptance=tuple(acceptance),
            ess=tuple(effective),
            failures=failures,
            attempts=n * self.steps,
            invalid=oracle.invalid,
            warnings=self._warnings(failures, n * self.steps, proposals),
            path=torch.stack(path) if keep_path else None,
        )

    def _affordable(self, n: int, budget: int | None) -> int:
        if budget is None:
            return self.proposals
        repair = self.repair_candidates * self.repair_steps + 1 if self.empty == "repair" else 0
        each = (budget - self.PREPARATION) // (n * self.steps) - repair
        if each < 1:
            least = self.PREPARATION + n * self.steps * (1 + repair)
            raise InputError(f"ZODMC: {budget} oracle calls are too few for {n} draws; give at least {least}")
        return min(self.proposals, each)

    def _repair(
        self, oracle: Oracle, floor: Floor, got: Accepted, last: Tensor, x: Tensor, t: float, generator
    ) -> tuple[Tensor, Tensor]:
        """Posterior means (n, d) with the empty ones filled in, and a z (n, d) for each particle's next warm start."""
        empty = (got.count == 0).nonzero()[:, 0]
        if not len(empty):
            return got.mean, got.one
        mean, z = got.mean.clone(), got.one.clone()
        if self.empty == "origin":
            mean[empty] = 0
            return mean, z

        def energy(points: Tensor, owner: Tensor) -> Tensor:
            v = oracle(points)
            floor.value = min(floor.value, float(v.min()))
            return v

        current = (last[empty], oracle(last[empty]))
        means = torch.zeros_like(last[empty])
        for _ in range(self.repair_steps):
            chosen = isir(energy, x[empty], t, current, self.repair_candidates, generator, self.chunk)
            current = (chosen.z, chosen.v)
            # The weighted mean of the candidates has less variance than the one that is picked, and the same mean.
            means += chosen.mean / self.repair_steps
        mean[empty], z[empty] = means, current[0]
        return mean, z

    def _warnings(self, failures: int, attempts: int, proposals: int) -> tuple[str, ...]:
        if not failures:
            return ()
        done = "estimated by i-SIR instead" if self.empty == "repair" else "given the mean 0, which is wrong"
        return (
            f"no proposal accepted in {failures} of {attempts} particle-steps ({failures / attempts:.1%}, "
            f"{proposals} proposals each): {done}; raise `proposals` or sample in blocks",
        )

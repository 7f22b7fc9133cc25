"""Preconditioned Monte Carlo by pocoMC (Karamanis et al. 2022): tempered SMC in a flow's coordinates. An extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import norm

from ..baselines.extras import BudgetSpent, Likelihood, needed, seed_from
from ..baselines.walk import PREPARATION, edge_warnings
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..pool import resample


@dataclass(frozen=True)
class PocoMC:
    """`active` particles moved at once, an effective size of `effective` at each temperature.

    flow: move in the coordinates of a normalising flow that is trained as it goes; False leaves it out, which is much
    quicker. Raises InputError where pocomc is missing, and for a budget that does not cover the first particles.
    """

    potential: Potential
    scale: float = 4.0
    effective: int = 512
    active: int = 256
    flow: bool = True
    dtype: torch.dtype = torch.float32

    def __post_init__(self):
        if not 2 <= self.active <= self.effective or not self.scale > 0:
            raise InputError(
                f"PocoMC: need 2 ≤ active ≤ effective and scale > 0, got {self.active}, {self.effective}, {self.scale}"
            )

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws by weight from all particles of the run. Where the budget ends it early, a warning says so."""
        check_request(n, generator, max_oracle_calls)
        pocomc = needed("pocomc")
        first = 2 * (self.effective // self.active) * self.active
        least = PREPARATION + first
        if max_oracle_calls is not None and max_oracle_calls < least:
            raise InputError(f"PocoMC: {max_oracle_calls} oracle calls are too few; give at least {least}")
        oracle, warnings = Oracle(self.potential), ()
        oracle.check_normalisable(self.scale, generator, self.dtype)
        likelihood = Likelihood(oracle, self.scale, max_oracle_calls, self.dtype, generator.device)
        seed = seed_from(generator)
        with global_randomness_kept():
            run = pocomc.Sampler(
                prior=pocomc.Prior([norm(0, self.scale)] * self.potential.dim),
                likelihood=likelihood,
                n_effective=self.effective,
                n_active=self.active,
                n_prior=first,
                vectorize=True,
                precondition=self.flow,
                random_state=seed,
            )
            try:
                run.run(n_total=max(n, self.effective), n_evidence=0, progress=False)
            except BudgetSpent:
                warnings += ("the budget ended the run early; its particles are weighted as they are",)
        log_weight, log_z = run.particles.compute_logw_and_logz(1.0)
        weight = torch.softmax(torch.as_tensor(log_weight, device=generator.device), dim=0)
        ess = float(1 / weight.square().sum())
        x = likelihood.tensor(run.particles.get("x", flat=True))[resample(weight, n, generator)]
        if ess < n / 10:
            warnings += (f"the run is worth only {ess:.0f} draws for {n} wanted",)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            ess=(ess,),
            invalid=oracle.invalid,
            log_z=float(log_z),
            warnings=warnings + edge_warnings(x, self.scale),
            path=x[None] if keep_path else None,
        )


@contextmanager
def global_randomness_kept() -> Iterator[None]:
    """pocomc seeds and uses the global generators of NumPy and torch; put them back as they were."""
    numpy_state, threads = np.random.get_state(), torch.get_num_threads()  # noqa: NPY002
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            np.random.set_state(numpy_state)  # noqa: NPY002
            torch.set_num_threads(threads)

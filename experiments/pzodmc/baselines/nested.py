"""Nested sampling by dynesty (Skilling 2006; Speagle 2020), on the wide Gaussian as prior. An optional extra."""

import warnings as python_warnings
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import ndtri

from ..baselines.extras import BudgetSpent, Likelihood, needed, seed_from
from ..baselines.walk import PREPARATION, edge_warnings
from ..draws import Calls, Draws, check_request
from ..errors import InputError
from ..oracle import Oracle, Potential
from ..pool import resample

RESERVE = 0.9  # share of a budget at which a run is told to end; one replacement of a point takes many calls


@dataclass(frozen=True)
class Dynesty:
    """`live` points, until the evidence left is below `tolerance` (in log Z). Draws are resampled by weight.

    V is asked one point at a time. Raises InputError where dynesty is missing, and for a budget that ends too early.
    """

    potential: Potential
    scale: float = 4.0
    live: int = 500
    tolerance: float = 0.01
    dtype: torch.dtype = torch.float32

    def __post_init__(self):
        if self.live <= self.potential.dim or not self.tolerance > 0 or not self.scale > 0:
            raise InputError(
                f"Dynesty: need live > {self.potential.dim} coordinates, tolerance > 0 and scale > 0, got {self.live}, "
                f"{self.tolerance}, {self.scale}"
            )

    def sample(
        self, n: int, *, generator: torch.Generator, max_oracle_calls: int | None = None, keep_path: bool = False
    ) -> Draws:
        """n draws, with repeats once n nears the effective size in `Draws.ess`."""
        check_request(n, generator, max_oracle_calls)
        dynesty = needed("dynesty")
        least = PREPARATION + 2 * self.live
        if max_oracle_calls is not None and max_oracle_calls < least:
            raise InputError(f"Dynesty: {max_oracle_calls} oracle calls are too few; give at least {least}")
        oracle = Oracle(self.potential)
        oracle.check_normalisable(self.scale, generator, self.dtype)
        likelihood = Likelihood(oracle, self.scale, max_oracle_calls, self.dtype, generator.device)
        most = None if max_oracle_calls is None else int(RESERVE * (max_oracle_calls - least))
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            try:
                run = dynesty.NestedSampler(
                    likelihood,
                    lambda cube: self.scale * ndtri(cube),
                    self.potential.dim,
                    nlive=self.live,
                    rstate=np.random.default_rng(seed_from(generator)),
                )
                run.run_nested(dlogz=self.tolerance, maxcall=most, print_progress=False)
            except BudgetSpent as error:
                raise InputError(
                    f"Dynesty: {max_oracle_calls} oracle calls are too few to end in; give more"
                ) from error
        found = run.results
        weight = torch.softmax(torch.as_tensor(found.logwt, device=generator.device), dim=0)
        ess = float(1 / weight.square().sum())
        x = likelihood.tensor(found.samples)[resample(weight, n, generator)]
        warnings = edge_warnings(x, self.scale)
        if most is not None and oracle.calls > most:
            warnings += ("the budget ended the run before its tolerance was reached: log Ẑ is too low",)
        if ess < n / 10:
            warnings += (f"the run is worth only {ess:.0f} draws for {n} wanted; use more live points",)
        return Draws(
            x=x,
            calls=Calls(**{self.potential.counts_as: oracle.calls}),
            times=(),
            ess=(ess,),
            invalid=oracle.invalid,
            log_z=float(found.logz[-1]),
            warnings=warnings,
            path=x[None] if keep_path else None,
        )

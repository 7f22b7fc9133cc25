"""What Partial ZOD-MC is measured against, with the same interface: `BASELINES[name](potential, …).sample(n, …)`.

In order of what they need: a pool of points, values of V, gradients of V, a package from outside.
"""

from experiments.pzodmc.baselines.nested import Dynesty
from experiments.pzodmc.baselines.preconditioned import PocoMC
from experiments.pzodmc.baselines.rdmc import RDMC
from experiments.pzodmc.baselines.sir import SIR
from experiments.pzodmc.baselines.smc import TemperedSMC
from experiments.pzodmc.baselines.tempering import ParallelTempering
from experiments.pzodmc.baselines.ula import ULA
from experiments.pzodmc.draws import Sampler

BASELINES: dict[str, type[Sampler]] = {
    "sir": SIR,
    "smc": TemperedSMC,
    "tempering": ParallelTempering,
    "ula": ULA,
    "rdmc": RDMC,
    "dynesty": Dynesty,
    "pocomc": PocoMC,
}

__all__ = ["BASELINES", "RDMC", "SIR", "ULA", "Dynesty", "ParallelTempering", "PocoMC", "TemperedSMC"]

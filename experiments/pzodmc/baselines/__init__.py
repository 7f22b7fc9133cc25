"""What Partial ZOD-MC is measured against, with the same interface: `BASELINES[name](potential, …).sample(n, …)`.

In order of what they need: a pool of points, values of V, gradients of V, a package from outside.
"""

from ..baselines.nested import Dynesty
from ..baselines.preconditioned import PocoMC
from ..baselines.rdmc import RDMC
from ..baselines.sir import SIR
from ..baselines.smc import TemperedSMC
from ..baselines.tempering import ParallelTempering
from ..baselines.ula import ULA
from ..draws import Sampler

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

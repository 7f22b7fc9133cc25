"""Who competes at a budget of oracle calls: each sampler of the package, set up to use what it is given."""

from collections.abc import Callable

from experiments.pzodmc.adaptive import AdaptivePartialZODMC
from experiments.pzodmc.baselines import RDMC, SIR, Dynesty, ParallelTempering, PocoMC, TemperedSMC
from experiments.pzodmc.draws import Sampler
from experiments.pzodmc.pooled import PooledZODMC
from experiments.pzodmc.targets import Target
from experiments.pzodmc.zodmc import ZODMC

# (target, draws wanted, oracle calls) → sampler
Entrant = Callable[[Target, int, int], Sampler]


def zodmc(target: Target, n: int, calls: int) -> Sampler:
    """The paper's algorithm as published: no early stop, the mean 0 where nothing was accepted."""
    return ZODMC(target.potential, proposals=calls, enough=None, empty="origin", scale=target.scale)


def pooled(target: Target, n: int, calls: int, steps: int = 3) -> Sampler:
    """A third of the calls for the pool, the rest for i-SIR."""
    pool = max(calls // 3, 16)
    candidates = max((calls - pool) // (n * steps), 1)
    return PooledZODMC(target.potential, scale=target.scale, pool=pool, candidates=candidates, steps=steps)


def adaptive(target: Target, n: int, calls: int) -> Sampler:
    return AdaptivePartialZODMC(target.potential, scale=target.scale)


def sir(target: Target, n: int, calls: int) -> Sampler:
    return SIR(target.potential, scale=target.scale, pool=calls)


def smc(target: Target, n: int, calls: int) -> Sampler:
    """The population is what the budget allows."""
    return TemperedSMC(target.potential, scale=target.scale, particles=max(calls, 16))


def tempering(target: Target, n: int, calls: int, levels: int = 8, replicas: int = 250) -> Sampler:
    """Two thirds of the sweeps to forget the start, a third between the draws."""
    sweeps = calls // (levels * replicas)
    burn_in, thin = 2 * sweeps // 3, max(sweeps * replicas // (3 * n), 1)
    settings = {"levels": levels, "replicas": replicas, "burn_in": burn_in, "thin": thin}
    return ParallelTempering(target.potential, scale=target.scale, **settings)


def rdmc(target: Target, n: int, calls: int, steps: int = 24) -> Sampler:
    """Chains of up to 16 steps a particle and time, as many as the budget allows."""
    each = calls // (n * steps)
    inner = min(max(each, 2), 16)
    return RDMC(target.potential, scale=target.scale, chains=max(each // inner, 1), inner=inner, steps=steps)


def dynesty(target: Target, n: int, calls: int) -> Sampler:
    return Dynesty(target.potential, scale=target.scale)


def pocomc(target: Target, n: int, calls: int) -> Sampler:
    return PocoMC(target.potential, scale=target.scale)


ENTRANTS: dict[str, Entrant] = {
    "zodmc": zodmc,
    "pooled": pooled,
    "adaptive": adaptive,
    "sir": sir,
    "smc": smc,
    "tempering": tempering,
    "rdmc": rdmc,
    "dynesty": dynesty,
    "pocomc": pocomc,
}

"""One contract: whatever the sampler, the same questions get an answer, on every device and in both precisions."""

import math

import pytest
import torch

from experiments.pzodmc import (
    ZODMC,
    AdaptivePartialZODMC,
    Calls,
    CoupledPartialZODMC,
    PartialZODMC,
    PooledZODMC,
    Potential,
    targets,
)
from experiments.pzodmc.baselines import RDMC, SIR, ULA, ParallelTempering, TemperedSMC

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]

SAMPLERS = {
    "full": lambda p, **kw: ZODMC(p, proposals=100, enough=4, **kw),
    "pooled": lambda p, **kw: PooledZODMC(p, pool=2048, **kw),
    "partial": lambda p, **kw: PartialZODMC(p, settings={"pool": 2048} | kw),
    "coupled": lambda p, **kw: CoupledPartialZODMC(p, pool=4096, population=128, **kw),
    "adaptive": lambda p, **kw: AdaptivePartialZODMC(p, pool=2048, **kw),
    "sir": lambda p, **kw: SIR(p, pool=4096, **kw),
    "smc": lambda p, **kw: TemperedSMC(p, particles=512, **kw),
    "tempering": lambda p, **kw: ParallelTempering(p, replicas=20, burn_in=50, **kw),
    "rdmc": lambda p, **kw: RDMC(p, **kw),
    "ula": lambda p, **kw: ULA(p, steps=50, **kw),
}
NO_WEIGHTS = ("full", "tempering", "rdmc", "ula")  # these have no estimate of log Z


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_answers_the_same_questions(name, device, dtype):
    made = [0]
    target = targets.two_modes(4, distance=2.0)
    p = target.potential

    def counted(function):
        def ask(z):
            made[0] += len(z)
            return function(z)

        return ask

    potential = Potential(counted(p.function), 4, p.blocks, tuple(counted(f) for f in p.block_functions))
    sampler = SAMPLERS[name](potential, scale=target.scale, dtype=dtype)
    draws = sampler.sample(40, generator=torch.Generator(device).manual_seed(1))
    assert draws.x.shape == (40, 4) and draws.x.dtype == dtype and draws.x.device.type == device
    assert torch.isfinite(draws.x).all()
    assert isinstance(draws.calls, Calls) and draws.calls.total == made[0] > 0
    assert (draws.calls.block > 0) == (name in ("partial", "adaptive"))
    assert all(0 <= share <= 1 for share in draws.acceptance)
    assert all(size >= 0 for size in draws.ess) and (draws.ess or name in ("tempering", "rdmc", "ula"))
    assert 0 <= draws.failures <= draws.attempts or draws.attempts == 0 == draws.failures
    assert draws.invalid == 0
    if name in NO_WEIGHTS:
        assert draws.log_z is None
    else:
        assert math.isfinite(draws.log_z) and abs(draws.log_z) < 0.5
    assert (draws.blocks is not None) == (name in ("partial", "coupled", "adaptive"))
    assert all(isinstance(warning, str) for warning in draws.warnings)

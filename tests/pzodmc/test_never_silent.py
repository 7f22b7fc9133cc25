"""The targets on which a sampler was once wrong without a word: the right value, or a word."""

import math

import pytest
import torch

from experiments.pzodmc import AdaptivePartialZODMC, Potential
from tests.pzodmc.strangers import CASES

SIGMAS = 4.5  # of the mean over n independent draws; some forty means a run of the file: one false alarm in 4,000


def drawn(case, seed, n=1000, **options):
    sampler = AdaptivePartialZODMC(Potential(case.function, case.dim), **case.front | case.options | options)
    return sampler.sample(n, generator=torch.Generator().manual_seed(seed))


def off(case, draws):
    """name → how far the mean is from the exact one, in standard errors of independent draws; and of log Ẑ."""
    x = draws.x.double()
    assert bool(torch.isfinite(case.function(x)).all()), "a draw where the density is zero"
    found = {}
    for name, (f, exact) in case.means.items():
        value = f(x)
        spread = max(float(value.std()), math.sqrt(exact * (1 - exact)) if 0 < exact < 1 else 1e-12)
        found[name] = (float(value.mean()) - exact) / (case.slack * spread / math.sqrt(len(x)))
    if case.log_z is not None:
        found["log Z"] = (draws.log_z - case.log_z) / max(1.5 * draws.log_z_error, 0.01 + 1e-15 * abs(case.log_z) * 4)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_value_is_right(name, at_length):
    case = CASES[name]()
    for seed in case.seeds if at_length else case.seeds[:1]:
        draws = drawn(case, seed)
        wrong = {key: value for key, value in off(case, draws).items() if abs(value) > SIGMAS}
        assert not wrong or draws.warnings, f"seed {seed}: {wrong} and not a word"
        assert not wrong, f"seed {seed}: {wrong}, told: {draws.warnings}"
        if case.blocks is not None:
            assert draws.blocks == case.blocks

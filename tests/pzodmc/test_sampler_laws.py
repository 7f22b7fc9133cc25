"""What samplers owe: the right distribution, honest counts, the same result for every chunk size and seed."""

import math

import pytest
import torch

from experiments.pzodmc import ZODMC, PartialZODMC, PooledZODMC, Potential, targets
from experiments.pzodmc.metrics import permutation_test

# A permutation test is exact: under "same distribution" p < 0.01 has probability 0.01. The seeds are fixed.
LEVEL = 0.01


def sampler_of(name, target, **extra):
    rejection = {"proposals": 300, "enough": 8, "scale": target.scale}
    pooled = {"scale": target.scale, "pool": 8192}
    return {
        "full": lambda: ZODMC(target.potential, **rejection, **extra),
        "full_pooled": lambda: PooledZODMC(target.potential, **pooled, **extra),
        "partial": lambda: PartialZODMC(target.potential, engine="rejection", settings=rejection | extra),
        "partial_pooled": lambda: PartialZODMC(target.potential, settings=pooled | extra),
    }[name]()


ALL = ["full", "full_pooled", "partial", "partial_pooled"]


@pytest.mark.parametrize("name", ALL)
def test_draws_follow_the_target(seeded, name):
    target = targets.double_wells(2)
    draws = sampler_of(name, target).sample(600, generator=seeded(11))
    exact = target.exact(600, seeded(12))
    assert permutation_test(draws.x.double(), exact, seeded(13)) > LEVEL


@pytest.mark.parametrize("engine", ["rejection", "pooled"])
def test_partial_equals_full_on_a_product(seeded, engine):
    target = targets.double_wells(2)
    suffix = "" if engine == "rejection" else "_pooled"
    full = sampler_of("full" + suffix, target).sample(600, generator=seeded(21))
    partial = sampler_of("partial" + suffix, target).sample(600, generator=seeded(22))
    assert permutation_test(full.x.double(), partial.x.double(), seeded(23)) > LEVEL


def test_the_test_of_equality_can_fail(seeded):
    """The same test sees a lost dependence: a mixture against the product of its own marginals."""
    exact = targets.paper_mixture_2d().exact(600, seeded(31))
    other = targets.paper_mixture_2d().exact(600, seeded(32))
    broken = torch.stack([exact[:, 0], exact[torch.randperm(600, generator=seeded(33)), 1]], dim=1)
    assert permutation_test(broken, other, seeded(34)) < LEVEL


def test_blocks_by_differences_of_v_equal_given_block_functions(seeded):
    """Only the accounts differ: a difference evaluates the whole V."""
    target = targets.double_wells(4, block=2)
    bare = Potential(target.potential.function, 4)
    given = sampler_of("partial_pooled", target, dtype=torch.float64).sample(200, generator=seeded(1))
    settings = {"scale": target.scale, "pool": 8192, "dtype": torch.float64}
    differences = PartialZODMC(bare, [[0, 1], [2, 3]], settings=settings).sample(200, generator=seeded(1))
    torch.testing.assert_close(given.x, differences.x)
    assert given.calls.block > 0 and given.calls.full == 17
    assert differences.calls.block == 0 and differences.calls.total == given.calls.total


def test_blocks_may_come_in_any_order(seeded):
    """Coordinates end where they belong: N(i, 0.1²) in coordinate i, blocks scrambled."""
    target = targets.gaussian([0.0, 1.0, 2.0, 3.0], [0.1] * 4)
    sampler = PartialZODMC(target.potential, [[3, 1], [0], [2]], settings={"scale": 2.0})
    x = sampler.sample(300, generator=seeded()).x
    torch.testing.assert_close(x.mean(0), torch.tensor([0.0, 1.0, 2.0, 3.0], dtype=x.dtype), atol=0.05, rtol=0)


def test_pooled_log_z_is_the_known_one(seeded):
    target = targets.two_modes(3)
    estimate = sampler_of("partial_pooled", target).sample(100, generator=seeded(4)).log_z
    assert abs(estimate - target.log_z) < 0.1
    mixture = targets.paper_mixture_2d()
    estimate = PooledZODMC(mixture.potential, scale=mixture.scale, pool=65_536).sample(100, generator=seeded(4)).log_z
    assert abs(estimate) < 0.1


@pytest.mark.parametrize("name", ALL)
def test_the_chunk_size_changes_nothing(seeded, name):
    target = targets.double_wells(2)
    runs = [
        sampler_of(name, target, chunk=chunk).sample(150, generator=seeded(5), keep_path=True)
        for chunk in (1000, 2048, 6000, 32_768)
    ]
    for other in runs[1:]:
        assert torch.equal(runs[0].x, other.x)
        assert torch.equal(runs[0].path, other.path)
        assert runs[0].calls == other.calls


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_seed_decides_everything_and_torchs_global_one_nothing(seeded, name, dtype):
    target = targets.double_wells(2)
    torch.manual_seed(1)
    first = sampler_of(name, target, dtype=dtype).sample(50, generator=seeded(6))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again = sampler_of(name, target, dtype=dtype).sample(50, generator=seeded(6))
    other = sampler_of(name, target, dtype=dtype).sample(50, generator=seeded(7))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first.x, again.x) and not torch.equal(first.x, other.x)
    assert first.x.dtype == dtype and first.x.shape == (50, 2)


@pytest.mark.parametrize("name", ALL)
def test_reported_calls_are_the_calls_made_and_stay_in_budget(seeded, name):
    target, made = targets.double_wells(2), [0]

    def counted(function):
        def ask(z):
            made[0] += len(z)
            return function(z)

        return ask

    p = target.potential
    p = Potential(counted(p.function), 2, p.blocks, tuple(counted(f) for f in p.block_functions))
    target = targets.Target("counted", p, target.exact, target.scale)
    budget = 900_000 if name.endswith(("full", "partial")) else 20_000
    draws = sampler_of(name, target).sample(60, generator=seeded(), max_oracle_calls=budget)
    assert draws.calls.total == made[0] <= budget


def test_an_empty_estimate_is_counted_repaired_and_told(seeded):
    """30 double wells: no proposal is ever accepted. The repaired sampler still moves, the paper's code collapses."""
    target = targets.double_wells(30)
    settings = {"proposals": 32, "enough": None, "scale": target.scale}
    repaired = ZODMC(target.potential, **settings).sample(50, generator=seeded())
    collapsed = ZODMC(target.potential, empty="origin", **settings).sample(50, generator=seeded())
    for draws in (repaired, collapsed):
        assert draws.failures == draws.attempts == 50 * 24
        assert "no proposal accepted" in draws.warnings[0]
        assert torch.isfinite(draws.x).all()
    # With every mean at 0 the reverse process carries each coordinate to the origin, up to noise of the last time.
    assert float(collapsed.x.abs().mean()) < 0.2
    assert float(repaired.x.abs().mean()) > 0.5


def test_repair_keeps_the_distribution(seeded):
    """Few proposals leave many estimates empty; what i-SIR puts in their place must not bias the draws."""
    target = targets.gaussian([1.0, -1.0], [0.7, 0.7])
    draws = ZODMC(target.potential, proposals=4, enough=None, scale=2.0).sample(1500, generator=seeded(8))
    assert draws.failure_share > 0.2
    torch.testing.assert_close(draws.x.mean(0), torch.tensor([1.0, -1.0]), atol=0.12, rtol=0)
    torch.testing.assert_close(draws.x.std(0), torch.tensor([0.7, 0.7]), atol=0.12, rtol=0)


def test_walls_of_zero_density_are_respected_and_counted(seeded):
    """A Gaussian cut off at 0: V is +inf, then NaN, on the left half."""
    for wall in (math.inf, math.nan, -math.inf):
        potential = Potential(lambda z, w=wall: torch.where(z[:, 0] > 0, z[:, 0] ** 2 / 2, w), 1, max_invalid=0.9)
        draws = PooledZODMC(potential, scale=2.0).sample(500, generator=seeded(9))
        assert draws.invalid > 0 and float(draws.x.min()) > 0
        assert abs(float(draws.x.mean()) - math.sqrt(2 / math.pi)) < 0.12


def test_a_path_ends_at_the_draws(seeded):
    for name in ALL:
        draws = sampler_of(name, targets.double_wells(2)).sample(20, generator=seeded(), keep_path=True)
        assert draws.path.shape[1:] == (20, 2) and torch.equal(draws.path[-1], draws.x)


@pytest.mark.parametrize("device", ["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
@pytest.mark.parametrize("name", ALL)
def test_draws_live_on_the_generators_device(name, device):
    def seeded(seed):
        return torch.Generator(device).manual_seed(seed)

    target = targets.two_modes(2)
    draws = sampler_of(name, target).sample(300, generator=seeded(1))
    assert draws.x.device.type == device
    assert permutation_test(draws.x.double(), target.exact(300, seeded(2)), seeded(3)) > LEVEL

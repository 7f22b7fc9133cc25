"""Every target's exact draws, its V and its log Z belong together, by quadratures that the targets do not use.

For a normalised q, E[q(x) exp(V(x)) Z] = 1 over exact draws x. Here q is written out anew: the target made a little
narrower and tilted to one side, so that the ratio varies little and modes of a wrong weight show.
"""

import math
from functools import cache

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal

from experiments.errors import InputError
from experiments.pzodmc import targets
from experiments.pzodmc.targets import TARGETS

PLANE = ("gmm2d", "discontinuous", "ring", "mueller_brown", "mog40", "narrow_wide")
named = cache(targets.named)
NARROW = 1.03
LOG_ROOT_2PI = math.log(2 * math.pi) / 2


def tilt(target):
    return 0.1 / target.scale / math.sqrt(target.dim)


def tempered(energy, tilt, log_z):
    """log q of exp(−NARROW energy + tilt Σ x)/exp(log_z)."""
    return lambda x: -NARROW * energy(x) + tilt * x.sum(1) - log_z


def on_a_line(curve, tilt):
    """log ∫ exp(−NARROW curve + tilt x) dx, by adaptive quadrature."""

    def density(x):
        return math.exp(-NARROW * float(curve(torch.tensor(x, dtype=torch.float64))) + tilt * x)

    return math.log(quad(density, -14, 14, points=[-4, -1, 1, 4], limit=500)[0])


def double_well(x):
    return (x**2 - 1) ** 2


def two_modes(x):
    return -torch.log(0.3 * torch.exp(-((x + 4) ** 2) / 2) + 0.7 * torch.exp(-((x - 4) ** 2) / 2)) + LOG_ROOT_2PI


def steep_well(x):
    return x**4 - 6 * x**2 - x / 2


def bowl(x):
    return x**2 / 2


def chain(x):
    return double_well(x).sum(1) + (x[:, 1:] - x[:, :-1]).square().sum(1)


@cache
def plane(name):
    """Points, V and area of trapezoids on a square of ±2.5 scales; jumps between the points cost a grid an order."""
    target = named(name)
    axis = torch.linspace(-2.5, 2.5, 1001 if name == "discontinuous" else 401, dtype=torch.float64) * target.scale
    points = torch.cartesian_prod(axis, axis)
    return points, target.potential.function(points), float(axis[1] - axis[0]) ** 2


def on_a_plane(name, tilt):
    """log ∫ exp(−NARROW V + tilt Σ x)."""
    points, v, area = plane(name)
    return math.log(float(torch.exp(-NARROW * v + tilt * points.sum(1)).sum()) * area)


def on_a_chain(dim, tilt, coupling=2.0):
    """log ∫ exp(−NARROW V + tilt Σ x) of φ⁴ by Gauss–Legendre nodes."""
    x, w = np.polynomial.legendre.leggauss(120)
    x, w = 3.5 * x, 3.5 * w
    site = w * np.exp(-NARROW * (x * x - 1) ** 2 + tilt * x)
    bond = np.exp(-NARROW * coupling / 2 * (x[:, None] - x) ** 2)
    return math.log(site @ np.linalg.matrix_power(bond * site, dim - 1) @ np.ones_like(x))


def narrower(target, factor):
    """The mixture with covariances × factor and weights moved a tenth towards equal ones."""
    weights, means, covariances = target.components
    weights = 0.9 * torch.tensor(weights, dtype=torch.float64) + 0.1 / len(weights)
    return MixtureSameFamily(Categorical(weights), MultivariateNormal(means, factor * covariances)).log_prob


def inside_hidden(x):
    log_q = narrower(targets.paper_mixture_2d(), 0.97)
    return sum(log_q(x[:, pair]) for pair in targets.hidden_order(30).view(15, 2))


def inside_funnel(x):
    v = x[:, :1]
    return Normal(0.1, 2.8).log_prob(v)[:, 0] + Normal(0, 0.98 * torch.exp(v / 2)).log_prob(x[:, 1:]).sum(1)


def inside_banana(x):
    x, y = x[:, ::2], x[:, 1::2]
    return (Normal(0.1, 1.95).log_prob(x) + Normal((x * x - 4) / 2, 0.49).log_prob(y)).sum(1)


def inside_product(target, *curves):
    """Of coordinates that follow the curves in turn."""
    t, times = tilt(target), target.dim // len(curves)
    return tempered(
        lambda x: sum(curve(x[:, k :: len(curves)]).sum(1) for k, curve in enumerate(curves)),
        t,
        times * sum(on_a_line(curve, t) for curve in curves),
    )


def proposal(name, target):
    """log q, normalised."""
    v, t = target.potential.function, tilt(target)
    if name in PLANE:
        return tempered(v, t, on_a_plane(name, t))
    return {
        "gmm5d": lambda: narrower(target, 0.95),
        "joint10": lambda: narrower(target, 0.95),
        "double_wells5": lambda: inside_product(target, double_well),
        "double_wells30": lambda: inside_product(target, double_well),
        "two_modes5": lambda: inside_product(target, two_modes),
        "two_modes30": lambda: inside_product(target, two_modes),
        "many_well": lambda: inside_product(target, steep_well, bowl),
        "phi4": lambda: tempered(chain, t, on_a_chain(32, t)),
        "hidden30": lambda: inside_hidden,
        "funnel": lambda: inside_funnel,
        "banana": lambda: inside_banana,
        # A tilt along an axis of a turned product is one along all of the product's own; it is left out.
        "rotated": lambda: tempered(v, 0, 10 * on_a_line(double_well, 0)),
        "rotated_modes": lambda: tempered(v, 0, 5 * on_a_line(two_modes, 0)),
    }[name]()


@pytest.mark.parametrize("name", TARGETS)
def test_draws_potential_and_log_z_belong_together(seeded, name):
    target = named(name)
    x = target.exact(60_000, seeded(1))
    ratio = torch.exp(proposal(name, target)(x) + target.potential.function(x) + target.log_z)
    error = float(ratio.std()) / math.sqrt(len(x))
    assert error < 0.0025, "q is too far from the target for this test to see 1 %"
    assert abs(float(ratio.mean()) - 1) < 4 * error + 5e-4


@pytest.mark.parametrize("name", PLANE)
def test_quadrature_in_the_plane_finds_log_z_modes_and_moments(seeded, name):
    target = named(name)
    points, v, area = plane(name)
    mass = torch.exp(-v) * area
    assert math.isclose(math.log(float(mass.sum())), target.log_z, abs_tol=2e-3 if name == "discontinuous" else 1e-4)
    share = mass / mass.sum()
    modes = torch.bincount(target.labels(points)[:, 0], weights=share, minlength=target.label_weights.shape[1])
    torch.testing.assert_close(modes, target.label_weights[0], atol=1e-3, rtol=0)
    x = target.exact(100_000, seeded(2))
    for f in (lambda p: p, lambda p: p.square(), lambda p: p[:, :1] * p[:, 1:], lambda p: p.norm(dim=1, keepdim=True)):
        known, spread = (share[:, None] * f(points)).sum(0), f(x).std(dim=0) / math.sqrt(len(x))
        assert ((f(x).mean(0) - known).abs() < 4.5 * spread).all()


@pytest.mark.parametrize("coupling", [0.5, 2.0])
def test_a_short_chain_is_its_brute_force_sum(seeded, coupling):
    """φ⁴ on three sites, summed over all triples of points."""
    target = targets.phi4(3, coupling)
    axis = torch.linspace(-3, 3, 101, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis, axis)
    mass = torch.exp(-target.potential.function(points)) * 0.06**3
    assert math.isclose(math.log(float(mass.sum())), target.log_z, abs_tol=1e-6)
    share = mass / mass.sum()
    second = (share[:, None, None] * points[:, :, None] * points[:, None]).sum(0)
    x = target.exact(100_000, seeded(3))
    torch.testing.assert_close(x.T @ x / len(x), second, atol=0.015, rtol=0)


@pytest.mark.parametrize("name", TARGETS)
def test_the_scale_covers(seeded, name):
    """As many of the draws lie beyond 2.5 scales as a pool accepts without a warning, or fewer."""
    target = named(name)
    outside = (target.exact(20_000, seeded(4)).abs() > 2.5 * target.scale).any(dim=1)
    assert float(outside.double().mean()) < 0.01 * target.dim**0.5 + 0.01


@pytest.mark.parametrize("name", TARGETS)
def test_single_precision_follows_double(seeded, name):
    target = named(name)
    near, far = target.exact(2000, seeded(5)), torch.randn(2000, target.dim, generator=seeded(6)) * target.scale
    z = torch.cat([near.float(), far])
    single, double = target.potential.function(z), target.potential.function(z.double())
    assert single.dtype == torch.float32 and double.dtype == torch.float64
    assert ((single - double).abs() <= 2e-5 * double.abs().clamp(min=1)).all()


@pytest.mark.parametrize("name", TARGETS)
def test_constants_follow_the_points_to_their_device(name):
    target = named(name)
    z = torch.empty(7, target.dim, device="meta")
    assert target.potential.function(z).device == z.device and target.potential.function(z).shape == (7,)
    assert target.labels(z).shape == (7, len(target.label_weights))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_draws_and_evaluates_alike():
    for target in map(named, TARGETS):
        x = target.exact(1000, torch.Generator("cuda").manual_seed(1))
        torch.testing.assert_close(target.potential.function(x).cpu(), target.potential.function(x.cpu()))
        assert torch.equal(target.labels(x).cpu(), target.labels(x.cpu()))


@pytest.mark.parametrize("name", TARGETS)
def test_only_the_generator_decides_the_draws(seeded, name):
    before = torch.get_rng_state()
    x = named(name).exact(50, seeded(7))
    assert torch.equal(x, targets.named(name).exact(50, seeded(7)))
    assert not torch.equal(x, named(name).exact(50, seeded(8)))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    "call",
    [
        lambda: targets.named("gmm3d"),
        lambda: targets.double_wells(0),
        lambda: targets.double_wells(4, block=0),
        lambda: targets.two_modes(2, left=1.0),
        lambda: targets.many_well(5),
        lambda: targets.banana(3),
        lambda: targets.funnel(1),
        lambda: targets.funnel(4, sd=0.0),
        lambda: targets.phi4(1),
        lambda: targets.narrow_wide(0),
        lambda: targets.ring(radii=(4.0, 2.0), weights=(0.5, 0.5)),
        lambda: targets.ring(weights=(0.5, 0.5, 0.5)),
        lambda: targets.hidden_blocks(targets.double_wells(2), 0),
        lambda: targets.mixture("m", (0.5, 0.6), ((0.0,), (1.0,)), (((1.0,),), ((1.0,),)), 1.0),
        lambda: targets.mixture("m", (1.0,), ((0.0, 0.0),), (((1.0, 2.0), (2.0, 1.0)),), 1.0),
        lambda: targets.mixture("m", (1.0,), ((0.0, 0.0),), (((1.0,),),), 1.0),
        lambda: targets.gaussian([0.0], [0.0]),
    ],
)
def test_bad_arguments_are_input_errors(call):
    with pytest.raises(InputError):
        call()

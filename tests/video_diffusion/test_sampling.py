"""The sampling loop on a model whose answer is known: data of unit variance, where x̂ = c_skip z.

Then z(t) = z(1) s(t) / s(1) with s² = (1 − t)² + t², so the exact flow returns its starting noise.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.noise import per_frame, preconditioning
from experiments.video_diffusion.sampling.methods import FeatureInjection, Method, Past, ReconstructionGuidance
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import Step, ancestral_level, euler, heun, multistep, time_grid


def gaussian(z, t, extra=None):
    return per_frame(preconditioning(t)[1], z) * z


def start(clips: int = 8, seed: int = 0) -> Past:
    noise = torch.randn(clips, 10, 8, 8, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return Past.none(noise)


def error(solver, steps: int, shift: float = 1.0) -> float:
    past = start(2)
    clip = sample(gaussian, Method(), past, Scheme(steps, solver, shift)).clip
    return float((clip - past.noise).square().mean().sqrt())


@pytest.mark.parametrize(("solver", "order"), [(euler, 1), (heun, 2)])
@pytest.mark.parametrize("shift", [1.0, 4.0])
def test_the_error_falls_with_the_order_of_the_solver(solver, order, shift):
    # In float32 levels, second order meets rounding beyond a few hundred steps.
    slope = math.log(error(solver, 24, shift) / error(solver, 192, shift)) / math.log(8)
    assert slope == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize("shift", [1.0, 4.0])
def test_the_multistep_solver_comes_near_second_order_more_slowly(shift):
    """Its first two steps and its last are Euler's."""
    slope = math.log(error(multistep, 96, shift) / error(multistep, 384, shift)) / math.log(4)
    assert slope == pytest.approx(2, abs=0.35)


def test_a_shift_multiplies_the_ratio_of_noise_to_data():
    """t/(1 − t) at every step; the ends stay."""
    plain, shifted = time_grid(24), time_grid(24, 4.0)
    assert (shifted[0], shifted[-1]) == (1, 0) and bool((shifted.diff() < 0).all())
    assert_close((shifted / (1 - shifted))[1:], 4 * (plain / (1 - plain))[1:], rtol=1e-4, atol=0)


@pytest.mark.parametrize("steps", [8, 1000])
def test_second_order_is_nearer_than_euler_at_equal_network_calls(steps):
    assert error(heun, steps // 2) < error(euler, steps)
    assert error(multistep, steps) < error(euler, steps)


@pytest.mark.parametrize("share", [0.0, 1.0, 1.4])
def test_multistep_is_exact_where_the_estimate_is_a_line_in_lambda(share):
    """x̂ = λ whatever z is: dz/dλ is then a linear equation, with fresh noise z a Gaussian of known mean."""
    rate, known = 1 + share**2, torch.tensor([0.7, 0.5, 0.4], dtype=torch.float64)
    before, now, then = known
    lam = ((1 - known) / known).log()
    step = Step(now, then, ancestral_level(now, then, share), (before, lam[:1]))
    z = torch.tensor([1.3], dtype=torch.float64)
    moved = multistep(lambda z, t: (z, lam[1:2]), z, step) * (1 - then) / (1 - step.down)
    # In y = z / (1 − t): dy = rate (x̂ − y) dλ on the mean, so e^(rate λ) y is an integral of e^(rate λ) λ.
    ramp = [torch.exp(rate * at) * (at / rate - 1 / rate**2) for at in lam]
    mean = torch.exp(-rate * lam[2]) * (torch.exp(rate * lam[1]) * z / (1 - now) + rate * (ramp[2] - ramp[1]))
    assert_close(moved / (1 - then), mean)


def test_the_number_of_network_calls_is_that_of_the_solver():
    past = start(1)
    for solver, calls in ((euler, 8), (heun, 15), (multistep, 8)):
        assert len(sample(gaussian, Method(), past, Scheme(8, solver)).diagnostics["score_norm"]) == calls


@pytest.mark.parametrize("share", [0.5, 1.0, 1.4])
@pytest.mark.parametrize("solver", [euler, heun, multistep])
def test_ancestral_steps_keep_the_variance_of_the_data(solver, share):
    """Of every level on the way, too: z must have variance (1 − t)² + t²."""
    past = start(8)
    found = sample(
        gaussian,
        Method(),
        past,
        Scheme(200, solver, ancestral=share),
        generator=torch.Generator().manual_seed(1),
        keep_path=True,
    )
    assert_close(float(found.clip.var()), 1.0, atol=0.03, rtol=0)
    assert (found.clip - past.noise).square().mean() > 0.3 * share
    if solver is not heun:
        for level, (z, _) in zip(torch.linspace(1, 0, 201)[:-1], found.path, strict=True):
            assert_close(float(z.var()), float((1 - level) ** 2 + level**2), atol=0.03, rtol=0)


def test_fresh_noise_comes_in_from_its_level_on_and_not_before():
    drawn = {}
    for seed in (1, 2):
        scheme, generator = Scheme(20, ancestral=1.0, fresh_from=0.5), torch.Generator().manual_seed(seed)
        drawn[seed] = sample(gaussian, Method(), start(2), scheme, generator=generator, keep_path=True).path
    alike = [torch.equal(one, other) for one, other in zip(drawn[1], drawn[2], strict=True)]
    assert alike == [True] * 10 + [False] * 10
    quiet = sample(gaussian, Method(), start(2), Scheme(20), keep_path=True).path
    assert_close(drawn[1][9], quiet[9])


def test_fresh_noise_has_the_variance_of_the_forward_process():
    """Given x and the level above, z has the variance of a product of two Gaussians; in σ = t / (1 − t):
    σ²_then (1 − σ²_then / σ²_now), which is σ²_then − σ²_down."""
    now, then = torch.tensor(0.7).double(), torch.tensor(0.4).double()
    above, below, down = (t / (1 - t) for t in (now, then, ancestral_level(now, then, 1.0)))
    assert_close(below**2 - down**2, 1 / (1 / below**2 + 1 / (above**2 - below**2)))
    assert_close(ancestral_level(now, then, 0.0), then)


@pytest.mark.parametrize("ancestral", [0.0, 1.0])
@pytest.mark.parametrize("solver", [euler, heun, multistep])
def test_a_method_reaches_every_network_call(solver, ancestral):
    """Injected frames are at the level of the call wherever the network looks, and guidance reports each call."""
    past, seen = start(2), []
    past = Past(past.noise[:1, :5].flip(0).expand(2, -1, -1, -1, -1), past.history, past.noise)

    def watched(z, t, extra=None):
        level = per_frame(t[:, :5], z)
        noise = (z[:, :5] - (1 - level) * past.known) / level
        if ancestral:  # fresh noise reaches the injected frames too, and leaves their level what it is
            assert_close(float(noise.var()), 1.0, atol=0.05, rtol=0)
        else:
            assert_close(noise, past.noise[:, :5])
        seen.append(t)
        return gaussian(z, t)

    scheme, generator = Scheme(6, solver, ancestral=ancestral), torch.Generator().manual_seed(2)
    clip = sample(watched, FeatureInjection(share=1.0), past, scheme, generator=generator).clip
    assert torch.equal(clip[:, :5], past.known)
    guided = sample(gaussian, ReconstructionGuidance(), past, scheme, generator=generator)
    assert len(guided.diagnostics["residual"]) == len(seen)


def test_a_clip_does_not_depend_on_its_neighbours_in_the_batch():
    past = start(4)
    alone = Past(*(part[1:2] for part in (past.known, past.history, past.noise)))
    assert_close(sample(gaussian, Method(), past).clip[1:2], sample(gaussian, Method(), alone).clip)


def test_the_score_reported_is_the_gradient_of_the_log_density():
    """For unit-variance data z has density N(0, s²), so the score is −z / s²."""
    past = start(2)
    found = sample(gaussian, Method(), past, Scheme(10), keep_path=True)
    for k, level in enumerate(torch.linspace(1, 0, 11)[:-1].double()):
        z = found.path[k][0]
        expected = (z / ((1 - level) ** 2 + level**2)).flatten(1).norm(dim=1)
        assert_close(found.diagnostics["score_norm"][k], expected, rtol=1e-4, atol=1e-4)

"""What each method must be, on untrained networks and on toys whose answers are known."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods import (
    FeatureInjection,
    HistoryGuidance,
    Method,
    Past,
    ReconstructionGuidance,
)
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme, sample


def randomised(module: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Initial weights leave residual branches at zero; these do not."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape, generator=g) * 0.7 / max(1, p[0].numel() if p.ndim > 1 else 4) ** 0.5)
    return module.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def denoiser():
    return randomised(Denoiser(DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=2)), 0)


@pytest.fixture(scope="module")
def encoder():
    return randomised(HistoryEncoder(HistoryConfig(width=32, heads=2, layers=2, tokens=4)), 1)


@pytest.fixture(scope="module")
def past():
    g = torch.Generator().manual_seed(2)
    video = torch.randn(2, 10, 8, 8, 8, generator=g)
    return Past(video[:, -5:], video, torch.randn(2, 10, 8, 8, 8, generator=g))


def clip(denoise, method, past, steps=6):
    return sample(denoise, method, past, Scheme(steps)).clip


def test_injection_until_the_last_step_returns_the_known_frames(denoiser, past):
    found = clip(denoiser, FeatureInjection(share=1.0), past)
    assert torch.equal(found[:, :5], past.known)
    assert not torch.equal(found[:, 5:], past.noise[:, 5:])


def test_injection_for_no_step_is_an_independent_clip(denoiser, past):
    assert_close(clip(denoiser, FeatureInjection(share=-1.0), past), clip(denoiser, Method(), past))


def test_a_longer_injection_ends_nearer_to_the_known_frames(denoiser, past):
    errors = [
        (clip(denoiser, FeatureInjection(share=share), past, 20)[:, :5] - past.known).square().mean()
        for share in (-1.0, 0.5, 0.9, 1.0)
    ]
    assert errors == sorted(errors, reverse=True) and errors[-1] == 0


def test_injected_frames_stand_at_the_level_of_the_step(past):
    t = torch.tensor(0.3)
    entered = FeatureInjection(share=1.0).enter(past.noise, t, past)
    assert_close(entered[:, :5], 0.7 * past.known + 0.3 * past.noise[:, :5])
    assert torch.equal(entered[:, 5:], past.noise[:, 5:])


def test_reconstruction_guidance_of_weight_zero_is_an_independent_clip(denoiser, past):
    assert_close(clip(denoiser, ReconstructionGuidance(weight=0.0), past), clip(denoiser, Method(), past))


def test_history_weight_one_is_conditional_and_weight_zero_unconditional(denoiser, encoder, past):
    z, t = past.noise, torch.full((2, 10), 0.6)
    assert_close(
        HistoryGuidance(encoder=encoder, weight=1.0).estimate(denoiser, z, t, past),
        denoiser(z, t, encoder(past.history)),
    )
    assert_close(HistoryGuidance(encoder=encoder, weight=0.0).estimate(denoiser, z, t, past), denoiser(z, t))


def test_guidance_is_linear_in_its_weight(denoiser, encoder, past):
    z, t = past.noise, torch.full((2, 10), 0.6)
    at = {w: HistoryGuidance(encoder=encoder, weight=w).estimate(denoiser, z, t, past) for w in (0.0, 1.0, 3.0)}
    assert_close(at[3.0], at[0.0] + 3 * (at[1.0] - at[0.0]), atol=1e-4, rtol=1e-4)
    assert (at[1.0] - at[0.0]).abs().mean() > 1e-4


def test_an_always_null_history_equals_the_unconditional_model(denoiser, past):
    """The base weights never see the history: with no keys and values handed in nothing is left of it."""

    class Null:
        def __call__(self, history):
            return None

    guided = HistoryGuidance(encoder=Null(), weight=5.0)
    assert_close(clip(denoiser, guided, past), clip(denoiser, Method(), past), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "method", [Method(), FeatureInjection(), ReconstructionGuidance()], ids=lambda method: type(method).__name__
)
def test_a_long_video_has_the_promised_length_and_leaves_the_given_frames_untouched(denoiser, past, method):
    g = torch.Generator().manual_seed(4)
    video = extend(denoiser, method, past.history, 27, replace(CONTINUING, steps=3), generator=g)
    assert video.latents.shape[1] == 27
    assert torch.equal(video.latents[:, :10], past.history)
    assert video.seams == list(range(10, 27, 10 - method.overlap))


def test_the_same_seed_gives_the_same_video(denoiser, past):
    def run(seed):
        g = torch.Generator().manual_seed(seed)
        return extend(denoiser, FeatureInjection(), past.history, 20, replace(CONTINUING, steps=3), generator=g).latents

    assert torch.equal(run(0), run(0)) and not torch.equal(run(0), run(1))

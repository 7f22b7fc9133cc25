"""Laws that tie the methods to each other: where one setting makes two of them the same, and what none may break."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.attention import JointAttention, Memory, attend
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods import (
    FeatureInjection,
    HiddenInjection,
    HistoryGuidance,
    Hybrid,
    KeyValueInjection,
    Method,
    Past,
    PerFrameGuidance,
    PerFrameNoise,
    ReconstructionGuidance,
    StabilisedGuidance,
)
from experiments.video_diffusion.sampling.methods.features import Listener, known_tokens
from experiments.video_diffusion.sampling.methods.method import hold
from experiments.video_diffusion.sampling.methods.registry import build, registry
from experiments.video_diffusion.sampling.sampler import CONTINUING, Scheme, sample
from experiments.video_diffusion.sampling.solvers import heun
from tests.video_diffusion.test_methods import randomised

SMALL = DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=2)


@pytest.fixture(scope="module")
def denoiser():
    return randomised(Denoiser(SMALL), 0)


@pytest.fixture(scope="module")
def encoder():
    return randomised(HistoryEncoder(HistoryConfig(width=32, heads=2, layers=2, tokens=4)), 1)


@pytest.fixture(scope="module")
def past():
    g = torch.Generator().manual_seed(2)
    video = torch.randn(2, 10, 8, 8, 8, generator=g)
    return Past(video[:, -5:], video, torch.randn(2, 10, 8, 8, 8, generator=g))


def clip(denoise, method, past, steps=4, **settings):
    return sample(denoise, method, past, Scheme(steps, **settings)).clip


SAME = {
    "hybrid that only injects": (Hybrid(injected=1.0), FeatureInjection(share=1.0)),
    "hybrid that injects, then runs free": (Hybrid(injected=0.5, guided=0.0), FeatureInjection(share=0.5)),
    "hybrid that only guides": (Hybrid(injected=0.0, guided=1.0), ReconstructionGuidance()),
    "hybrid that only guides, stabilised": (
        Hybrid(injected=0.0, guided=1.0, stabilised=True),
        StabilisedGuidance(),
    ),
    "hybrid that does neither": (Hybrid(injected=0.0, guided=-1.0), Method()),
    "guidance without limits": (StabilisedGuidance(corrections=0), ReconstructionGuidance()),
    "guidance of weight 0 without limits": (StabilisedGuidance(weight=0.0, corrections=0), Method()),
    "guidance of weight 0": (ReconstructionGuidance(weight=0.0), Method()),
    "no key or value": (KeyValueInjection(strength=0.0), Method()),
    "no hidden feature": (HiddenInjection(strength=0.0), Method()),
    "history as noisy as the clip": (PerFrameNoise(level=1.0), FeatureInjection(share=1.0)),
    "nothing forgotten": (PerFrameGuidance(weight=3.0, level=0.0, forgotten=0.0), PerFrameNoise(level=0.0)),
}


@pytest.mark.parametrize("name", SAME)
def test_a_method_at_the_end_of_its_range_is_another(denoiser, past, name):
    one, other = SAME[name]
    assert_close(clip(denoiser, one, past), clip(denoiser, other, past), atol=1e-5, rtol=1e-5)


DIFFERENT = {
    "hybrid": (Hybrid(injected=0.5, guided=0.25), FeatureInjection(share=0.5)),
    "hybrid's injection": (Hybrid(injected=0.5, guided=0.5), ReconstructionGuidance()),
    "limits": (StabilisedGuidance(), ReconstructionGuidance()),
    "the past's own limit": (StabilisedGuidance(slack=1e9), StabilisedGuidance()),
    "keys and values": (KeyValueInjection(), Method()),
    "their strength": (KeyValueInjection(strength=2.0), KeyValueInjection()),
    "their noise": (KeyValueInjection(noise=0.0), KeyValueInjection()),
    "hidden features": (HiddenInjection(), Method()),
    "hidden features' strength": (HiddenInjection(strength=0.5), HiddenInjection()),
    "history guidance": (PerFrameGuidance(weight=1.0), PerFrameNoise()),
    "fractional history guidance": (PerFrameGuidance(weight=1.0, forgotten=0.5), PerFrameGuidance(weight=1.0)),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_in_between_it_is_not(denoiser, past, name):
    one, other = DIFFERENT[name]
    assert (clip(denoiser, one, past) - clip(denoiser, other, past))[:, 5:].abs().mean() > 1e-5


def test_frames_at_one_level_are_a_plain_clip(denoiser, past):
    """Without history every frame is at the clip's level, whatever the history's would be."""
    alone = Past(past.known[:, :0], past.history, past.noise)
    for method in (PerFrameNoise(overlap=0), PerFrameGuidance(overlap=0, weight=2.0)):
        assert_close(clip(denoiser, method, alone), clip(denoiser, Method(), alone), atol=1e-5, rtol=1e-5)


def test_held_frames_stand_at_their_own_level_and_the_network_is_told(past):
    seen = []

    def spy(z, t):
        seen.append((z, t))
        return z

    clip(spy, PerFrameNoise(level=0.1), past, steps=20)
    for k, (z, t) in enumerate(seen):
        now = 1 - k / 20
        held = min(now, 0.1)
        assert_close(t, torch.tensor([held] * 5 + [now] * 5).expand(2, -1))
        assert_close(z[:, :5], (1 - held) * past.known + held * past.noise[:, :5])


def test_history_guidance_over_the_known_frames_is_linear_in_its_weight(denoiser, past):
    levels = torch.full((2, 10), 0.6)
    z = PerFrameNoise().enter(past.noise, torch.tensor(0.6), past)
    near, guided, more = (PerFrameGuidance(weight=w).estimate(denoiser, z, levels, past) for w in (0.0, 1.0, 3.0))
    assert_close(guided[:, :5], near[:, :5])
    far = denoiser(z[:, 5:], levels[:, 5:])
    assert_close(guided[:, 5:], 2 * near[:, 5:] - far, atol=1e-4, rtol=1e-4)
    assert_close(more[:, 5:], 4 * near[:, 5:] - 3 * far, atol=1e-4, rtol=1e-4)


def test_a_memory_of_strength_n_counts_as_n_copies():
    g = torch.Generator().manual_seed(0)
    layer = randomised(JointAttention(32, 2), 3)
    x, known = torch.randn(2, 7, 32, generator=g), torch.randn(2, 4, 32, generator=g)
    once = layer(x, Memory(known.repeat(1, 3, 1)))
    assert_close(layer(x, Memory(known, 3.0)), once, atol=1e-5, rtol=1e-5)
    assert_close(layer(x, Memory(known, 1e-12)), layer(x), atol=1e-5, rtol=1e-5)


def test_a_memory_of_the_tokens_themselves_changes_nothing():
    layer = randomised(JointAttention(32, 2), 3)
    x = torch.randn(2, 7, 32, generator=torch.Generator().manual_seed(0))
    for strength in (0.3, 1.0, 5.0):
        assert_close(layer(x, Memory(x, strength)), layer(x), atol=1e-5, rtol=1e-5)


def test_a_clip_that_reads_its_own_tokens_in_every_layer_is_itself(denoiser, past):
    listener, levels = Listener(), torch.full((2, 10), 0.6)
    plain = denoiser(past.noise, levels, listener)
    memory = [Memory(tokens) for tokens in listener.heard]
    assert_close(denoiser(past.noise, levels, memory=memory), plain, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(denoiser(past.noise, levels, memory=memory[::-1]), plain, atol=1e-5, rtol=1e-5)


def test_attention_with_a_bias_of_zero_is_attention():
    q, k, v = torch.randn(3, 2, 4, 6, 8, generator=torch.Generator().manual_seed(0))
    assert_close(attend(q, k, v, torch.zeros(6)), attend(q, k, v))


def test_what_is_listened_to_depends_on_the_known_frames_alone(denoiser, past):
    level = torch.tensor(0.3)
    tokens = known_tokens(denoiser, level, past)
    assert [part.shape for part in tokens] == [(2, 5 * 16, 32)] * 2
    again = known_tokens(denoiser, level, Past(past.known, 0 * past.history, past.noise))
    other = known_tokens(denoiser, level, Past(past.known + 1, past.history, past.noise))
    for one, same, changed in zip(tokens, again, other, strict=True):
        assert torch.equal(one, same) and not torch.allclose(one, changed)


def test_the_clip_s_own_features_injected_change_nothing(denoiser, past):
    """With the known frames noised as the clip, and no frames beside them, both passes see the same clip."""
    held = Past(past.known, past.history, past.noise[:, :5])
    levels = torch.full((2, 5), 0.4)
    z = hold(held.noise, levels, held)
    for method in (HiddenInjection(noise=1.0), KeyValueInjection(noise=1.0)):
        found = method.estimate(denoiser, z, levels, held)
        plain = denoiser(z, levels)
        if isinstance(method, HiddenInjection):
            assert_close(found, plain, atol=1e-5, rtol=1e-5)
        else:
            assert not torch.allclose(found, plain)  # known keys count twice


def made(name, encoder) -> Method:
    return build(name, {}, encoder=lambda: encoder)


@pytest.mark.parametrize("name", registry())
def test_a_long_video_of_any_method_has_the_promised_length_and_keeps_what_was_given(denoiser, encoder, past, name):
    method = made(name, encoder)
    g = torch.Generator().manual_seed(4)
    video = extend(denoiser, method, past.history, 27, replace(CONTINUING, steps=3), generator=g)
    assert video.latents.shape[1] == 27 and torch.isfinite(video.latents).all()
    assert torch.equal(video.latents[:, :10], past.history)
    assert video.seams == list(range(10, 27, 10 - method.overlap))


@pytest.mark.parametrize("name", registry())
def test_heun_follows_the_same_path_more_closely(denoiser, encoder, past, name):
    """Twice the network calls a step; the clips it makes in few steps are nearer to those of many Euler steps."""
    method = made(name, encoder)
    known = Past(past.known[:, 5 - method.overlap :] if method.overlap else past.known[:, :0], past.history, past.noise)
    fine = clip(denoiser, method, known, steps=40)[:, 5:]
    coarse = (clip(denoiser, method, known, steps=6)[:, 5:] - fine).square().mean()
    second = (clip(denoiser, method, known, steps=6, solver=heun)[:, 5:] - fine).square().mean()
    assert second < coarse


@pytest.mark.parametrize("weight", [0.0, 1.0, 7.0])
def test_history_guidance_with_an_always_null_history_is_the_unconditional_model(denoiser, past, weight):
    guided = HistoryGuidance(encoder=lambda history: None, weight=weight)
    assert_close(clip(denoiser, guided, past), clip(denoiser, Method(), past), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kind", [kind for kind in registry().values() if kind is not HistoryGuidance])
def test_without_a_known_frame_every_method_is_the_independent_clip(denoiser, past, kind):
    alone = Past(past.known[:, :0], past.history, past.noise)
    assert_close(clip(denoiser, kind(overlap=0), alone), clip(denoiser, Method(), alone), atol=1e-5, rtol=1e-5)

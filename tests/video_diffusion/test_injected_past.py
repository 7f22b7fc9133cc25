"""The past at a level of its own: at the clip's it is injection to the last step; one level fits two schedules."""

import pytest
import torch

from experiments.video_diffusion.model.noise import linear_ddpm_level
from experiments.video_diffusion.sampling.methods import FeatureInjection, Past, PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING, sample


def test_frames_held_at_the_clips_own_level_are_injected_to_the_last_step():
    generator = torch.Generator().manual_seed(0)
    draw = torch.randn(2, 15, 3, 4, 4, generator=generator)
    past = Past(draw[:, :5], draw[:, :5], draw[:, 5:])

    def denoise(z, t):
        return 0.5 * z * t[..., None, None, None] + z.mean((2, 3, 4), keepdim=True)

    clips = [
        sample(denoise, method, past, CONTINUING, generator=torch.Generator().manual_seed(1)).clip
        for method in (PerFrameNoise(level=1.0), FeatureInjection(share=1.0))
    ]
    torch.testing.assert_close(*clips)


def test_the_level_of_a_linear_ddpm_has_its_ratio_of_noise_to_signal():
    variances = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    for done in (0, 200, 500, 800, 999):
        signal = float((1 - variances[: 1000 - done]).prod())
        t = linear_ddpm_level(done)
        assert t / (1 - t) == pytest.approx(((1 - signal) / signal) ** 0.5)
    assert linear_ddpm_level(1000) == 0.0
    assert linear_ddpm_level(800) == pytest.approx(0.42, abs=0.005)


def test_levels_fall_with_the_steps():
    levels = [linear_ddpm_level(done) for done in range(1001)]
    assert levels == sorted(levels, reverse=True) and 0.99 < levels[0] < 1

"""The sampling loop on a model whose answer is known: data of unit variance, where x̂ = c_skip z.

Then z(t) = z(1) s(t) / s(1) with s² = (1 − t)² + t², so the exact flow returns its starting noise.
"""

import math

import torch
from torch.testing import assert_close

from experiments.video_diffusion.methods import Method, Past
from experiments.video_diffusion.noise import per_frame, preconditioning
from experiments.video_diffusion.sampling import sample


def gaussian(z, t, extra=None):
    return per_frame(preconditioning(t)[1], z) * z


def start(clips: int = 8, seed: int = 0) -> Past:
    noise = torch.randn(clips, 10, 8, 8, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return Past(noise[:, :0], noise[:, :0], noise)


def error(steps: int) -> float:
    past = start()
    return float((sample(gaussian, Method(), past, steps=steps).clip - past.noise).square().mean().sqrt())


def test_euler_converges_with_order_one():
    coarse, fine = error(64), error(512)
    slope = math.log(coarse / fine) / math.log(8)
    assert 0.9 < slope < 1.1


def test_ancestral_steps_keep_the_variance_of_the_data():
    g = torch.Generator().manual_seed(1)
    past = start(8)
    clip = sample(gaussian, Method(), past, steps=400, ancestral=1.0, generator=g).clip
    assert_close(float(clip.var()), 1.0, atol=0.03, rtol=0)
    assert (clip - past.noise).square().mean() > 0.3


def test_a_clip_does_not_depend_on_its_neighbours_in_the_batch():
    past = start(4)
    alone = Past(*(part[1:2] for part in (past.known, past.history, past.noise)))
    assert_close(sample(gaussian, Method(), past).clip[1:2], sample(gaussian, Method(), alone).clip)


def test_the_score_reported_is_the_gradient_of_the_log_density():
    """For unit-variance data z has density N(0, s²), so the score is −z / s²."""
    past = start(2)
    found = sample(gaussian, Method(), past, steps=10, keep_path=True)
    for k, level in enumerate(torch.linspace(1, 0, 11)[:-1].double()):
        z = found.path[k][0]
        expected = (z / ((1 - level) ** 2 + level**2)).flatten(1).norm(dim=1)
        assert_close(found.diagnostics["score_norm"][k], expected, rtol=1e-4, atol=1e-4)

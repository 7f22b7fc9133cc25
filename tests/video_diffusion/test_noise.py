"""The noise path and the preconditioning, as identities."""

import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.noise import (
    add_noise,
    network_target,
    per_frame,
    preconditioning,
    training_levels,
)


def clip(seed: int):
    g = torch.Generator().manual_seed(seed)
    x, noise = torch.randn(2, 64, 4, 10, 8, 8, 8, generator=g).flatten(1, 2)
    t = torch.rand(len(x), 10, generator=g)
    return x, noise, t


def test_the_target_put_through_the_preconditioning_gives_back_the_clean_clip():
    x, noise, t = clip(0)
    z = add_noise(x, noise, t)
    _, c_skip, c_out = (per_frame(c, z) for c in preconditioning(t))
    assert_close(c_skip * z + c_out * network_target(x, noise, t), x, atol=1e-4, rtol=1e-4)


def test_the_network_sees_and_owes_unit_variance_at_every_level():
    x, noise, _ = clip(1)
    for level in (0.0, 0.1, 0.5, 0.9, 1.0):
        t = torch.full(x.shape[:2], level)
        seen = per_frame(preconditioning(t)[0], x) * add_noise(x, noise, t)
        owed = network_target(x, noise, t)
        assert_close(seen.var(), torch.tensor(1.0), atol=0.01, rtol=0)
        assert_close(owed.var(), torch.tensor(1.0), atol=0.01, rtol=0)
        assert_close((seen * owed).mean(), torch.tensor(0.0), atol=0.01, rtol=0)


def test_the_ends_of_the_path_are_the_data_and_the_noise():
    x, noise, t = clip(2)
    assert_close(add_noise(x, noise, torch.zeros_like(t)), x)
    assert_close(add_noise(x, noise, torch.ones_like(t)), noise)


def test_each_frame_has_its_own_level():
    x, noise, t = clip(3)
    t[:, 4] = 0
    z = add_noise(x, noise, t)
    assert_close(z[:, 4], x[:, 4])
    assert (z[:, 5] - x[:, 5]).abs().mean() > 0.05


def test_the_share_of_clips_with_independent_levels_is_the_one_asked_for():
    g = torch.Generator().manual_seed(0)
    t = training_levels(4000, 10, 0.3, g)
    varied = (t.std(1) > 1e-6).float().mean()
    assert abs(float(varied) - 0.3) < 0.03
    assert (training_levels(100, 10, 0.0, g).std(1) < 1e-6).all()
    assert t.min() >= 0 and t.max() <= 1

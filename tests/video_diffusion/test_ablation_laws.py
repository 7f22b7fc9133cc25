"""Variants of the denoiser answer the same question as the denoiser: what is x, given z?"""

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise import add_noise, network_target
from experiments.video_diffusion.studies.recorded.ablation import VARIANTS

SMALL = DenoiserConfig(frames=4, width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=VARIANTS)
def variant(request) -> Denoiser:
    torch.manual_seed(0)
    return VARIANTS[request.param](SMALL)


def clip() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Data, noise, and a level for every frame."""
    x, noise = (torch.randn(2, 4, 8, 8, 8, generator=seeded(seed)) for seed in (0, 1))
    return x, noise, torch.rand(2, 4, generator=seeded(2))


def test_an_error_of_zero_is_a_perfect_estimate(variant, monkeypatch):
    x, noise, t = clip()
    answer = noise - x if type(variant).__name__ == "PlainFlow" else network_target(x, noise, t)
    monkeypatch.setattr(variant, "network", lambda *_, **__: answer)
    assert_close(variant.error(x, noise, t), torch.zeros_like(x))
    assert_close(variant(add_noise(x, noise, t), t), x, rtol=1e-4, atol=1e-4)


def test_every_part_of_a_variant_learns(variant):
    x, _, _ = clip()
    optimizer = torch.optim.Adam(variant.parameters(), lr=0.01)
    for step in range(5):  # each layer that starts at zero shields those in front of it for a step
        optimizer.zero_grad()
        variant.loss(x, seeded(step)).backward()
        optimizer.step()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in variant.parameters())


def test_a_token_of_the_transformer_sees_the_whole_clip():
    torch.manual_seed(0)
    transformer = VARIANTS["transformer"](SMALL)
    for parameter in transformer.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    z = torch.randn(1, 4, 8, 8, 8, generator=seeded(3), requires_grad=True)
    transformer(z, torch.full((1, 4), 0.5))[0, 0, :, 0, 0].sum().backward()
    assert (z.grad.abs().sum((2, 3, 4)) > 0).all()

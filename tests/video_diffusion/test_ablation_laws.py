"""Variants of the denoiser answer the same question as the denoiser: what is x, given z and what is told?"""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise import add_noise, network_target
from experiments.video_diffusion.studies.recorded.ablation import SEEDS, TOLD, VARIANTS, one_more

SMALL = DenoiserConfig(
    frames=6, width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1, conditions=True, continuing=0.5
)
CHANGED = [name for name in VARIANTS if name not in SEEDS[1:]]


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=CHANGED)
def variant(request) -> Denoiser:
    torch.manual_seed(0)
    found = VARIANTS[request.param]
    return found.kind(replace(SMALL, **found.network))


def clip() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Data, noise, and a level for every frame."""
    x, noise = (torch.randn(2, 6, 8, 8, 8, generator=seeded(seed)) for seed in (0, 1))
    return x, noise, torch.rand(2, 6, generator=seeded(2))


def told(module: Denoiser) -> Conditions:
    """Motion and views of the clip; nothing, to a network that cannot be told."""
    if not module.config.conditions:
        return Conditions()
    return Conditions(torch.randn(2, 6, 3, generator=seeded(3)), torch.randn(2, 6, 9, 8, 8, generator=seeded(4)))


def test_an_error_of_zero_is_a_perfect_estimate(variant, monkeypatch):
    x, noise, t = clip()
    answer = noise - x if type(variant).__name__ == "PlainFlow" else network_target(x, noise, t)
    monkeypatch.setattr(variant, "network", lambda *_, **__: answer)
    assert_close(variant.error(x, noise, t), torch.zeros_like(x))
    assert_close(variant(add_noise(x, noise, t), t), x, rtol=1e-4, atol=1e-4)


def test_every_part_of_a_variant_learns_and_untold_it_answers_as_if_told_nothing(variant):
    x, noise, t = clip()
    optimizer = torch.optim.Adam(variant.parameters(), lr=0.01)
    for step in range(6):  # each layer that starts at zero shields those in front of it for a step
        optimizer.zero_grad()
        variant.cost(x, *variant.noise_for(x, seeded(step)), told(variant)).backward()
        optimizer.step()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in variant.parameters())
    if variant.config.conditions:
        none, known = torch.zeros(2, dtype=torch.bool), told(variant)
        with torch.no_grad():
            silent, alone = variant(x, t, known=replace(known, moving=none, remembering=none)), variant(x, t)
            assert_close(silent, alone)
            assert (variant(x, t, known=known) - alone).abs().max() > 1e-3


def test_a_token_of_the_transformer_sees_the_whole_clip():
    torch.manual_seed(0)
    transformer = VARIANTS["transformer"].kind(SMALL)
    for parameter in transformer.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    z = torch.randn(1, 6, 8, 8, 8, generator=seeded(3), requires_grad=True)
    transformer(z, torch.full((1, 6), 0.5))[0, 0, :, 0, 0].sum().backward()
    assert (z.grad.abs().sum((2, 3, 4)) > 0).all()


def test_one_more_seed_falls_into_the_interval_of_the_others_in_nineteen_of_twenty_cases():
    kinds, draws = ("layout", "detail", *TOLD), torch.randn(2000, 4, generator=seeded(5), dtype=torch.float64)
    inside = 0
    for *three, fourth in draws.tolist():
        rows = [{"name": name} | dict.fromkeys(kinds, value) for name, value in zip(SEEDS, three, strict=True)]
        found = one_more(rows)["one_more"]["motion"]
        inside += found["low"] <= fourth <= found["high"]
    assert inside / len(draws) == pytest.approx(0.95, abs=0.015)
    assert one_more([{"name": SEEDS[0]}]) == {}

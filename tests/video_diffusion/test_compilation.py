"""Compiled blocks and replayed steps compute what the plain ones do."""

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.training.activation_checkpointing import blocks_of, recompute
from experiments.video_diffusion.training.compilation import fused
from experiments.video_diffusion.training.cuda_graph import Replay

CONFIG = DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=2)


def awake() -> Denoiser:
    """With weights in the layers that begin at zero, so that every block has a say."""
    torch.manual_seed(0)
    module = Denoiser(CONFIG)
    for p in module.parameters():
        if not p.any():
            torch.nn.init.normal_(p, std=0.05)
    return module


def gradient(module: Denoiser) -> torch.Tensor:
    x = torch.randn(2, 10, 8, 8, 8, generator=torch.Generator().manual_seed(0))
    module.zero_grad()
    module.loss(x, torch.Generator().manual_seed(1)).backward()
    return torch.cat([p.grad.flatten() for p in module.parameters()])


@pytest.fixture
def traced(monkeypatch):
    """Blocks are traced as for compilation but run as they are: no compiler is needed. Yields how many were given."""
    real, given = torch.compile, []

    def compile_(function, **options):
        given.append(function)
        return real(function, backend="eager", **options)

    monkeypatch.setattr(torch, "compile", compile_)
    yield given
    torch._dynamo.reset()


def test_compiled_blocks_have_the_same_gradients_and_the_network_is_as_before_afterwards(traced):
    module = awake()
    plain = gradient(module)
    with fused(module, None):
        assert_close(gradient(module), plain)
    assert len(traced) == len(blocks_of(module)) == 6
    assert not any("forward" in vars(block) for block in blocks_of(module))
    assert list(module.state_dict()) == list(awake().state_dict())


def test_what_a_block_was_told_to_recompute_it_still_does_after_a_compilation(traced):
    module = recompute(awake())
    told = [vars(block)["forward"] for block in blocks_of(module)]
    with fused(module):
        pass
    assert [vars(block)["forward"] for block in blocks_of(module)] == told


@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a GPU")
def test_a_replayed_step_changes_the_weights_as_the_step_itself():
    def trained(replayed: bool) -> torch.Tensor:
        weight = torch.ones(3, device="cuda", requires_grad=True)

        def update(x):
            loss = (weight * x).square().sum()
            (change,) = torch.autograd.grad(loss, weight)
            with torch.no_grad():
                weight.sub_(0.1 * change)
            return loss.detach()

        def draw(step):
            return (torch.full((3,), 0.1 * step, device="cuda"),)

        take = Replay(draw, update) if replayed else (lambda step: update(*draw(step)))
        losses = [take(step) for step in range(12)]
        return torch.cat([weight.detach(), torch.stack(losses)])

    assert_close(trained(True), trained(False))

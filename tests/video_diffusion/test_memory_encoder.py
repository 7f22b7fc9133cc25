"""Memory encoders: silent before they learn, free of where the world begins and of the order of what they read."""

import math
from dataclasses import replace

import pytest
import torch

from experiments.video_diffusion.memory import compose
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.memory_encoder import MemoryEncoder, MemoryEncoderConfig
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.training.posed_walks import PosedWalks
from experiments.video_diffusion.training.recipes import recipe_of
from experiments.video_diffusion.training.tasks import MEMORIES
from experiments.video_diffusion.training.tasks.memory import drawn_from, memory_task
from experiments.video_diffusion.training.workspace import Workspace

SMALL = MemoryEncoderConfig(frames=6, width=24, heads=1, layers=2)
KINDS = [SMALL, replace(SMALL, tokens=0), replace(SMALL, group=3)]


def woken(config: MemoryEncoderConfig) -> MemoryEncoder:
    """With weights in the layers that add nothing at first."""
    torch.manual_seed(0)
    module = MemoryEncoder(config)
    for parameter in module.parameters():
        if parameter.abs().max() == 0:
            torch.nn.init.normal_(parameter, std=0.2)
    return module.eval()


@pytest.fixture
def given():
    g = torch.Generator().manual_seed(1)
    latents = torch.randn(2, 6, 8, 8, 8, generator=g)
    poses, clip = (torch.randn(2, n, 3, generator=g) for n in (6, 10))
    return latents, poses, clip, torch.randn(2, 160, 24, generator=g)


@pytest.mark.parametrize("config", KINDS)
def test_untrained_it_adds_nothing(config, given):
    latents, poses, clip, tokens = given
    for branch in MemoryEncoder(config)(latents, poses, clip):
        assert branch(tokens).abs().max() == 0


@pytest.mark.parametrize("config", KINDS)
def test_where_the_world_begins_does_not_matter(config, given):
    latents, poses, clip, tokens = given
    world = torch.tensor([3.0, -2.0, 1.1])
    module = woken(config)
    here = module(latents, poses, clip)
    there = module(latents, compose(world, poses), compose(world, clip))
    for a, b in zip(here, there, strict=True):
        torch.testing.assert_close(a(tokens), b(tokens), atol=2e-4, rtol=1e-3)


@pytest.mark.parametrize("config", KINDS[:2])
def test_the_order_of_memory_does_not_matter(config, given):
    latents, poses, clip, tokens = given
    module, order = woken(config), torch.tensor([3, 0, 5, 1, 4, 2])
    for a, b in zip(module(latents, poses, clip), module(latents[:, order], poses[:, order], clip), strict=True):
        torch.testing.assert_close(a(tokens), b(tokens), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("config", KINDS)
def test_what_is_remembered_and_from_where_both_matter(config, given):
    latents, poses, clip, tokens = given
    module = woken(config)
    said = module(latents, poses, clip)[0](tokens)
    turned = poses + torch.tensor([0, 0, math.pi / 2])
    assert (module(latents.flip(0), poses, clip)[0](tokens) - said).abs().max() > 1e-3
    assert (module(latents, turned, clip)[0](tokens) - said).abs().max() > 1e-3


def walks(length: int = 120) -> PosedWalks:
    """Two walks whose latents are their own number and frame."""
    numbers = torch.arange(2 * length).reshape(2, length, 1, 1, 1).expand(-1, -1, 8, 8, 8)
    along = torch.linspace(0, 8, length)
    poses = torch.stack([along, torch.zeros(length), torch.zeros(length)], -1).expand(2, -1, -1)
    return PosedWalks(numbers.float(), poses, torch.full((2, length, 64), 0.2))


@pytest.mark.parametrize("retrieved", [False, True])
def test_a_clip_remembers_its_own_walk_and_no_frame_of_itself(retrieved):
    config = replace(SMALL, retrieved=retrieved)
    clips, _, seen, _ = drawn_from(walks(), 16, 10, config, torch.Generator().manual_seed(0))
    first, earlier = clips[:, 0, 0, 0, 0], seen[:, :, 0, 0, 0]
    assert (earlier < first[:, None]).all() and (earlier // 120 == (first // 120)[:, None]).all()
    if not retrieved:
        assert torch.equal(earlier, first[:, None] + torch.arange(-6, 0))


@pytest.mark.parametrize("name", MEMORIES)
def test_every_memory_of_the_presets_learns(name, tmp_path):
    """All its parameters get a gradient, from the denoiser's own loss."""
    torch.manual_seed(0)
    small = DenoiserConfig(width=16, inner_width=24, inner_blocks=1, heads=1, conditions=True)
    base = Denoiser(small)
    for parameter in base.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    save_weights(base, tmp_path / "denoiser.safetensors", {})
    workspace = Known(tmp_path, tmp_path, torch.device("cpu"))
    recipe = replace(recipe_of(name, "cpu"), batch=2, episodes=2, walk_frames=120)
    task = memory_task(recipe, workspace)
    for parameter in task.module.parameters():
        if parameter.abs().max() == 0:
            torch.nn.init.normal_(parameter, std=0.1)
    task.loss(task.module, 0).backward()
    for name, parameter in task.module.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name
    assert all(parameter.grad is None for parameter in task.frozen.parameters())


class Known(Workspace):
    """Random latents beside the poses of real walks."""

    def latents(self, split: str, count: int) -> torch.Tensor:
        return torch.randn(count, self.frames, 8, 8, 8, generator=torch.Generator().manual_seed(0))

"""The networks: what they are at the start, and what must not leak where."""

import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.attention import CrossAttention, JointAttention
from experiments.video_diffusion.model.autoencoder import Autoencoder, to_frames, to_images
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig, SpaceTimeBlock
from experiments.video_diffusion.model.noise import per_frame, preconditioning
from experiments.video_diffusion.model.noise_level_embedding import LevelEmbedding

SMALL = DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1)


def test_an_untrained_denoiser_is_the_best_linear_one():
    torch.manual_seed(0)
    z, t = torch.randn(2, 10, 8, 8, 8), torch.rand(2, 10)
    assert_close(Denoiser(SMALL)(z, t), per_frame(preconditioning(t)[1], z) * z)


def block_and_input():
    """A block whose residual branches are not zero, as they are at the start, and ten frames for it."""
    block = SpaceTimeBlock(16, 8)
    torch.manual_seed(0)
    for p in block.parameters():
        torch.nn.init.normal_(p, std=0.1)
    return block, torch.randn(10, 16, 4, 4), torch.randn(10, 8)


def test_the_time_stencil_reaches_one_frame_each_way():
    block, x, level = block_and_input()
    other = x.clone()
    other[4] = torch.randn(16, 4, 4)
    changed = (block(x, level, 10) - block(other, level, 10)).flatten(1).abs().max(1).values > 1e-6
    assert changed.tolist() == [k in (3, 4, 5) for k in range(10)]


def test_the_stencil_does_not_cross_from_clip_to_clip():
    block, x, level = block_and_input()
    both = block(x, level, 5)
    assert_close(both[:5], block(x[:5], level[:5], 5), atol=1e-5, rtol=1e-4)


def test_attention_ignores_the_order_of_tokens_and_of_context():
    torch.manual_seed(0)
    layer, reader = JointAttention(32, 4), CrossAttention(32, 4)
    torch.nn.init.normal_(layer.out.weight)
    torch.nn.init.normal_(reader.out.weight)
    x, context = torch.randn(1, 20, 32), torch.randn(1, 6, 32)
    order, context_order = torch.randperm(20), torch.randperm(6)
    assert_close(layer(x[:, order]), layer(x)[:, order], atol=1e-5, rtol=1e-4)
    read = reader(x[:, order], context[:, context_order])
    assert_close(read, reader(x, context)[:, order], atol=1e-5, rtol=1e-4)


def test_level_features_tell_neighbouring_levels_apart():
    torch.manual_seed(0)
    embed = LevelEmbedding(32)
    t = torch.linspace(0, 1, 25)
    features = embed(t)
    assert (features[1:] - features[:-1]).norm(dim=1).min() > 1e-3


def test_images_and_frames_are_each_others_inverse():
    frames = torch.randint(0, 256, (3, 5, 4, 4, 3), dtype=torch.uint8)
    assert torch.equal(to_frames(to_images(frames)), frames)


def test_latents_leave_the_encoder_normalised():
    torch.manual_seed(0)
    module = Autoencoder().train()
    z = module.encode(torch.rand(16, 3, 64, 64) * 2 - 1)
    assert_close(z.mean((0, 2, 3)), torch.zeros(8), atol=1e-4, rtol=0)
    assert_close(z.var((0, 2, 3), unbiased=False), torch.ones(8), atol=1e-2, rtol=0)

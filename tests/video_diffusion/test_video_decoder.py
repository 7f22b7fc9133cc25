"""The decoder of videos is the autoencoder's until it has learned to see the frames before and after."""

import pytest
import torch
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.sampling import trained_models as shipped
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks import decoder_task
from experiments.video_diffusion.training.workspace import Workspace


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def autoencoder() -> Autoencoder:
    torch.manual_seed(0)
    return Autoencoder(AutoencoderConfig(widths=(8, 8, 8), latent_channels=4)).eval()


@pytest.fixture
def trained(autoencoder) -> VideoDecoder:
    """As after a training: every frame depends on its neighbours."""
    module = VideoDecoder.of(autoencoder)
    for stencil in module.stencils.values():
        torch.nn.init.normal_(stencil.weights.weight, generator=seeded())
    return module.requires_grad_(False)


def test_before_training_it_decodes_every_frame_as_the_autoencoder_does(autoencoder):
    latents = torch.randn(2, 3, 4, 8, 8, generator=seeded())
    expected = autoencoder.decode(latents.flatten(0, 1)).unflatten(0, (2, 3))
    assert torch.equal(VideoDecoder.of(autoencoder)(latents), expected)


def test_it_learns_and_leaves_the_autoencoder_alone(autoencoder):
    module, before = VideoDecoder.of(autoencoder), autoencoder.decoder[0].weight.clone()
    latents, images = torch.randn(2, 4, 4, 8, 8, generator=seeded()), torch.zeros(2, 4, 3, 64, 64)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    losses = []
    for _ in range(12):
        losses.append(module.loss(latents, images, seeded(1)))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.5 * losses[0] and torch.equal(autoencoder.decoder[0].weight, before)
    assert all(p.grad.abs().sum() > 0 for p in module.parameters())


def test_a_frame_reaches_as_many_neighbours_as_it_says_and_no_other_video(trained):
    latents = torch.randn(2, 13, 4, 8, 8, generator=seeded())
    other = latents.clone()
    other[0, 6] += 1
    changed = (trained(other) != trained(latents)).flatten(2).any(2)
    assert changed[0].nonzero().flatten().tolist() == list(range(6 - trained.reach, 7 + trained.reach))
    assert not changed[1].any()


@pytest.mark.parametrize("frames", [3, 8, 9, 21])
def test_a_long_video_in_pieces_is_the_video_as_a_whole(trained, tmp_path, monkeypatch, frames):
    save_weights(trained, tmp_path / "decoder.safetensors", {})
    models = Models(torch.device("cpu"), tmp_path)
    latents = torch.randn(3, frames, 4, 8, 8, generator=seeded())
    whole = models.decode(latents)
    monkeypatch.setattr(shipped, "BATCH", 8)
    assert_close(models.decode(latents).int(), whole.int(), atol=1, rtol=0)


def test_it_has_the_layers_of_the_autoencoder_and_no_other(tmp_path):
    recipe = Recipe(1, 1, 1, 0.01, 0.9, network={"widths": (8, 8, 8)})
    with pytest.raises(InputError, match="the autoencoder's layers"):
        decoder_task(recipe, Workspace(tmp_path, tmp_path, torch.device("cpu")))

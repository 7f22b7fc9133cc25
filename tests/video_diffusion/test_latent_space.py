"""Networks that read latents begin with finished weights in the same latent space alone; what is missing is named."""

from dataclasses import replace

import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import load_weights, save_weights
from experiments.video_diffusion.training.latent_space import same_space
from experiments.video_diffusion.training.recipes import networks_in, recipe_of
from experiments.video_diffusion.training.train import NEEDS, train
from experiments.video_diffusion.training.workspace import Workspace

SHIPPED = FOLDER / "autoencoder.safetensors"


@pytest.fixture
def workspace(tmp_path):
    return Workspace(FOLDER, tmp_path, torch.device("cpu"), data="maze:size=3", frames=8)


def test_an_autoencoder_speaks_as_itself_and_where_nothing_is_known(workspace, tmp_path):
    assert same_space(SHIPPED, workspace)
    assert same_space(tmp_path / "none.safetensors", workspace)


def test_one_that_learned_on_a_little_speaks_alike_and_another_one_does_not(workspace, tmp_path):
    near = load_weights(Autoencoder, AutoencoderConfig, SHIPPED)
    with torch.no_grad():
        for weight in near.parameters():
            weight *= 1.001
    save_weights(near, tmp_path / "near.safetensors", {})
    torch.manual_seed(3)
    save_weights(Autoencoder(near.config), tmp_path / "other.safetensors", {})
    assert same_space(tmp_path / "near.safetensors", workspace)
    assert not same_space(tmp_path / "other.safetensors", workspace)


def test_a_mixture_of_the_channels_is_another_space_for_a_decoder_alone(workspace, tmp_path):
    """What is told apart by a linear map is learned soon; a decoder's pictures are wrong until then."""
    mixed = load_weights(Autoencoder, AutoencoderConfig, SHIPPED)
    last = [module for module in mixed.encoder.modules() if isinstance(module, torch.nn.Conv2d)][-1]
    channels, generator = len(last.weight), torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(channels, channels, generator=generator))[0]
    with torch.no_grad():
        last.weight.copy_(torch.einsum("ij,jkhw->ikhw", turn, last.weight))
        last.bias.copy_(turn @ last.bias)
    save_weights(mixed, tmp_path / "mixed.safetensors", {})
    assert same_space(tmp_path / "mixed.safetensors", workspace)
    assert not same_space(tmp_path / "mixed.safetensors", workspace, mapped=False)


def test_a_network_that_is_missing_is_named_with_the_cure(workspace, tmp_path):
    with pytest.raises(InputError, match="denoiser needs it; name autoencoder too in the same command"):
        train("denoiser", "recordings", replace(workspace, shipped=tmp_path))


def test_videos_of_ones_own_need_no_motion():
    """No network of the preset asks for poses, and each finds before it what it needs."""
    known = networks_in("recordings")
    for number, name in enumerate(known):
        recipe = recipe_of(name, "recordings")
        assert not recipe.network.get("conditions") and recipe.walk_frames == 64 and not recipe.detail_steps
        assert set(NEEDS[name]) <= set(known[:number])

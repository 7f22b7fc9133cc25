"""Whether two autoencoders give frames the same latents: networks that read them learn on in one latent space alone."""

from pathlib import Path

import torch

from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.model.weight_files import digest_of, load_weights
from experiments.video_diffusion.training.workspace import Workspace

FAR = 0.5  # of the latents' power; 3,000 steps on continuous walks moved those of the lattice by a third


def same_space(began: Path, workspace: Workspace) -> bool:
    """Whether the autoencoder at `began` and the finished one of the workspace give held-out frames nearly the same
    latents. Without a file at `began` nothing is known against it. Raises InputError for a broken one."""
    if not began.exists() or digest_of(began) == digest_of(workspace.path("autoencoder")):
        return True
    before = load_weights(Autoencoder, AutoencoderConfig, began, str(workspace.device))
    now = workspace.autoencoder()
    if before.config.latent_channels != now.config.latent_channels:
        return False
    images = to_images(workspace.windows("validation", 2).flatten(0, 1)[::4].to(workspace.device))
    with torch.no_grad():
        latents = now.encode(images)
        moved = (before.encode(images) - latents).square().mean()
    return float(moved) < FAR * float(latents.square().mean())

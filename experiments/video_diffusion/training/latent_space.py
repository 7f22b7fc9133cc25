"""Whether two autoencoders give frames latents that are alike: whether a network that reads one's may learn on with the
other's."""

from pathlib import Path

import torch
from torch import Tensor

from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.model.weight_files import digest_of, load_weights
from experiments.video_diffusion.training.workspace import Workspace

# Of the latents' variance, what the earlier ones must explain. 3,000 steps on continuous walks left two thirds of those
# of the lattice as they were; 5,000 on Doom left .66 up to a linear map of the channels, an untrained encoder explains
# .2. From there the denoiser's loss after 300 steps was .80, .75 and .62 (told nothing, motion, memory), begun anew
# .85, .85 and .75. A decoder that began in another space ended 15 dB below one begun anew.
ALIKE = 0.5


def same_space(began: Path, workspace: Workspace, mapped: bool = True) -> bool:
    """Whether the latents that the autoencoder at `began` gives to held-out frames explain those of the finished one of
    the workspace: as they are, or, `mapped`, by the best linear map of their channels, which a few hundred steps learn.
    Without a file at `began` nothing is known against it. Raises InputError for a broken one."""
    if not began.exists() or digest_of(began) == digest_of(workspace.path("autoencoder")):
        return True
    before = load_weights(Autoencoder, AutoencoderConfig, began, str(workspace.device))
    now = workspace.autoencoder()
    if before.config.latent_channels != now.config.latent_channels:
        return False
    images = to_images(workspace.windows("validation", 2).flatten(0, 1)[::4].to(workspace.device))
    with torch.no_grad():
        earlier, latents = (net.encode(images).movedim(1, -1).flatten(0, -2).double() for net in (before, now))
    return explained(earlier, latents, mapped) > ALIKE


def explained(earlier: Tensor, latents: Tensor, mapped: bool) -> float:
    """Share of the variance of latents (N, C) that earlier ones (N, C) explain."""
    if mapped:
        known = torch.cat([earlier, earlier.new_ones(len(earlier), 1)], dim=1)
        earlier = known @ torch.linalg.lstsq(known, latents).solution
    return 1 - float((earlier - latents).square().mean() / latents.var(0).mean())

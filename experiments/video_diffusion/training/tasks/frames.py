"""Frames to latents and back: the autoencoder, of single frames, and the decoder of videos on its latents."""

from collections.abc import Callable

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.training.activation_checkpointing import recompute
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import Task, crop, rare_details
from experiments.video_diffusion.training.workspace import Workspace

CLIP = 6  # frames of a decoder's training clip


def autoencoder_task(recipe: Recipe, workspace: Workspace) -> Task:
    frames = workspace.windows("train", recipe.episodes).flatten(0, 1)
    module = workspace.new(Autoencoder, AutoencoderConfig(**recipe.network), recipe.checkpointing)

    def loss(module: Autoencoder, step: int) -> Tensor:
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        images = to_images(frames[pick].to(workspace.device))
        return module.loss(images, recipe.generator(1, step, workspace.device))

    def decode(latents: Tensor) -> Tensor:
        return module.decode(latents.flatten(0, 1)).unflatten(0, latents.shape[:2])

    return Task(module, loss, lambda: {"psnr": reconstruction_psnr(decode, module, workspace)})


def decoder_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError for a network of its own."""
    if recipe.network:
        raise InputError(f"training.yaml: decoder: network {recipe.network}: it has the autoencoder's layers")
    autoencoder = workspace.autoencoder().requires_grad_(False)
    walks, elsewhere = workspace.windows("train", recipe.episodes), rare_details(recipe, workspace)
    details = elsewhere.windows("train", recipe.episodes) if elsewhere else None
    module = VideoDecoder.of(autoencoder).to(workspace.device, memory_format=torch.channels_last)
    if recipe.checkpointing:
        recompute(module)

    def loss(module: VideoDecoder, step: int) -> Tensor:
        source = walks if details is None or not recipe.shares(step) else details
        clips = crop(source, CLIP, recipe.batch, recipe.generator(0, step))
        images = to_images(clips.to(workspace.device))
        with torch.no_grad():
            latents = autoencoder.encode(images.flatten(0, 1)).unflatten(0, images.shape[:2])
        return module.loss(latents, images, recipe.generator(1, step, workspace.device))

    return Task(module, loss, lambda: {"psnr": reconstruction_psnr(module, autoencoder, workspace)}, autoencoder)


def reconstruction_psnr(decode: Callable[[Tensor], Tensor], autoencoder: Autoencoder, workspace: Workspace) -> float:
    """Mean peak signal-to-noise ratio (dB) on eight held-out walks; `decode` takes latents (B, T, C, 8, 8)."""
    walks = to_images(workspace.windows("validation", 8).to(workspace.device))
    with torch.no_grad(), precision(workspace.device):
        latents = [autoencoder.encode(walk)[None] for walk in walks]
        again = torch.cat([decode(latent) for latent in latents]).clamp(-1, 1)
    error = ((walks - again) / 2).square().mean((2, 3, 4))
    return float((-10 * error.log10()).mean())

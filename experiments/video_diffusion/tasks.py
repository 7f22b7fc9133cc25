"""What each of the five networks learns: its data, its loss, its score on held-out mazes.

autoencoder → video decoder (of its latents) → judge (needs no other) → denoiser (on latents) → history encoder (on the
frozen denoiser)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from experiments.errors import InputError
from experiments.video_diffusion.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.history import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.judge import Judge, JudgeConfig, area_under_curve, blur, judge_loss, pairs
from experiments.video_diffusion.network import Denoiser, DenoiserConfig
from experiments.video_diffusion.noise import DETAIL_LEVELS, USUAL_LEVELS
from experiments.video_diffusion.recipes import Recipe
from experiments.video_diffusion.recompute import recompute
from experiments.video_diffusion.training import precision
from experiments.video_diffusion.video_decoder import VideoDecoder
from experiments.video_diffusion.workshop import Workshop

CLIP = 6  # frames of a decoder's training clip


@dataclass(frozen=True)
class Task:
    """A network before its training. `scores()` are taken on held-out videos after it."""

    module: nn.Module
    loss: Callable[[nn.Module, int], Tensor]
    scores: Callable[[], dict[str, float]]
    frozen: nn.Module | None = None  # a finished network that the loss goes through


def autoencoder_task(recipe: Recipe, workshop: Workshop) -> Task:
    frames = workshop.windows("train", recipe.episodes).flatten(0, 1)
    module = workshop.new(Autoencoder, AutoencoderConfig(**recipe.network), recipe.checkpointing)

    def loss(module: Autoencoder, step: int) -> Tensor:
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        images = to_images(frames[pick].to(workshop.device))
        return module.loss(images, recipe.generator(1, step, workshop.device))

    def decode(latents: Tensor) -> Tensor:
        return module.decode(latents.flatten(0, 1)).unflatten(0, latents.shape[:2])

    return Task(module, loss, lambda: {"psnr": reconstruction_psnr(decode, module, workshop)})


def reconstruction_psnr(decode: Callable[[Tensor], Tensor], autoencoder: Autoencoder, workshop: Workshop) -> float:
    """Mean peak signal-to-noise ratio (dB) on eight held-out walks; `decode` takes latents (B, T, C, 8, 8)."""
    walks = to_images(workshop.windows("validation", 8).to(workshop.device))
    with torch.no_grad(), precision(workshop.device):
        latents = [autoencoder.encode(walk)[None] for walk in walks]
        again = torch.cat([decode(latent) for latent in latents]).clamp(-1, 1)
    error = ((walks - again) / 2).square().mean((2, 3, 4))
    return float((-10 * error.log10()).mean())


def decoder_task(recipe: Recipe, workshop: Workshop) -> Task:
    autoencoder = workshop.autoencoder().requires_grad_(False)
    walks, elsewhere = workshop.windows("train", recipe.episodes), rare_details(recipe, workshop)
    details = elsewhere.windows("train", recipe.episodes) if elsewhere else None
    module = VideoDecoder.of(autoencoder).to(workshop.device, memory_format=torch.channels_last)
    if recipe.checkpointing:
        recompute(module)

    def loss(module: VideoDecoder, step: int) -> Tensor:
        source = walks if details is None or not recipe.shares(step) else details
        clips = crop(source, CLIP, recipe.batch, recipe.generator(0, step))
        images = to_images(clips.to(workshop.device))
        with torch.no_grad():
            latents = autoencoder.encode(images.flatten(0, 1)).unflatten(0, images.shape[:2])
        return module.loss(latents, images, recipe.generator(1, step, workshop.device))

    return Task(module, loss, lambda: {"psnr": reconstruction_psnr(module, autoencoder, workshop)}, autoencoder)


def judge_task(recipe: Recipe, workshop: Workshop) -> Task:
    def blurred(split: str, count: int) -> Tensor:
        windows = workshop.windows(split, count)
        if len(windows) < 2:
            raise InputError(f"{workshop.data}: the judge needs two windows of 64 frames in '{split}' at least")
        return torch.stack([blur(to_images(window)).half() for window in windows])

    videos, held_out = blurred("train", recipe.episodes), blurred("validation", 200)
    module = workshop.new(Judge, JudgeConfig(**recipe.network))

    def loss(module: Judge, step: int) -> Tensor:
        return judge_loss(module, videos, recipe.batch, recipe.generator(0, step))

    def scores() -> dict[str, float]:
        """Area under the curve; the threshold is set on the way, and the share of impossible pairs it lets pass."""
        first, second, true = pairs(held_out, 8000, recipe.generator(2, 0))

        def images(index: Tensor) -> Tensor:
            return held_out[index.unbind(1)].float().to(workshop.device)

        with torch.no_grad():
            batches = zip(first.split(500), second.split(500), strict=True)
            logits = torch.cat([module(images(one), images(other)) for one, other in batches]).cpu()
        threshold = float(logits[true].quantile(0.05))
        module.config = replace(module.config, threshold=threshold)
        passed = float((logits[~true] > threshold).float().mean())
        return {"auc": area_under_curve(logits[true], logits[~true]), "impossible_passed": passed}

    return Task(module, loss, scores)


def crop(walks: Tensor, length: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` random clips (count, length, …) from walks (N, T, …), as float32."""
    which = torch.randint(len(walks), (count,), generator=generator)
    start = torch.randint(walks.shape[1] - length + 1, (count, 1), generator=generator)
    return walks[which[:, None], start + torch.arange(length)].float()


def denoiser_task(recipe: Recipe, workshop: Workshop, kind: Callable[[DenoiserConfig], Denoiser] = Denoiser) -> Task:
    walks = workshop.latents("train", recipe.episodes)
    module = workshop.new(kind, DenoiserConfig(**recipe.network), recipe.checkpointing)
    frames = module.config.frames
    elsewhere = rare_details(recipe, workshop)
    details = elsewhere.latents("train", recipe.episodes) if elsewhere else None

    def loss(module: Denoiser, step: int) -> Tensor:
        source, density = walks, USUAL_LEVELS
        if details is not None and recipe.shares(step):
            source, density = details, DETAIL_LEVELS
        clips = crop(source, frames, recipe.batch, recipe.generator(0, step)).to(workshop.device)
        return module.loss(clips, recipe.generator(1, step, workshop.device), density)

    return Task(module, loss, lambda: {"validation_loss": held_out(module.loss, frames, recipe, workshop)})


def learns_details(recipe: Recipe, workshop: Workshop) -> bool:
    return workshop.of_mazes and any(map(recipe.shares, range(recipe.steps)))


def rare_details(recipe: Recipe, workshop: Workshop) -> Workshop | None:
    """Where walks have many small things; None where the recipe has no steps on them. Where the layout is settled, what
    is rare takes its looks: shown more often, it is learned sooner, and the steps after `detail_steps` learn again how
    rare it is. For mazes alone: what is rare in recorded videos no recipe knows."""
    if not learns_details(recipe, workshop):
        return None
    return replace(workshop, data=recipe.details, runs=workshop.runs / "details")


def held_out(loss: Callable[[Tensor, torch.Generator], Tensor], frames: int, recipe: Recipe, workshop: Workshop):
    """Mean loss of 256 clips of `frames` frames from 32 held-out windows."""
    walks = workshop.latents("validation", 32)
    clips = crop(walks, frames, 256, recipe.generator(2, 0)).to(workshop.device)
    with torch.no_grad(), precision(workshop.device):
        parts = [loss(part, recipe.generator(3, i, workshop.device)) for i, part in enumerate(clips.split(32))]
    return float(torch.stack(parts).mean())


def history_task(recipe: Recipe, workshop: Workshop) -> Task:
    denoiser = workshop.denoiser().requires_grad_(False)
    if recipe.checkpointing:
        recompute(denoiser)
    walks, base = workshop.latents("train", recipe.episodes), denoiser.config
    config = HistoryConfig(width=base.inner_width, heads=base.heads, layers=base.inner_blocks, **recipe.network)
    module = workshop.new(HistoryEncoder, config, recipe.checkpointing)
    frames = config.frames + base.frames

    def error(clips: Tensor, generator: torch.Generator, encoder: HistoryEncoder | None = module) -> Tensor:
        """The denoiser's loss on the frames after the history, with its tokens or without."""
        past, new = clips.split([config.frames, base.frames], dim=1)
        # Where little noise hides the new frames, they tell more than the past: half of the levels lie above 7/8.
        u = torch.rand(len(new), 1, generator=generator, device=new.device)
        levels = (1 - u.square() / 2).expand(new.shape[:2])
        noise = torch.randn(new.shape, generator=generator, device=new.device)
        return denoiser.error(new, noise, levels, encoder(past) if encoder else None).square().mean()

    def loss(module: HistoryEncoder, step: int) -> Tensor:
        clips = crop(walks, frames, recipe.batch, recipe.generator(0, step)).to(workshop.device)
        return error(clips, recipe.generator(1, step, workshop.device), module)

    def scores() -> dict[str, float]:
        return {
            "validation_loss": held_out(error, frames, recipe, workshop),
            "validation_loss_without_history": held_out(
                lambda clips, generator: error(clips, generator, None), frames, recipe, workshop
            ),
        }

    return Task(module, loss, scores, denoiser)


TASKS = {
    "autoencoder": autoencoder_task,
    "decoder": decoder_task,
    "judge": judge_task,
    "denoiser": denoiser_task,
    "history": history_task,
}

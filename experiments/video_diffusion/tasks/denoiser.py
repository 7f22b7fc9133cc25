"""The denoiser learns clips of latents, at times of mazes full of posters."""

from collections.abc import Callable

from torch import Tensor

from experiments.video_diffusion.network import Denoiser, DenoiserConfig
from experiments.video_diffusion.noise import DETAIL_LEVELS, USUAL_LEVELS
from experiments.video_diffusion.recipes import Recipe
from experiments.video_diffusion.tasks.task import DrawnLoss, Task, crop, held_out, rare_details
from experiments.video_diffusion.workshop import Workshop


def denoiser_task(recipe: Recipe, workshop: Workshop, kind: Callable[[DenoiserConfig], Denoiser] = Denoiser) -> Task:
    walks = workshop.latents("train", recipe.episodes).to(workshop.device)
    module = workshop.new(kind, DenoiserConfig(**recipe.network), recipe.checkpointing)
    frames = module.config.frames
    elsewhere = rare_details(recipe, workshop)
    details = elsewhere.latents("train", recipe.episodes).to(workshop.device) if elsewhere else None

    def draw(step: int) -> tuple[Tensor, Tensor, Tensor]:
        source, density = walks, USUAL_LEVELS
        if details is not None and recipe.shares(step):
            source, density = details, DETAIL_LEVELS
        clips = crop(source, frames, recipe.batch, recipe.generator(0, step, workshop.device))
        return clips, *module.noise_for(clips, recipe.generator(1, step, workshop.device), density)

    def scores() -> dict[str, float]:
        return {"validation_loss": held_out(module.loss, frames, recipe, workshop)}

    return Task(module, DrawnLoss(draw, kind.cost), scores)

"""The denoiser learns clips of latents, at times of mazes full of posters."""

from collections.abc import Callable

from torch import Tensor

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise import DETAIL_LEVELS, USUAL_LEVELS
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import DrawnLoss, Task, crop, held_out, rare_details
from experiments.video_diffusion.training.workspace import Workspace


def denoiser_task(recipe: Recipe, workspace: Workspace, kind: Callable[[DenoiserConfig], Denoiser] = Denoiser) -> Task:
    walks = workspace.latents("train", recipe.episodes).to(workspace.device)
    module = workspace.new(kind, DenoiserConfig(**recipe.network), recipe.checkpointing)
    frames = module.config.frames
    elsewhere = rare_details(recipe, workspace)
    details = elsewhere.latents("train", recipe.episodes).to(workspace.device) if elsewhere else None

    def draw(step: int) -> tuple[Tensor, Tensor, Tensor]:
        source, density = walks, USUAL_LEVELS
        if details is not None and recipe.shares(step):
            source, density = details, DETAIL_LEVELS
        clips = crop(source, frames, recipe.batch, recipe.generator(0, step, workspace.device))
        return clips, *module.noise_for(clips, recipe.generator(1, step, workspace.device), density)

    def scores() -> dict[str, float]:
        return {"validation_loss": held_out(module.loss, frames, recipe, workspace)}

    return Task(module, DrawnLoss(draw, kind.cost), scores)

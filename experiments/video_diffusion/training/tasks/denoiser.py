"""The denoiser learns clips of latents, at times of mazes full of posters, at times with motion and memory."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from experiments.video_diffusion.model.conditions import NOTHING, Conditions
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise import DETAIL_LEVELS, USUAL_LEVELS, with_known_half
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.conditioned import ConditionedClips
from experiments.video_diffusion.training.tasks.task import DrawnLoss, Task, crop, held_out, rare_details
from experiments.video_diffusion.training.workspace import Workspace


def denoiser_task(recipe: Recipe, workspace: Workspace, kind: Callable[[DenoiserConfig], Denoiser] = Denoiser) -> Task:
    workspace = replace(workspace, frames=recipe.walk_frames)
    module = workspace.new(kind, DenoiserConfig(**recipe.network), recipe.checkpointing)
    frames = module.config.frames
    if module.config.conditions:
        return conditioned_task(recipe, workspace, module)
    walks = workspace.latents("train", recipe.episodes).to(workspace.device)
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


def conditioned_task(recipe: Recipe, workspace: Workspace, module: Denoiser) -> Task:
    """The same for a denoiser that can be told of motion and memory. Its walks are long: memory needs a past."""
    source = ConditionedClips.of(recipe, workspace, "train", recipe.episodes, module.config.frames)

    def draw(step: int) -> tuple[Tensor, ...]:
        """Clips, noise, levels and the parts of their conditions."""
        clips, known, recalling = source.draw(recipe.batch, recipe.generator(0, step, workspace.device))
        generator = recipe.generator(1, step, workspace.device)
        noise, t = module.noise_for(clips, generator)
        # What a clip recalls has been seen: it stands before it nearly without noise.
        t = with_known_half(t, recalling[:, None], generator)
        return clips, noise, t, known.poses, known.views, known.moving, known.remembering

    def cost(module: Denoiser, clips: Tensor, noise: Tensor, t: Tensor, *known: Tensor) -> Tensor:
        return module.cost(clips, noise, t, Conditions(*known))

    return Task(module, DrawnLoss(draw, cost), lambda: held_out_losses(module, recipe, workspace))


def held_out_clips(recipe: Recipe, workspace: Workspace, frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """Held-out clips of `frames` frames with a past: latents, poses, and what memory shows there."""
    workspace = replace(workspace, frames=recipe.walk_frames)
    remembered = ConditionedClips.of(recipe, workspace, "validation", 16, frames).remembered
    return remembered.clips(torch.arange(remembered.count, device=workspace.device))


def held_out_losses(module: Denoiser, recipe: Recipe, workspace: Workspace) -> dict[str, float]:
    """The loss on held-out clips: told nothing, told their motion, and what memory shows there as well."""
    clips, poses, views = held_out_clips(recipe, workspace, module.config.frames)
    told = {"": NOTHING, "_with_motion": Conditions(poses), "_with_memory": Conditions(poses, views)}

    def loss(known: Conditions) -> float:
        parts = []
        for i in range(0, len(clips), 32):
            some = clips[i : i + 32]
            noise, t = module.noise_for(some, recipe.generator(3, i, workspace.device))
            with torch.no_grad(), precision(workspace.device):
                parts.append(module.cost(some, noise, t, known.clips(slice(i, i + 32))))
        return float(torch.stack(parts).mean())

    return {f"validation_loss{name}": loss(known) for name, known in told.items()}

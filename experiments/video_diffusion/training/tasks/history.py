"""The history encoder learns what of the past helps the frozen denoiser."""

from dataclasses import replace

import torch
from torch import Tensor

from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.training.activation_checkpointing import recompute
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import DrawnLoss, Task, crop, held_out
from experiments.video_diffusion.training.workspace import Workspace


def history_task(recipe: Recipe, workspace: Workspace) -> Task:
    workspace = replace(workspace, frames=recipe.walk_frames)
    denoiser = workspace.denoiser().requires_grad_(False)
    if recipe.checkpointing:
        recompute(denoiser)
    walks, base = workspace.latents("train", recipe.episodes).to(workspace.device), denoiser.config
    config = HistoryConfig(width=base.inner_width, heads=base.heads, layers=base.inner_blocks, **recipe.network)
    module = workspace.new(HistoryEncoder, config, recipe.checkpointing)
    frames = config.frames + base.frames

    def noise_for(clips: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Noise for the frames after the history, and its levels."""
        new = clips[:, config.frames :]
        # Where little noise hides the new frames, they tell more than the past: half of the levels lie above 7/8.
        u = torch.rand(len(new), 1, generator=generator, device=new.device)
        levels = (1 - u.square() / 2).expand(new.shape[:2])
        return torch.randn(new.shape, generator=generator, device=new.device), levels

    def draw(step: int) -> tuple[Tensor, Tensor, Tensor]:
        clips = crop(walks, frames, recipe.batch, recipe.generator(0, step, workspace.device))
        return clips, *noise_for(clips, recipe.generator(1, step, workspace.device))

    def cost(encoder: HistoryEncoder | None, clips: Tensor, noise: Tensor, levels: Tensor) -> Tensor:
        """The denoiser's loss on the frames after the history, with its tokens or without."""
        past, new = clips.split([config.frames, base.frames], dim=1)
        return denoiser.error(new, noise, levels, encoder(past) if encoder else None).square().mean()

    def score(encoder: HistoryEncoder | None) -> float:
        def loss(clips: Tensor, generator: torch.Generator) -> Tensor:
            return cost(encoder, clips, *noise_for(clips, generator))

        return held_out(loss, frames, recipe, workspace)

    def scores() -> dict[str, float]:
        return {"validation_loss": score(module), "validation_loss_without_history": score(None)}

    return Task(module, DrawnLoss(draw, cost), scores, denoiser)

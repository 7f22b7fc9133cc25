"""What a training is told of its network: data, loss, scores on held-out videos."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from experiments.video_diffusion.data.sources import parse
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.workspace import Workspace


@dataclass(frozen=True)
class Task:
    """A network before its training. `scores()` are taken on held-out videos after it."""

    module: nn.Module
    loss: Callable[[nn.Module, int], Tensor]
    scores: Callable[[], dict[str, float]]
    frozen: nn.Module | None = None  # a finished network that the loss goes through


def crop(walks: Tensor, length: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` random clips (count, length, …) from walks (N, T, …), as float32, where the walks are."""
    here = generator.device
    which = torch.randint(len(walks), (count,), generator=generator, device=here)
    start = torch.randint(walks.shape[1] - length + 1, (count, 1), generator=generator, device=here)
    return walks[which[:, None], start + torch.arange(length, device=here)].float()


@dataclass(frozen=True)
class DrawnLoss:
    """A loss in two parts: cost(module, *draw(step)). What is drawn, and its shapes, know nothing of the module's
    weights, so that a CUDA graph of the rest can be replayed on it."""

    draw: Callable[[int], tuple[Tensor, ...]]
    cost: Callable[..., Tensor]

    def __call__(self, module: nn.Module, step: int) -> Tensor:
        return self.cost(module, *self.draw(step))


def learns_details(recipe: Recipe, workspace: Workspace) -> bool:
    """Details are of the ray caster's mazes; other worlds have other ones."""
    return parse(workspace.data)[0] == "maze" and any(map(recipe.shares, range(recipe.steps)))


def rare_details(recipe: Recipe, workspace: Workspace) -> Workspace | None:
    """Where walks have many small things; None where the recipe has no steps on them. Where the layout is settled, what
    is rare takes its looks: shown more often, it is learned sooner, and the steps after `detail_steps` learn again how
    rare it is. For mazes alone: what is rare in recorded videos no recipe knows."""
    if not learns_details(recipe, workspace):
        return None
    return replace(workspace, data=recipe.details, runs=workspace.runs / "details")


def held_out(loss: Callable[[Tensor, torch.Generator], Tensor], frames: int, recipe: Recipe, workspace: Workspace):
    """Mean loss of 256 clips of `frames` frames from 32 held-out windows."""
    walks = workspace.latents("validation", 32)
    clips = crop(walks, frames, 256, recipe.generator(2, 0)).to(workspace.device)
    with torch.no_grad(), precision(workspace.device):
        parts = [loss(part, recipe.generator(3, i, workspace.device)) for i, part in enumerate(clips.split(32))]
    return float(torch.stack(parts).mean())

"""A memory encoder learns what earlier frames and their poses tell the frozen denoiser of the clip to come."""

from dataclasses import replace

import torch
from torch import Tensor

from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.model.memory_encoder import MemoryEncoder, MemoryEncoderConfig
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.activation_checkpointing import recompute
from experiments.video_diffusion.training.posed_walks import PosedWalks
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import DrawnLoss, Task
from experiments.video_diffusion.training.workspace import Workspace

LONGEST = 60  # frames that lie before every clip, whatever is remembered: all memories learn from the same clips


def memory_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError where there is no denoiser, and for data without poses."""
    workspace = replace(workspace, frames=recipe.walk_frames)
    denoiser = workspace.denoiser().requires_grad_(False)
    if recipe.checkpointing:
        recompute(denoiser)
    base = denoiser.config
    shape = {"width": base.inner_width, "heads": base.heads, "layers": base.inner_blocks, "side": base.side // 2}
    module = workspace.new(MemoryEncoder, MemoryEncoderConfig(**shape, **recipe.network), recipe.checkpointing)

    def batch(walks: PosedWalks, count: int, streams: tuple[int, int], step: int) -> tuple[Tensor, ...]:
        """Clips, their poses, remembered frames, theirs, noise and levels."""
        drawing, noising = (recipe.generator(stream, step, workspace.device) for stream in streams)
        drawn = drawn_from(walks, count, base.frames, module.config, drawing)
        return *drawn, *denoiser.noise_for(drawn[0], noising)

    def cost(encoder: MemoryEncoder | None, clips, poses, seen, seen_from, noise, levels) -> Tensor:
        """The denoiser's loss on the clips, whose motion it is told, with the memory or without."""
        condition = encoder(seen, seen_from, poses) if encoder else None
        return denoiser.error(clips, noise, levels, condition, Conditions(poses)).square().mean()

    def score(encoder: MemoryEncoder | None, held: PosedWalks) -> float:
        """Mean loss on 512 held-out clips."""
        with torch.no_grad(), precision(workspace.device):
            parts = [cost(encoder, *batch(held, 64, (2, 3), i)) for i in range(8)]
        return float(torch.stack(parts).mean())

    def scores() -> dict[str, float]:
        held = PosedWalks.of(workspace, "validation", 16)
        return {"validation_loss": score(module, held), "validation_loss_without_memory": score(None, held)}

    walks = PosedWalks.of(workspace, "train", recipe.episodes)
    return Task(module, DrawnLoss(lambda step: batch(walks, recipe.batch, (0, 1), step), cost), scores, denoiser)


def drawn_from(
    walks: PosedWalks, count: int, frames: int, config: MemoryEncoderConfig, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Random clips (count, frames, C, H, W) and their poses, remembered frames (count, F, C, H, W) and theirs."""
    device = generator.device
    walk = torch.randint(len(walks.latents), (count,), generator=generator, device=device)
    first = torch.randint(LONGEST, walks.length - frames + 1, (count, 1), generator=generator, device=device)
    clips, poses = walks.frames(walk, first + torch.arange(frames, device=device))
    if not config.retrieved:
        remembered = first + torch.arange(-config.frames, 0, device=device)
    else:
        remembered = retrieved(walks, walk, first, poses[:, frames // 2 :], config.frames)
    return clips, poses, *walks.frames(walk, remembered)


def retrieved(walks: PosedWalks, walk: Tensor, first: Tensor, wanted: Tensor, count: int) -> Tensor:
    """Of the frames before `first` (B, 1) of walks (B,), those that show most of what lies ahead of the poses `wanted`
    (B, T, 3): (B, count). Where fewer show anything, the last frame before the clip stands in."""
    there = torch.arange(walks.length, device=walk.device) < first
    chosen, adds = walks.ranked(walk, wanted, there, count)
    return torch.where(adds, chosen, first - 1)

"""The depth reader learns how far the walls are in real frames, where the maze tells it."""

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data import EPISODE, MazeWalks
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace


def depth_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError for recordings: what is behind their frames is not known."""
    if not workspace.of_mazes:
        raise InputError(f"{workspace.data}: the depth reader learns from mazes alone, whose walls are known")
    frames, truth = with_depth(workspace.open("train"), recipe.episodes)
    module = workspace.new(DepthReader, DepthReaderConfig(**recipe.network))

    def loss(module: DepthReader, step: int) -> Tensor:
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        images, wanted = (part[pick].to(workspace.device) for part in (frames, truth))
        return module.loss(to_images(images), wanted, recipe.generator(1, step, workspace.device))

    def scores() -> dict[str, float]:
        """Median and 90 % quantile of the relative error of depth on held-out walks, column by column."""
        held_out, wanted = with_depth(workspace.open("validation"), 40)
        with torch.no_grad():
            read = torch.cat([module(to_images(part.to(workspace.device))).cpu() for part in held_out.split(256)])
        error = (wanted / read - 1).abs().flatten()
        return {"median_relative_error": float(error.median()), "relative_error_90": float(error.quantile(0.9))}

    return Task(module, loss, scores)


def with_depth(walks: MazeWalks, count: int) -> tuple[Tensor, Tensor]:
    """Frames (count · EPISODE, 64, 64, 3) uint8 of the first walks, and 1 / depth (…, 64) of the walls in them."""
    parts = [walks.part(number, 0, EPISODE) for number in range(count)]
    depth = [cast(part.maze, part.poses, part.frames.shape[2])[0] for part in parts]
    frames = torch.from_numpy(np.concatenate([part.frames for part in parts]))
    return frames, torch.from_numpy(1 / np.concatenate(depth)).float()

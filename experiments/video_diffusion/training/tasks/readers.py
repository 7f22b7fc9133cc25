"""The reader of frames learns what real frames of mazes show, where the maze tells it; `motion` is that of pairs.

Frames are seen from anywhere in free space and with any grain of the walls, so that no walker's habits decide what is
read. New mazes are drawn every REUSED steps and no frame is kept: nothing can be learned by heart.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.maze import Difficulty, Maze, carve
from experiments.video_diffusion.data.scenes import Scenes, random_stances, scenes
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.readers.accuracy import scene_accuracy
from experiments.video_diffusion.scores.readers.scene import SceneReader, SceneReaderConfig, from_nearest, phase_of
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace

REUSED = 100  # steps that learn from the same frames
STANCES = 24  # in one maze
HELD_OUT = 10_000_000  # seeds of mazes from here on are for the scores


def scene_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError for recordings: what is behind their frames is not known."""
    module = workspace.new(SceneReader, SceneReaderConfig(**recipe.network))
    walks = mazes_behind(workspace, "scene")
    drawn = lru_cache(1)(lambda part: _scenes(walks, seeds_of(recipe, part)))

    def loss(module: SceneReader, step: int) -> Tensor:
        frames, poses, truth = drawn(step // REUSED)
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        images = damaged(to_images(frames[pick]), recipe.generator(1, step)).to(workspace.device)
        return scene_loss(module, images, poses[pick].to(workspace.device), [part[pick] for part in truth])

    def scores() -> dict[str, float]:
        return scene_accuracy(module, *_scenes(walks, range(HELD_OUT, HELD_OUT + 80)))

    return Task(module, loss, scores)


def scene_loss(module: SceneReader, images: Tensor, poses: Tensor, truth: list[Tensor]) -> Tensor:
    """Sum of the errors of all that is read. A wall counts by its nearness, a poster by that of its wall; floor with a
    wall in front of it does not count."""
    inverse, poster, orange, bare = (part.to(images.device) for part in truth)
    read = module(images)
    error = (read.inverse_depth - inverse).abs()
    near = inverse.clamp(0.2, 1.0)
    hung = F.cross_entropy(read.poster, poster, reduction="none") * near
    tiles = F.binary_cross_entropy_with_logits(read.orange, orange.mT.float(), reduction="none")
    # Whatever is near an edge between two tiles is a matter of a hundredth of a block.
    tiles = (tiles * bare.mT).sum() / bare.sum()
    wanted, worth = phase_of(poses), from_nearest(poses[:, 2])
    off = (read.phase - wanted).square()
    phase = off[:, :2].mean() + (off[:, 2:6].mean(1) * worth + off[:, 6:].mean(1) * (1 - worth)).mean()
    return (error + error / inverse).mean() + hung.mean() + tiles + phase


def damaged(images: Tensor, generator: torch.Generator, together: int = 1) -> Tensor:
    """Images (N, 3, H, W), half of them blurred a little or more, all noised: generated frames are never quite sharp.
    `together` neighbours are blurred alike."""
    groups = len(images) // together
    soft = torch.rand(groups, generator=generator).repeat_interleave(together)[:, None, None, None]
    blurred = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    images = torch.lerp(images, blurred, (2 * soft - 1).clamp(min=0))
    strength = 0.06 * torch.rand(len(images), 1, 1, 1, generator=generator)
    return images + strength * torch.randn(images.shape, generator=generator)


def mazes_behind(workspace: Workspace, name: str) -> MazeWalks:
    if not workspace.of_mazes:
        raise InputError(f"{workspace.data}: the {name} reader learns from mazes alone, where what is seen is known")
    return workspace.open("train")


def seeds_of(recipe: Recipe, part: int) -> range:
    """Of the mazes of the steps from `part` · REUSED on."""
    first = 100_000 * recipe.seed + part * recipe.episodes
    return range(first, first + recipe.episodes)


def any_maze(seed: int) -> tuple[Maze, np.random.Generator, float, bool]:
    """A maze, and how it is drawn: the strength of its textures, and whether they are interpolated."""
    rng = np.random.default_rng((7, seed))
    difficulty = Difficulty(size=int(rng.integers(3, 8)), posters=rng.uniform(0.1, 0.7), loops=rng.uniform(0, 0.3))
    return carve(rng, difficulty), rng, rng.uniform(0.2, 1.1), rng.random() < 0.75


def _scenes(walks: MazeWalks, seeds: range) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Frames (N, 64, 64, 3) uint8, their poses (N, 3) and the parts of `Scenes` behind them, as tensors."""
    frames, stood, found = [], [], []
    mazes = [any_maze(seed) for seed in seeds]
    walks.expect([maze for maze, *_ in mazes])
    for maze, rng, textures, smooth in mazes:
        poses = random_stances(maze, rng, STANCES)
        frames.append(walks.view(maze, poses, textures, smooth))
        stood.append(poses)
        found.append(scenes(maze, poses))
    parts = [np.concatenate([getattr(each, name) for each in found]) for name in Scenes.__dataclass_fields__]
    inverse, poster, orange, bare = map(torch.from_numpy, parts)
    poses = torch.from_numpy(np.concatenate(stood)).float()
    return torch.from_numpy(np.concatenate(frames)), poses, [inverse.float(), poster.long(), orange, bare]

"""The readers learn what real frames of mazes show, and how far two of them lie apart, where the maze tells it.

Their frames are seen from anywhere in free space and with any grain of the walls, so that no walker's habits decide
what is read. New mazes are drawn every REUSED steps and no frame is kept: nothing can be learned by heart.
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
from experiments.video_diffusion.scores.readers.accuracy import motion_accuracy, scene_accuracy
from experiments.video_diffusion.scores.readers.motion import SCALE, MotionReader, MotionReaderConfig
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
    walks = _mazes(workspace, "scene")
    drawn = lru_cache(1)(lambda part: _scenes(walks, _seeds(recipe, part)))

    def loss(module: SceneReader, step: int) -> Tensor:
        frames, poses, truth = drawn(step // REUSED)
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        images = damaged(to_images(frames[pick]), recipe.generator(1, step)).to(workspace.device)
        return scene_loss(module, images, poses[pick].to(workspace.device), [part[pick] for part in truth])

    def scores() -> dict[str, float]:
        return scene_accuracy(module, *_scenes(walks, range(HELD_OUT, HELD_OUT + 80)))

    return Task(module, loss, scores)


def motion_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError for recordings: the poses of their frames are not known."""
    module = workspace.new(MotionReader, MotionReaderConfig(**recipe.network))
    walks = _mazes(workspace, "motion")
    drawn = lru_cache(1)(lambda part: _pairs(walks, _seeds(recipe, part)))

    def loss(module: MotionReader, step: int) -> Tensor:
        frames, motion = drawn(step // REUSED)
        pick = torch.randint(len(frames), (recipe.batch,), generator=recipe.generator(0, step))
        both = damaged(to_images(frames[pick].flatten(0, 1)), recipe.generator(1, step), together=2)
        first, second = both.to(workspace.device).unflatten(0, (-1, 2)).unbind(1)
        wanted = motion[pick].to(workspace.device)
        scale = wanted.new_tensor(SCALE)
        return F.smooth_l1_loss(module(first, second) / scale, wanted / scale, beta=0.1)

    def scores() -> dict[str, float]:
        return motion_accuracy(module, *_pairs(walks, range(HELD_OUT, HELD_OUT + 80)))

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


def _mazes(workspace: Workspace, name: str) -> MazeWalks:
    if not workspace.of_mazes:
        raise InputError(f"{workspace.data}: the {name} reader learns from mazes alone, where what is seen is known")
    return workspace.open("train")


def _seeds(recipe: Recipe, part: int) -> range:
    """Of the mazes of the steps from `part` · REUSED on."""
    first = 100_000 * recipe.seed + part * recipe.episodes
    return range(first, first + recipe.episodes)


def _maze(seed: int) -> tuple[Maze, np.random.Generator, float, bool]:
    """A maze, and how it is drawn: the strength of its textures, and whether they are interpolated."""
    rng = np.random.default_rng((7, seed))
    difficulty = Difficulty(size=int(rng.integers(3, 8)), posters=rng.uniform(0.1, 0.7), loops=rng.uniform(0, 0.3))
    return carve(rng, difficulty), rng, rng.uniform(0.2, 1.1), rng.random() < 0.75


def _scenes(walks: MazeWalks, seeds: range) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Frames (N, 64, 64, 3) uint8, their poses (N, 3) and the parts of `Scenes` behind them, as tensors."""
    frames, stood, found = [], [], []
    mazes = [_maze(seed) for seed in seeds]
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


def _pairs(walks: MazeWalks, seeds: range) -> tuple[Tensor, Tensor]:
    """Pairs of frames (N, 2, 64, 64, 3) uint8 and the second's pose seen from the first's (N, 3)."""
    frames, motions = [], []
    mazes = [_maze(seed) for seed in seeds]
    walks.expect([maze for maze, *_ in mazes])
    for maze, rng, textures, smooth in mazes:
        here = random_stances(maze, rng, STANCES)
        motion = random_motions(rng, STANCES)
        there = moved(here, motion)
        free = np.array([_clear(maze, one, other) for one, other in zip(here, there, strict=True)])
        both = np.stack([here, there], 1)[free]
        frames.append(walks.view(maze, both.reshape(-1, 3), textures, smooth).reshape(-1, 2, 64, 64, 3))
        motions.append(motion[free])
    return torch.from_numpy(np.concatenate(frames)), torch.from_numpy(np.concatenate(motions)).float()


def random_motions(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 3): blocks ahead and to the right, radians of turn; more than any walker does in one frame."""
    ahead = rng.uniform(-0.35, 0.6, count) * (rng.random(count) < 0.8)
    right = rng.normal(0, 0.05, count) * (rng.random(count) < 0.7)
    turn = np.radians(rng.uniform(-28, 28, count)) * (rng.random(count) < 0.8)
    return np.column_stack([ahead, right, turn])


def moved(poses: np.ndarray, motion: np.ndarray) -> np.ndarray:
    """Poses (N, 3) after motions (N, 3)."""
    cos, sin = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    ahead, right, turn = motion.T
    return poses + np.column_stack([cos * ahead - sin * right, sin * ahead + cos * right, turn])


def _clear(maze: Maze, here: np.ndarray, there: np.ndarray) -> bool:
    """Whether both stances, and the way between them, are in free space a tenth of a block from its walls."""
    for part in (0.0, 0.5, 1.0):
        x, y = here[:2] + part * (there[:2] - here[:2])
        for dx in (-0.1, 0.1):
            for dy in (-0.1, 0.1):
                row, column = int(np.floor(y + dy)), int(np.floor(x + dx))
                if not (0 <= row < len(maze.walls) and 0 <= column < len(maze.walls)) or maze.walls[row, column]:
                    return False
    return True

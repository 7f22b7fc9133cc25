"""The motion reader learns how far two real frames of a maze lie apart: frames seen from anywhere, by any motion, and
neighbours in walks of every pace, as rulers meet them.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.data import EPISODE, MazeWalks
from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.other_walkers import Lattice, varied
from experiments.video_diffusion.data.scenes import random_stances
from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.readers.accuracy import motion_accuracy
from experiments.video_diffusion.scores.readers.motion import SCALE, MotionReader, MotionReaderConfig
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.readers import (
    HELD_OUT,
    REUSED,
    STANCES,
    any_maze,
    damaged,
    mazes_behind,
    seeds_of,
)
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace

WALKED = 3  # mazes on one walk


def motion_task(recipe: Recipe, workspace: Workspace) -> Task:
    """Raises InputError for recordings: the poses of their frames are not known."""
    module = workspace.new(MotionReader, MotionReaderConfig(**recipe.network))
    walks = mazes_behind(workspace, "motion")

    @lru_cache(1)
    def drawn(part: int) -> tuple[Tensor, Tensor]:
        """Pairs of any motion, and neighbours in walks as rulers meet them."""
        seeds = seeds_of(recipe, part)
        parts = any_pairs(walks, seeds), walked_pairs(walks, seeds[::WALKED])
        frames, motions = map(torch.cat, zip(*parts, strict=True))
        return frames, motions

    def loss(module: MotionReader, step: int) -> Tensor:
        frames, motion = drawn(step // REUSED)
        generator = recipe.generator(0, step)
        pick = torch.randint(len(frames), (recipe.batch,), generator=generator)
        pairs, wanted = turned_over(frames[pick], motion[pick], generator)
        both = damaged(to_images(pairs.flatten(0, 1)), recipe.generator(1, step), together=2)
        first, second = both.to(workspace.device).unflatten(0, (-1, 2)).unbind(1)
        wanted = wanted.to(workspace.device)
        scale = wanted.new_tensor(SCALE)
        return F.smooth_l1_loss(module(first, second) / scale, wanted / scale, beta=0.1)

    def scores() -> dict[str, float]:
        found = motion_accuracy(module, *any_pairs(walks, range(HELD_OUT, HELD_OUT + 80)))
        walking = motion_accuracy(module, *walked_pairs(walks, range(HELD_OUT, HELD_OUT + 40)))
        return found | {f"walking_{name}": value for name, value in walking.items()}

    return Task(module, loss, scores)


def any_pairs(walks: MazeWalks, seeds: range) -> tuple[Tensor, Tensor]:
    """Pairs of frames (N, 2, 64, 64, 3) uint8 and the second's pose seen from the first's (N, 3)."""
    frames, motions = [], []
    mazes = [any_maze(seed) for seed in seeds]
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


def walked_pairs(walks: MazeWalks, seeds: range) -> tuple[Tensor, Tensor]:
    """The same of neighbouring frames of walkers of every pace, see `varied`."""
    frames, motions = [], []
    paths = [varied(seed, EPISODE) for seed in seeds]
    walks.expect([path.maze for path in paths])
    for path, seed in zip(paths, seeds, strict=True):
        rng = np.random.default_rng((17, seed))
        smooth = not isinstance(path, Lattice) and rng.random() < 0.75
        shown = torch.from_numpy(walks.view(path.maze, path.poses, rng.uniform(0.2, 1.1), smooth))
        poses = torch.from_numpy(path.poses)
        frames.append(torch.stack([shown[:-1], shown[1:]], 1))
        motions.append(relative(poses[:-1], poses[1:]).float())
    return torch.cat(frames), torch.cat(motions)


def turned_over(pairs: Tensor, motion: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pairs (N, 2, 64, 64, 3) and their motions (N, 3), half of them seen in a mirror and half with their frames
    exchanged, the motion of each what it is then."""
    mirrored, exchanged = torch.rand(2, len(pairs), generator=generator) < 0.5
    pairs = torch.where(mirrored[:, None, None, None, None], pairs.flip(3), pairs)
    motion = torch.where(mirrored[:, None], motion * motion.new_tensor([1, -1, -1]), motion)
    pairs = torch.where(exchanged[:, None, None, None, None], pairs.flip(1), pairs)
    return pairs, torch.where(exchanged[:, None], relative(motion, torch.zeros_like(motion)), motion)


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

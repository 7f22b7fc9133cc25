"""The ray caster is right for every pose in free space: a million of them, and those where rounding bites."""

import warnings

import numpy as np

from experiments.video_diffusion.data.maze import HEADINGS, Difficulty, carve
from experiments.video_diffusion.data.raycaster import cast, render

MAZE = carve(np.random.default_rng(5), Difficulty(size=4, posters=0.5))


def random_poses(count: int, rng: np.random.Generator) -> np.ndarray:
    """Anywhere in free blocks, to their very edges; a third each on round stances, with round headings, with both."""
    free = np.argwhere(~MAZE.walls)[:, ::-1]
    inside = rng.random((count, 2))
    angle = rng.uniform(-10, 10, count)
    kind = rng.integers(0, 4, count)
    inside = np.where((kind % 2 == 1)[:, None], np.round(inside * 8) / 8 % 1, inside)
    angle = np.where(kind >= 2, np.round(angle / (np.pi / 8)) * np.pi / 8, angle)
    return np.column_stack([free[rng.integers(len(free), size=count)] + inside, angle])


def test_a_million_rays_end_on_the_first_wall_and_on_the_face_they_say():
    rng = np.random.default_rng(0)
    for _ in range(4):
        poses = random_poses(250_000, rng)
        columns = 1
        depth, face, bx, by, along = (part[:, 0] for part in cast(MAZE, poses, columns))
        assert MAZE.walls[by, bx].all() and (depth >= 0).all() and (along >= 0).all() and (along <= 1).all()
        ray = np.column_stack([np.cos(poses[:, 2]), np.sin(poses[:, 2])])
        end = poses[:, :2] + depth[:, None] * ray
        # The end lies on the side of the block that the face names, as far along it as it says.
        side = np.column_stack([bx, by]) + 0.5 + HEADINGS[face] / 2
        axis = face % 2
        rows = np.arange(len(poses))
        np.testing.assert_allclose(end[rows, axis], side[rows, axis], atol=1e-6)
        across = end[rows, 1 - axis] - np.column_stack([bx, by])[rows, 1 - axis]
        assert (across > -1e-6).all() and (across < 1 + 1e-6).all()
        # On the way there is no wall.
        for share in (0.0, 0.1, 0.5, 0.9, 0.999):
            x, y = (poses[:, :2] + share * depth[:, None] * ray).T
            grazing = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y))) < 1e-6
            assert not (MAZE.walls[np.floor(y).astype(int), np.floor(x).astype(int)] & ~grazing).any()


def test_every_pose_can_be_drawn_hard_and_smooth():
    rng = np.random.default_rng(1)
    poses = random_poses(40_000, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for smooth in (False, True):
            assert render(MAZE, poses[: 10_000 if smooth else None], size=4, smooth=smooth).dtype == np.uint8


def test_a_stance_that_moves_a_little_changes_the_picture_a_little():
    """Smooth frames change ever less as the stance moves less; those with hard texels jump."""
    rng = np.random.default_rng(2)
    free = np.argwhere(~MAZE.walls)[:, ::-1]
    poses = np.column_stack([free[rng.integers(len(free), size=64)] + rng.uniform(0.3, 0.7, (64, 2)), rng.random(64)])

    def change(step: float, smooth: bool) -> float:
        there = poses + np.array([step, step, 0])
        one, two = (render(MAZE, p, textures=1.0, smooth=smooth).astype(float) for p in (poses, there))
        return float(np.abs(one - two).mean())

    small, large = change(0.001, True), change(0.004, True)
    assert small < 0.4 * large
    assert small < change(0.001, False)

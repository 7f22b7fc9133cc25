"""Continuous walks keep their distance, owe nothing to the grid, and do what a visitor's keys will do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.maze import Maze, carve
from experiments.video_diffusion.data.walker import RADIUS, Body, kept_off, stroll


def clearance(maze: Maze, points: np.ndarray) -> np.ndarray:
    """Distance (N,) of points (N, 2) from the nearest wall block, 0 inside one."""
    y, x = np.nonzero(maze.walls)
    across = np.maximum(np.maximum(x - points[:, :1], points[:, :1] - x - 1), 0)
    along = np.maximum(np.maximum(y - points[:, 1:], points[:, 1:] - y - 1), 0)
    return np.hypot(across, along).min(1)


def walks(count: int, frames: int = 300):
    for seed in range(count):
        rng = np.random.default_rng(seed)
        maze = carve(rng)
        yield maze, *stroll(maze, rng, frames)


@pytest.fixture(scope="module")
def many():
    return list(walks(60))


def test_no_eye_comes_nearer_to_a_wall_than_a_fifth_of_a_block(many):
    for maze, poses, _ in many:
        assert clearance(maze, poses[:, :2]).min() > RADIUS - 1e-6


def test_stances_and_headings_owe_nothing_to_the_grid(many):
    """Fractions of a block and of a quarter turn are spread: no bin of twenty stays nearly empty."""
    poses = np.concatenate([poses for _, poses, _ in many])
    moving = np.abs(np.diff(poses, axis=0)).sum(1) > 1e-3
    for values, low, high in ((poses[1:, 0] % 1, 0.2, 0.8), (poses[1:, 2] % (np.pi / 2), 0, np.pi / 2)):
        counts, _ = np.histogram(values[moving], 20, (low, high))
        assert counts.min() > 0.25 * counts.mean()


def test_speed_and_turning_rate_change_smoothly(many):
    """No frame changes the turning rate by more than what inertia lets through of the largest change asked for."""
    for _, poses, _ in many:
        turns = np.diff(poses[:, 2])
        assert np.abs(np.diff(turns)).max() <= 0.7 * 2 * np.deg2rad(18) + 1e-9


def test_walkers_do_what_keys_do(many):
    backwards = still = stopped = 0
    for _, poses, actions in many:
        steps = np.diff(poses, axis=0)
        forward = steps[:, 0] * np.cos(poses[:-1, 2]) + steps[:, 1] * np.sin(poses[:-1, 2])
        backwards += (forward < -0.02).sum()
        still += ((np.abs(steps[:, :2]).sum(1) < 1e-3) & (np.abs(steps[:, 2]) < 1e-3)).sum()
        stopped += ((actions[:-1, 0] > 0.1) & (forward < 0.3 * actions[:-1, 0])).sum()
    total = 299 * len(many)
    assert min(backwards, still, stopped) > 0.005 * total


def test_walks_come_back(many):
    """A fair share of the frames stands in a block seen more than 20 frames before: there is something to remember."""
    back = 0
    for _, poses, _ in many:
        first = {}
        for t, block in enumerate(map(tuple, np.floor(poses[:, :2]).astype(int))):
            back += t - first.setdefault(block, t) > 20
    assert 0.1 < back / (300 * len(many)) < 0.7


def test_in_the_open_a_walker_without_inertia_obeys_exactly():
    room = np.ones((9, 9), bool)
    room[1:-1, 1:-1] = False
    maze = Maze(room, np.zeros_like(room, np.int8), np.zeros((9, 9, 4), np.int8))
    body = Body(4.0, 4.0, 0.3)
    body.step(maze, (0.2, 0.1), inertia=0.0)
    assert body.heading == pytest.approx(0.4)
    assert (body.x - 4, body.y - 4) == pytest.approx((0.2 * np.cos(0.35), 0.2 * np.sin(0.35)))


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 50), at=st.integers(0, 10**6), dx=st.floats(0, 1), dy=st.floats(0, 1))
def test_a_point_of_free_space_is_kept_off_walls_and_moved_no_more_than_needed(seed, at, dx, dy):
    maze = carve(np.random.default_rng(seed))
    free = np.argwhere(~maze.walls)
    row, column = free[at % len(free)]
    x, y = column + min(dx, 0.999), row + min(dy, 0.999)
    kept = kept_off(maze, x, y)
    assert clearance(maze, np.array([kept])).min() > RADIUS - 1e-6
    if clearance(maze, np.array([[x, y]])).min() >= RADIUS:
        assert kept == (x, y)


def test_actions_stand_beside_poses_and_a_part_of_a_walk_is_that_part():
    data = MazeWalks("test", 60)
    whole, part = data.episode(3), data.part(3, 20, 10)
    assert whole.poses.shape == (60, 3) and whole.actions.shape == (60, 2)
    np.testing.assert_array_equal(part.poses, whole.poses[20:30])
    np.testing.assert_array_equal(part.actions, whole.actions[20:30])
    np.testing.assert_array_equal(part.frames, whole.frames[20:30])

"""Mazes, walks and rays against what geometry says they must be."""

import hashlib
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import label

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks, open_source
from experiments.video_diffusion.data.maze import Difficulty, Maze, carve, walk
from experiments.video_diffusion.data.raycaster import cast, render
from experiments.video_diffusion.model.shipped_weights import LATTICE


def corridor(length: int = 6) -> Maze:
    """One straight corridor along x, open at blocks 1 … length of row 1."""
    walls = np.ones((3, length + 2), bool)
    walls[1, 1:-1] = False
    return Maze(walls, np.zeros(walls.shape, np.int8), np.zeros((*walls.shape, 4), np.int8))


def test_rays_in_a_corridor_meet_the_walls_where_geometry_says():
    x = 2.25
    depth, face, _, _, _ = cast(corridor(), np.array([[x, 1.5, 0.0]]), 64)
    u = np.abs((np.arange(64) + 0.5) / 64 * 2 - 1)
    end, side = 7 - x, 0.5 / u
    np.testing.assert_allclose(depth[0], np.minimum(end, side), rtol=1e-9)
    assert set(face[0][side < end]) == {1, 3} and set(face[0][side > end]) == {2}


def test_depth_does_not_depend_on_the_side_one_looks_along():
    """A corridor seen to the east and its mirror image seen to the west give mirrored depths."""
    east = cast(corridor(), np.array([[2.25, 1.5, 0.0]]), 64)[0]
    west = cast(corridor(), np.array([[8 - 2.25, 1.5, np.pi]]), 64)[0]
    np.testing.assert_allclose(east, west[:, ::-1], rtol=1e-9)


def test_every_open_block_can_be_reached():
    for seed in range(20):
        maze = carve(np.random.default_rng(seed))
        assert label(~maze.walls)[1] == 1
        assert maze.walls[0].all() and maze.walls[-1].all() and maze.walls[:, 0].all() and maze.walls[:, -1].all()


def test_a_walk_never_enters_a_wall_and_never_rests():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        maze = carve(rng)
        poses, _ = walk(maze, rng, 300)
        assert not maze.walls[poses[:, 1].astype(int), poses[:, 0].astype(int)].any()
        moved, turned = np.abs(np.diff(poses[:, :2], axis=0)).sum(1), np.abs(np.diff(poses[:, 2]))
        assert np.all((np.isclose(moved, 0.25) & (turned == 0)) | (np.isclose(turned, np.pi / 8) & (moved == 0)))


def test_a_walk_turns_back_only_at_dead_ends():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        maze = carve(rng)
        poses, _ = walk(maze, rng, 400)
        turning = np.abs(np.diff(poses[:, 2])) > 0
        starts = np.flatnonzero(turning[8:] & ~turning[7:-1]) + 8
        for start in starts[starts + 8 < len(turning)]:
            if turning[start : start + 8].all():
                x, y = poses[start, :2].astype(int)
                ways = sum(not maze.walls[y + dy, x + dx] for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)))
                assert ways == 1


def test_the_horizon_splits_sky_from_floor_and_nearer_walls_are_taller():
    far, near = (render(corridor(), np.array([[x, 1.5, 0.0]]))[0].astype(int) for x in (2.0, 6.0))
    green = [(image[..., 1] > image[..., 2] + 20)[:, 32].sum() for image in (far, near)]
    assert green[0] == pytest.approx(64 * 0.5 / 5, abs=2) and green[1] == pytest.approx(64 * 0.5, abs=2)
    assert far[0, 32, 2] > 200 > far[-1, 32, 2]


def test_an_episode_is_a_function_of_its_number():
    data = MazeWalks("train", length=12)
    once, again = data.episode(7), data.episode(7)
    assert (once.frames == again.frames).all() and (once.poses == again.poses).all()
    assert (MazeWalks("test", length=12).episode(7).frames != once.frames).any()


@pytest.mark.parametrize(
    ("split", "number", "digest"),
    [
        ("train", 7, "ea761bbcf4ff24ae7b49304f9fd5f9760ecedbf9a4872a5ac28f5a41054cb399"),
        ("test", 7, "8adebb651c3aaab9e8a33a6c71fd7ad4a7ac8548780f0fa2421141ad4e97f267"),
    ],
)
def test_the_frames_of_the_lattice_are_those_that_its_networks_learnt(split, number, digest):
    frames = open_source(LATTICE, split, 12).episode(number).frames
    assert hashlib.sha256(frames.tobytes()).hexdigest() == digest


def test_a_part_of_an_episode_is_the_same_frames():
    data = MazeWalks("test", length=12)
    whole, part = data.episode(7), data.part(7, 3, 5)
    assert (part.frames == whole.frames[3:8]).all() and (part.poses == whole.poses[3:8]).all()


def test_each_difficulty_changes_what_it_names_and_nothing_else():
    base = Difficulty()

    def maze(**changes):
        return carve(np.random.default_rng(5), replace(base, **changes))

    assert maze(size=9).walls.shape == (19, 19)
    assert not maze(posters=0).posters.any() and (maze(posters=1).posters > 0).all()
    assert (maze(posters=1).walls == maze().walls).all() and (maze(posters=1).floor == maze().floor).all()
    counts = [(~maze(loops=share).walls).sum() for share in (0, 0.15, 0.5, 1)]
    assert counts == sorted(counts) and counts[0] == 2 * 25 - 1 < counts[-1]  # 0: a spanning tree of the rooms


def test_textures_are_noise_around_the_same_plain_colours():
    poses = np.array([[2.25, 1.5, 0.0]])
    plain, default, strong = (render(corridor(), poses, 64, textures).astype(float) for textures in (0, 1, 2))
    lower = plain[0, 40:, 32]
    assert (np.abs(np.diff(lower, axis=0)) <= 2).all()  # only the shade of distance is left
    np.testing.assert_allclose(strong - plain, 2 * (default - plain), atol=2)
    assert np.abs(default - plain).mean() > 1


def test_a_walk_through_a_larger_maze_stays_in_its_corridors():
    episode = MazeWalks("train", 200, Difficulty(size=9, posters=0.5)).episode(0)
    x, y = episode.poses[:, :2].astype(int).T
    assert not episode.maze.walls[y, x].any() and episode.frames.shape == (200, 64, 64, 3)


def test_five_hundred_frames_a_second_on_one_core():
    data = MazeWalks("train", 100)
    began = time.process_time()
    data.frames(range(5))
    assert 500 / (time.process_time() - began) > 500


def test_frames_of_neighbouring_poses_change_a_little_and_other_mazes_a_lot():
    data = MazeWalks("train", length=40)
    frames = data.frames(range(6)).astype(float)
    step = np.abs(np.diff(frames, axis=1)).mean()
    other = np.abs(frames[1:] - frames[:-1]).mean()
    assert 0 < step < 0.8 * other


def test_an_unknown_split_is_named():
    with pytest.raises(InputError, match="no split 'holdout'"):
        MazeWalks("holdout")


def test_an_episode_outside_its_split_does_not_exist():
    data = MazeWalks("train", 4)
    with pytest.raises(IndexError):
        data.episode(len(data))  # would be the first of the next split

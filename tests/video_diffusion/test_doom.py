"""Doom as a source: what is seen is what the map and the pose say, again and again; bad levels are told in one line."""

import sys

import numpy as np
import pytest

from experiments.errors import InputError
from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.data.doom_floor import CLEARANCE, distance, floor_of
from experiments.video_diffusion.data.doom_maps import text_map
from experiments.video_diffusion.data.doom_wad import maps_in, wad
from experiments.video_diffusion.data.maze import Difficulty, Maze, carve
from experiments.video_diffusion.data.scenes import COLUMNS, random_stances, scenes

MAZE = carve(np.random.default_rng(5), Difficulty(size=3, posters=0.8))
START = "thing{x=50;y=-50;angle=0;type=1;single=true;}"


@pytest.fixture
def doom(tmp_path, monkeypatch):
    pytest.importorskip("vizdoom")
    monkeypatch.chdir(tmp_path)
    return open_source("doom:size=3,posters=0.8", "train", 40)


def level(path, text: str):
    path.write_bytes(wad([("MAP01", b""), ("TEXTMAP", text.encode()), ("ENDMAP", b"")]))
    return path


def test_the_engine_stands_where_it_is_told(doom):
    from experiments.video_diffusion.data.doom_engine import camera

    for pose in random_stances(MAZE, np.random.default_rng(1), 6):
        camera().draw(MAZE, pose[None])
        off = camera().engine.pose() - pose
        assert np.abs(off[:2]).max() < 1e-5  # blocks
        assert abs((off[2] + np.pi) % (2 * np.pi) - np.pi) < 1e-4  # radians


def test_panels_hang_where_the_map_has_its_posters(doom):
    """The red one, which nothing else is like, column by column at the height of the eye."""
    poses = random_stances(MAZE, np.random.default_rng(2), 200)
    frames = doom.view(MAZE, poses).astype(int)[:, 32].reshape(len(poses), COLUMNS, 2, 3).mean(2)
    seen = (frames[..., 0] > 60) & (frames[..., 0] > 2.5 * frames[..., 1]) & (frames[..., 0] > 2.5 * frames[..., 2])
    wanted = scenes(MAZE, poses).poster == 1
    assert wanted.mean() > 0.03
    assert (seen == wanted).mean() > 0.99


def test_an_episode_is_the_same_whatever_was_drawn_before(doom, tmp_path):
    once = doom.episode(70)
    doom.view(MAZE, random_stances(MAZE, np.random.default_rng(3), 2))
    again = doom.part(70, 10, 20)
    np.testing.assert_array_equal(once.frames[10:30], again.frames)
    np.testing.assert_array_equal(once.poses[10:30], again.poses)
    assert not list(tmp_path.iterdir())  # the engine leaves nothing behind


def test_a_walk_through_a_level_of_others_shows_what_its_poses_show(doom):
    """The engine walks; stood at a pose that it recorded, it shows the frame that it recorded."""
    walks = open_source("doom:map=my_way_home", "train", 60)
    walk = walks.episode(1)
    assert np.hypot(*np.diff(walk.poses[:, :2], axis=0).T).sum() > 3
    from experiments.video_diffusion.data.doom_engine import square
    from experiments.video_diffusion.data.doom_walks import running

    engine = running(walks.wad, walks.level)
    for frame in (5, 30, 55):
        again = square(engine.stand(walk.poses[frame]))
        assert np.abs(again.astype(int) - walk.frames[frame]).mean() < 2
    np.testing.assert_array_equal(walks.episode(1).frames, walk.frames)
    assert (open_source("doom:map=my_way_home", "test", 60).episode(1).frames != walk.frames).any()


def test_floor_keeps_clear_of_walls_and_holds_together(tmp_path):
    path = level(tmp_path / "maze.wad", text_map(MAZE))
    floor = floor_of(path, "MAP01", maps_in(path)["MAP01"])
    rows, columns = np.floor(floor.stances[:, ::-1]).astype(int).T
    assert not MAZE.walls[rows, columns].any()
    faces = {(int(r), int(c)) for r, c in zip(rows, columns, strict=True)}
    assert faces == {(int(r), int(c)) for r, c in np.argwhere(~MAZE.walls)}  # every open block is reached
    way = floor.way(0)
    assert (way[1:] >= 0).all()


def test_distance_to_a_wall_is_that_to_its_nearest_point():
    places = np.array([[0.0, 1.0], [3.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(distance(places, np.array([[0.0, 0.0, 2.0, 0.0]])), [1, 1, 0])
    assert CLEARANCE > 16 / 98.9  # a player's radius


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (text_map(Maze(np.arange(9).reshape(3, 3) != 4, MAZE.floor, MAZE.posters)), "no floor"),
        ('namespace="zdoom";' + START, "no floor"),
        (text_map(MAZE).replace("type=1;", "type=11;"), "no place where a first player starts"),
        (text_map(MAZE).replace("sector=0;", "sector=many;"), "is broken"),
        (text_map(MAZE).replace("v1=", "v9="), "is broken"),
    ],
    ids=["one block", "nothing", "no start", "no number", "no point"],
)
def test_a_level_without_floor_is_refused(tmp_path, text, told):
    path = level(tmp_path / "level.wad", text)
    with pytest.raises(InputError, match=told):
        floor_of(path, "MAP01", maps_in(path)["MAP01"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no WAD"),
        (b"PK\x03\x04" + bytes(40), "no WAD"),
        (wad([("MAP01", b""), ("TEXTMAP", bytes(100))])[:60], "beyond the end"),
        (b"PWAD\xff\xff\xff\x7f\x0c\0\0\0", "beyond the end"),
        (wad([("README", b"hello")]), "without a map"),
    ],
    ids=["empty", "zip", "cut short", "too many lumps", "no map"],
)
def test_a_corrupt_wad_is_refused(tmp_path, content, told):
    path = tmp_path / "bad.wad"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        maps_in(path)


@pytest.mark.parametrize("source", ["doom", "doom:map=my_way_home", "maze:levels=labmaze"])
def test_a_missing_package_is_told_with_its_cure(monkeypatch, source):
    for package in ("vizdoom", "labmaze"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"pip install -e"):
        open_source(source, "train", 10)


@pytest.mark.parametrize(
    "source", ["doom:textures=1", "doom:map=nowhere", "doom:map=my_way_home,level=MAP09", "doom:map=basic,size=3"]
)
def test_options_that_do_not_exist_are_refused(doom, source):
    with pytest.raises(InputError):
        open_source(source, "train", 10)


def test_levels_of_the_lab_have_rooms_and_one_piece():
    pytest.importorskip("labmaze")
    from scipy import ndimage

    rooms = 0
    for number in range(12):
        maze = open_source("maze:levels=labmaze", "train", 5).path(number).maze
        assert ndimage.label(~maze.walls)[1] == 1
        assert maze.walls[[0, -1]].all() and maze.walls[:, [0, -1]].all()
        rooms += (ndimage.minimum_filter(~maze.walls, 3) & ~maze.walls).any()
    assert rooms == 12
    walk = open_source("maze:levels=labmaze", "test", 20)
    np.testing.assert_array_equal(walk.episode(3).frames, walk.episode(3).frames)

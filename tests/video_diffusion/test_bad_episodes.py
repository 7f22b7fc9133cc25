"""Nothing is dropped without a word: every kind of bad file and bad source has a line that names it and its trouble."""

import logging
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks, Recordings, open_source
from experiments.video_diffusion.data.maze import Difficulty
from tests.video_diffusion.episode_files import WALK, write_film, write_frames, write_gif, write_npz


def truncated(write):
    def damage(path: Path) -> Path:
        content = write(path).read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])
        return path

    return damage


def scrambled(path: Path) -> Path:
    np.savez_compressed(path, video=WALK)
    content = bytearray(path.read_bytes())
    content[2000:4000] = bytes(2000)
    path.write_bytes(content)
    return path


def text(path: Path) -> Path:
    path.write_text("hello")
    return path


def broken_frame(folder: Path) -> Path:
    write_frames(folder)
    (folder / "frame7.png").write_bytes((folder / "frame7.png").read_bytes()[:200])
    return folder


def odd_frame(folder: Path) -> Path:
    write_frames(folder)
    Image.fromarray(WALK[0][:32]).save(folder / "frame7.png")
    return folder


def deep_frames(folder: Path) -> Path:
    folder.mkdir()
    for number in range(24):
        Image.fromarray(np.zeros((64, 64), np.uint16)).save(folder / f"{number}.png")
    return folder


BAD = {
    "float.npz": (lambda p: write_npz(p, WALK / np.float32(255)), "video is float32; save it as uint8"),
    "flat.npz": (lambda p: write_npz(p, WALK[..., 0]), r"shape \(24, 64, 64\); \(T, 64, 64, 3\) is needed"),
    "large.npz": (lambda p: write_npz(p, WALK.repeat(2, 2)), "128×64 instead of 64×64; add ':resize=crop'"),
    "other.npz": (lambda p: np.savez(p, frames=WALK) or p, r"no array 'video' \(it has: frames\)"),
    "pickled.npz": (lambda p: np.savez(p, video=np.array([{}], object)) or p, "cannot be read"),
    "actions.npz": (lambda p: write_npz(p, actions=np.zeros(7)), r"actions of shape \(7,\) for 24 frames"),
    "cut.npz": (truncated(write_npz), "cannot be read"),
    "empty.npz": (lambda p: p.touch() or p, "no video that can be read"),
    "short.npz": (lambda p: write_npz(p, WALK[:9]), "too short: 9 frames, 10 are needed"),
    "text.mp4": (text, "no video that can be read"),
    "cut.mp4": (truncated(write_film), "no video that can be read"),
    "cut_short.mp4": (truncated(lambda p: write_film(p, front=True)), r"broken: ends after \d+ of 24 frames"),
    "cut.gif": (truncated(write_gif), "broken: ends without"),
    "torn.npz": (scrambled, "cannot be read"),
    "broken_frame": (broken_frame, "frame7.png: cannot be read"),
    "odd_frame": (odd_frame, "frame7.png: 64×32, unlike the frames before it"),
    "deep_frames": (deep_frames, "more than 8 bits a channel"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_skipped_or_fatal_when_strict(tmp_path, name, caplog):
    damage, trouble = BAD[name]
    damage(tmp_path / name)
    write_npz(tmp_path / "good.npz")
    with caplog.at_level(logging.WARNING):
        episodes = list(Recordings(tmp_path, "all", length=10).episodes())
    assert [episode.name for episode in episodes] == ["good.npz"]
    assert re.search(f"skipped .*{re.escape(name)}.*{trouble}", caplog.text)
    assert "skipped 1 of 2 episodes" in caplog.text
    with pytest.raises(InputError, match=f"{re.escape(name)}.*{trouble}") as error:
        list(Recordings(tmp_path, "all", length=10, strict=True).episodes())
    assert "\n" not in str(error.value)


def test_only_bad_files_are_an_error_even_when_not_strict(tmp_path):
    text(tmp_path / "a.mp4")
    text(tmp_path / "b.mp4")
    with pytest.raises(InputError, match=r"none of the 2 episodes can be used; the first one: .*a\.mp4"):
        list(Recordings(tmp_path, "all").episodes())


def test_skipped_episodes_are_replaced_by_the_next_ones(tmp_path):
    for number in range(5):
        (write_npz if number != 1 else text)(tmp_path / f"{number}.npz")
    assert [episode.name for episode in Recordings(tmp_path, "all").episodes(3)] == ["0.npz", "2.npz", "3.npz"]


def test_files_that_are_no_episodes_are_named(tmp_path, caplog):
    write_npz(tmp_path / "a.npz")
    text(tmp_path / "notes.txt")
    with caplog.at_level(logging.WARNING):
        assert len(Recordings(tmp_path, "all")) == 1
    assert "1 other files are no episodes (notes.txt)" in caplog.text


def test_a_source_string_says_the_same_as_its_objects(tmp_path):
    write_npz(tmp_path / "a.npz", WALK.repeat(2, 1))
    walks = open_source("maze:size=3,posters=0.5,textures=0", "test", 7)
    assert walks == MazeWalks("test", 7, Difficulty(size=3, posters=0.5, textures=0))
    assert open_source("maze", "train", 300) == MazeWalks()
    assert open_source(f"{tmp_path}:resize=stretch", "all", 5).episode(0).frames.shape == WALK.shape
    odd = tmp_path / "a:b"
    odd.mkdir()
    write_npz(odd / "a.npz")
    assert len(open_source(str(odd), "all", 5)) == 1


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        ("maze:walls=3", "no option 'walls' .known: size, smaller, loops, posters, textures, walk"),
        ("maze:size=big", "size must be a whole number, not 'big'"),
        ("maze:walk=swim", "no walk 'swim' .known: continuous, lattice"),
        ("maze:size=3,smaller=2", "smaller is 2; 0 to 1 with 3 rooms a side"),
        ("maze:size=1", "size is 1; 2 to 99 rooms"),
        ("maze:posters=2", "posters is 2.0; it must lie between 0 and 1"),
        ("maze:9", "no such file or folder"),
        ("nowhere", "nowhere: no such file or folder"),
        (".:crop=yes", "no option 'crop' for a file or folder"),
        (".:resize=zoom", "no resize=zoom .known: crop, stretch"),
        ("empty", "no episodes: neither"),
        ("locked", "cannot be read"),
    ],
)
def test_a_bad_source_is_refused_in_one_line(tmp_path, monkeypatch, source, trouble):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "locked").mkdir()

    def walk(top, onerror, **_):
        onerror(PermissionError(13, "Permission denied", str(top)))

    if source == "locked":  # mode bits do not stop the root user, who may run this
        monkeypatch.setattr("experiments.video_diffusion.data.recordings.os.walk", walk)
    with pytest.raises(InputError, match=trouble) as error:
        open_source(source, "train", 10)
    assert "\n" not in str(error.value)

"""Laws of the data sets: what is written is read, nothing is read before it is asked for, splits are disjoint."""

import builtins
import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments.errors import InputError
from experiments.video_diffusion.data import Episode, MazeWalks, Recordings
from tests.video_diffusion.episode_files import WALK, write_film, write_frames, write_gif, write_npz


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(-10 * np.log10((((one.astype(float) - other) / 255) ** 2).mean()))


def only(path: Path, **options) -> Episode:
    return Recordings(path, "all", **options).episode(0)


def test_npz_comes_back_bit_by_bit_with_its_actions(tmp_path):
    actions = np.arange(24)
    episode = only(write_npz(tmp_path / "a.npz", actions=actions))
    assert np.array_equal(episode.frames, WALK) and np.array_equal(episode.actions, actions)


def test_png_frames_come_back_bit_by_bit_and_in_natural_order(tmp_path):
    assert np.array_equal(only(write_frames(tmp_path / "walk")).frames, WALK)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L"])
def test_other_kinds_of_pictures_are_read_as_rgb(tmp_path, mode):
    folder = tmp_path / "walk"
    folder.mkdir()
    pictures = [Image.fromarray(frame).convert(mode) for frame in WALK]
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number}.png")
    wanted = np.stack([np.asarray(picture.convert("RGB")) for picture in pictures])
    assert np.array_equal(only(folder).frames, wanted)


@pytest.mark.parametrize(
    ("write", "name", "floor"),
    [
        (write_film, "a.mp4", 29),  # both this and JPEG halve the colours' resolution
        (lambda path: write_frames(path, suffix="jpg", quality=95), "a", 29),
        (write_gif, "a.gif", 45),
    ],
)
def test_lossy_files_come_back_within_their_codec_s_error(tmp_path, write, name, floor):
    again = only(write(tmp_path / name)).frames
    assert again.shape == WALK.shape and again.dtype == np.uint8
    # Each frame must be the nearest to itself: none lost, doubled or out of order.
    errors = np.array([[np.abs(a.astype(int) - b).mean() for b in WALK] for a in again])
    assert (errors.argmin(1) == np.arange(len(WALK))).all()
    assert psnr(again, WALK) > floor
    assert np.abs((again - WALK.astype(int)).mean((0, 1, 2))).max() < 2  # colours in the right order and range


def test_the_kind_is_told_from_the_content_not_from_the_name(tmp_path):
    film = write_film(tmp_path / "a.mp4").rename(tmp_path / "a.npz")
    assert psnr(only(film).frames, WALK) > 29
    assert np.array_equal(only(write_npz(tmp_path / "b.npz").rename(tmp_path / "b.gif")).frames, WALK)


def test_resize_takes_the_middle_square_or_the_whole(tmp_path):
    wide = np.pad(WALK.repeat(2, 1).repeat(2, 2), [(0, 0), (0, 0), (64, 64), (0, 0)])
    path = write_npz(tmp_path / "wide.npz", wide)
    assert np.array_equal(only(path, resize="crop").frames, WALK)
    squeezed = only(path, resize="stretch").frames
    assert squeezed.shape == WALK.shape and not squeezed[:, :, :15].any() and squeezed[:, :, 17:47].any()


def test_opening_a_thousand_files_reads_none(tmp_path, monkeypatch):
    content = write_npz(tmp_path / "a.npz").read_bytes()
    for number in range(999):
        (tmp_path / f"{number}.npz").write_bytes(content if number == 500 else b"")

    def refuse(*arguments, **options):
        raise AssertionError(f"opened {arguments[0]}")

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", refuse)
        patched.setattr(Path, "open", refuse)
        data = Recordings(tmp_path, "all")
        assert len(data) == 1000
    assert np.array_equal(data.episode(500).frames, WALK)


def named(tmp_path: Path, count: int) -> Path:
    for number in range(count):
        (tmp_path / f"episode{number}.npz").touch()
    return tmp_path


def names(source: Path, split: str) -> set[str]:
    return {path.relative_to(source).as_posix() for path in Recordings(source, split).paths}


def test_the_splits_are_disjoint_and_complete_and_about_8_to_1_to_1(tmp_path):
    source = named(tmp_path, 1000)
    train, validation, test = (names(source, split) for split in ("train", "validation", "test"))
    assert not (train & validation or train & test or validation & test)
    assert train | validation | test == names(source, "all") and len(names(source, "all")) == 1000
    assert len(train) == pytest.approx(800, abs=40) and len(test) == pytest.approx(100, abs=30)


def test_an_episode_keeps_its_split_when_others_are_added_or_the_folder_moves(tmp_path):
    (tmp_path / "old").mkdir()
    source = named(tmp_path / "old", 40)
    before = {split: names(source, split) for split in ("train", "validation", "test")}
    moved = source.rename(tmp_path / "new")
    named(moved, 80)
    assert all(before[split] <= names(moved, split) for split in before)


def test_folders_named_after_splits_decide(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        named(tmp_path / split, 50)
    assert names(tmp_path, "test") == {f"test/episode{k}.npz" for k in range(50)}
    train, validation = names(tmp_path, "train"), names(tmp_path, "validation")
    assert validation and train | validation == {f"train/episode{k}.npz" for k in range(50)} and not train & validation


def test_an_empty_split_names_its_cure(tmp_path):
    with pytest.raises(InputError, match="none of its 1 episodes falls to 'validation'; put some into a folder"):
        Recordings(named(tmp_path, 1), "validation")
    with pytest.raises(InputError, match="one episode has no validation split"):
        Recordings(write_npz(tmp_path / "a.npz"), "validation")


def test_windows_hold_every_frame_once_or_overlap_at_the_end():
    episode = MazeWalks("train", 24).episode(3)
    assert np.array_equal(episode.windows(24)[0], WALK) and len(episode.windows(24)) == 1
    windows = episode.windows(10)
    assert np.array_equal(windows[0], WALK[:10]) and np.array_equal(windows[1], WALK[10:20])
    assert np.array_equal(windows[2], WALK[14:]) and len(windows) == 3
    assert np.array_equal(episode.windows(12).reshape(WALK.shape), WALK)


def test_two_readings_of_a_folder_are_the_same(tmp_path):
    for number in range(12):
        write_npz(tmp_path / f"{number}.npz", WALK[: 10 + number])
    digests = [
        [hashlib.sha256(episode.frames).hexdigest() for episode in Recordings(tmp_path, "train").episodes()]
        for _ in range(2)
    ]
    assert digests[0] == digests[1] and len(set(digests[0])) == len(digests[0]) > 5


def test_walks_drawn_by_several_processes_are_the_same_in_the_same_order(monkeypatch):
    monkeypatch.setattr("experiments.video_diffusion.data.maze_walks.AHEAD", 3)
    data = MazeWalks("train", 12)
    drawn = [episode.frames for episode in data.drawn(7, processes=2)]
    assert len(drawn) == 7
    for number, frames in enumerate(drawn):
        assert np.array_equal(frames, data.episode(number).frames)

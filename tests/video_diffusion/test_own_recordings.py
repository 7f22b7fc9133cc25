"""Recordings of one's own: how many frames a second, large and long films, turned photographs, links, full disks."""

import os
import shlex
import subprocess
import sys
import tracemalloc

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from experiments.errors import InputError
from experiments.film import Mp4
from experiments.video_diffusion.data import BadEpisode, open_source
from experiments.video_diffusion.sampling.start import unknown
from experiments.video_diffusion.training.train import look_at_videos
from experiments.video_diffusion.training.workspace import Workspace
from tests.video_diffusion.episode_files import WALK, write_film, write_frames, write_npz

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def numbered(count: int) -> np.ndarray:
    """Frames (count, 64, 64, 3) whose grey tells their number."""
    return np.repeat(np.arange(count, dtype=np.uint8) * 4, 64 * 64 * 3).reshape(count, 64, 64, 3)


@pytest.mark.parametrize(
    ("options", "taken", "pace"),
    [
        ("", range(24), 6),
        (":every=5", [0, 5, 10, 15, 20], 1.2),
        (":fps=2", range(0, 24, 3), 2),
        (":fps=4", [0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23], 4),
        (":fps=6", range(24), 6),
    ],
)
def test_a_pace_takes_the_frames_of_its_moments(tmp_path, options, taken, pace):
    write_film(tmp_path / "film.mp4", numbered(24))
    episode = open_source(f"{tmp_path}/film.mp4{options}", "all", 2).episode(0)
    assert np.rint(episode.frames.mean((1, 2, 3)) / 4).astype(int).tolist() == list(taken)
    assert episode.fps == pytest.approx(pace)


def test_actions_stay_beside_their_frames(tmp_path):
    write_npz(tmp_path / "walk.npz", numbered(10), actions=np.arange(10))
    episode = open_source(f"{tmp_path}/walk.npz:every=3", "all", 2).episode(0)
    assert episode.actions.tolist() == [0, 3, 6, 9]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("fps=12", "has 6 frames a second, fewer than the 12"),
        ("fps=0", "above 0"),
        ("fps=nan", "above 0"),
        ("fps=soon", "must be a number"),
        ("every=0", "from 1 on"),
        ("every=half", "whole number"),
        ("every=2,fps=2", "give one of them"),
    ],
)
def test_a_pace_that_cannot_be_is_refused(tmp_path, options, told):
    write_film(tmp_path / "film.mp4")
    with pytest.raises(InputError, match=told):
        open_source(f"{tmp_path}/film.mp4:{options}", "all", 2).episode(0)


def test_a_folder_of_pictures_tells_no_pace(tmp_path):
    write_frames(tmp_path / "frames")
    with pytest.raises(BadEpisode, match="take every so many by ':every='"):
        open_source(f"{tmp_path}/frames:fps=3", "all", 2).episode(0)


def test_a_large_film_is_never_held_whole(tmp_path):
    size = "640x360"
    made = [
        "-f",
        "lavfi",
        "-i",
        f"testsrc=size={size}:rate=30:duration=10",
        "-c:v",
        "mpeg4",
        str(tmp_path / "film.avi"),
    ]
    subprocess.run([FFMPEG, "-loglevel", "error", *made], check=True)
    tracemalloc.start()
    episode = open_source(f"{tmp_path}/film.avi:resize=crop,fps=6", "all", 60).episode(0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert episode.frames.shape == (60, 64, 64, 3)
    assert peak < 12 * 640 * 360 * 3  # a few of its 300 frames


@pytest.mark.parametrize("suffix", ["m4v", "mpg", "ts", "wmv"])
def test_films_of_more_kinds_are_found_and_read(tmp_path, suffix):
    write_film(tmp_path / "walk.mp4")
    subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", tmp_path / "walk.mp4", "-r", "25", tmp_path / f"b.{suffix}"], check=True
    )
    (tmp_path / "walk.mp4").unlink()
    assert len(open_source(str(tmp_path), "all", 20).episode(0).frames) >= 60


@pytest.mark.parametrize("suffix", ["webp", "bmp", "tif"])
def test_pictures_of_more_kinds_are_found_and_read(tmp_path, suffix):
    write_frames(tmp_path / "walk", suffix=suffix, **({"lossless": True} if suffix == "webp" else {}))
    np.testing.assert_array_equal(open_source(str(tmp_path), "all", 20).episode(0).frames, WALK)


def test_a_photograph_stands_as_the_camera_was_held(tmp_path):
    (tmp_path / "walk").mkdir()
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown a quarter turn to the right
    for number, frame in enumerate(WALK[:3]):
        Image.fromarray(np.rot90(frame)).save(tmp_path / "walk" / f"{number}.png", exif=turned)
    np.testing.assert_array_equal(open_source(str(tmp_path / "walk"), "all", 3).episode(0).frames, WALK[:3])


def test_links_are_followed_and_a_circle_of_them_ends(tmp_path):
    (tmp_path / "disk").mkdir()
    write_npz(tmp_path / "disk" / "walk.npz")
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "there").symlink_to(tmp_path / "disk")
    (tmp_path / "videos" / "here").symlink_to(tmp_path / "videos")
    assert len(open_source(str(tmp_path / "videos"), "all", 2)) == 1


def test_a_validation_video_that_is_too_short_is_told_before_training(tmp_path):
    for split, frames in (("train", 70), ("validation", 20)):
        (tmp_path / split).mkdir()
        write_npz(tmp_path / split / "walk.npz", np.resize(WALK, (frames, 64, 64, 3)))
    with pytest.raises(InputError, match="too short: 20 frames, 64 are needed"):
        look_at_videos(Workspace(tmp_path, tmp_path, "cpu", data=str(tmp_path)))


def test_a_film_is_written_while_it_is_made(tmp_path):
    with Mp4(tmp_path / "film.mp4", 12.5) as film:
        for part in np.split(WALK, 4):
            film.add(part)
    episode = open_source(str(tmp_path / "film.mp4"), "all", 24).episode(0)
    assert len(episode.frames) == 24 and episode.fps == pytest.approx(12.5)
    assert np.abs(episode.frames.astype(int) - WALK).mean() < 6


def test_a_stopped_film_is_whole_as_far_as_it_came(tmp_path):
    with pytest.raises(KeyboardInterrupt), Mp4(tmp_path / "film.mp4", 6) as film:
        film.add(WALK[:15])
        raise KeyboardInterrupt
    assert len(open_source(str(tmp_path / "film.mp4"), "all", 15).episode(0).frames) == 15


def test_a_film_that_fails_leaves_the_old_one(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), Mp4(path, 6) as film:
        film.add(WALK)
        raise ZeroDivisionError
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
def test_a_full_disk_is_one_line_and_leaves_the_old_film(tmp_path):
    """A limit on the size of files stands in for the end of the disk: FFmpeg cannot write on."""
    code = (
        "import resource, signal, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from experiments.errors import InputError\n"
        "from experiments.film import Mp4\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "noise = np.random.default_rng(0).integers(0, 256, (400, 64, 64, 3), np.uint8)\n"
        "try:\n"
        "    with Mp4(Path(sys.argv[1]), 6) as film:\n"
        "        film.add(noise)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    told = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, cwd=os.getcwd(), check=False
    )
    assert "could not be written" in told.stdout and told.stdout.count("\n") == 1, told.stderr
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("source", ["films:resize=crop,fps=6", "my films:every=5", "doom:map=my_way_home"])
def test_the_command_that_helps_with_another_world_reads_it_as_it_was_given(source):
    advised = shlex.split(unknown(source, 12.0).split("`")[1])
    assert advised[advised.index("--data") + 1] == source

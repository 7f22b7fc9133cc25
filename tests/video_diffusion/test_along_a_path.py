"""`extend --along`: a video is led along a path of one's own, and what leads nowhere is told in one line."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.memory import asked_motions, relative

GIVEN, FRAMES = 15, 28


@pytest.fixture(scope="module")
def walk():
    return MazeWalks("test", FRAMES).episode(5)


@pytest.fixture
def folder(tmp_path, monkeypatch, walk):
    monkeypatch.chdir(tmp_path)
    np.savez("walk.npz", video=walk.frames[:GIVEN])
    np.savez("poses.npz", poses=walk.poses)
    return tmp_path


def extended(along: str, out: str, *more: str) -> int:
    method = ("--method", "feature_injection", "--steps", "1", "--device", "cpu")
    return main(
        ["extend", "--init", "walk.npz", "--frames", str(FRAMES), "--along", along, "--out", out, *method, *more]
    )


def test_what_is_written_is_what_score_reads(folder, walk):
    assert extended("poses.npz", "made.npz") == 0
    with np.load("made.npz") as made:
        assert made["video"].shape == (FRAMES, 64, 64, 3) and made["given"] == GIVEN
        assert np.array_equal(made["video"][:GIVEN], walk.frames[:GIVEN])
        assert np.allclose(made["poses"], walk.poses, atol=1e-5)


def test_another_path_leads_to_other_frames(folder, walk):
    np.savez("back.npz", poses=np.concatenate([walk.poses[:GIVEN], walk.poses[GIVEN - 1 :: -1], walk.poses[:5]]))
    videos = []
    for name in ("poses", "back", "back"):
        assert extended(f"{name}.npz", "made.npz") == 0
        videos.append(np.load("made.npz")["video"])
    assert np.array_equal(videos[1], videos[2])
    assert (videos[0][GIVEN:] != videos[1][GIVEN:]).mean() > 0.5
    # Who turns round sees again what was given: memory shows it, and the frames are like it.
    again = np.abs(videos[1][GIVEN + 1 : GIVEN + 6].astype(int) - walk.frames[GIVEN - 2 : GIVEN - 7 : -1])
    ahead = np.abs(videos[0][GIVEN + 1 : GIVEN + 6].astype(int) - walk.frames[GIVEN - 2 : GIVEN - 7 : -1])
    assert again.mean() < 0.7 * ahead.mean()


def test_actions_lead_on_from_the_last_given_frame(folder):
    actions = np.tile([[0.12, 0.1]], (FRAMES - GIVEN, 1)).astype(np.float32)
    np.savez("actions.npz", actions=actions)
    assert extended("actions.npz", "made.npz") == 0
    poses = torch.from_numpy(np.load("made.npz")["poses"])
    led = relative(poses[GIVEN - 1 : -1], poses[GIVEN:])
    assert_close(led, asked_motions(torch.from_numpy(actions)), atol=1e-4, rtol=1e-4)


BAD = {
    "no file": ("nowhere.npz", "--along nowhere.npz: no such file"),
    "no archive": ("text.npz", "--along text.npz: no .npz that can be read"),
    "nothing in it": ("walk.npz", "neither `poses` nor `actions` in it"),
    "too short": ("short.npz", f"poses for 20 frames, but --frames {FRAMES}"),
    "no poses": ("flat.npz", r"(videos, frames, 3) is needed"),
    "not a number": ("holes.npz", "the pose of frame 3 of video 0 is not a number"),
    "words": ("words.npz", "poses are <U1; numbers are needed"),
    "few actions": ("still.npz", f"{FRAMES - GIVEN} frames are made after the {GIVEN} given ones"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_path_that_leads_nowhere_is_told(folder, walk, capsys, name):
    file, words = BAD[name]
    holes = walk.poses.copy()
    holes[3] = np.nan
    (folder / "text.npz").write_text("hello")
    np.savez("short.npz", poses=walk.poses[:20])
    np.savez("flat.npz", poses=walk.poses[:, :2])
    np.savez("holes.npz", poses=holes)
    np.savez("words.npz", poses=np.array(["a", "b"]))
    np.savez("still.npz", actions=np.zeros((2, 2)))
    assert extended(file, "made.mp4") == 2
    told = capsys.readouterr().err
    assert words in told and told.startswith("error: ") and told.count("\n") == 1
    assert not (folder / "made.mp4").exists()

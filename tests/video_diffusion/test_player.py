"""A sheet of frames holds the video that it stands for, and the player finds every sheet."""

import json

import numpy as np
import pytest
from PIL import Image

from experiments.results import Provenance, Result
from experiments.video_diffusion.data.frame_sheet import packed
from experiments.video_diffusion.drawings.names import CHINESE, COLOURS, LABELS
from experiments.video_diffusion.drawings.player import COLUMNS, FRAMES, WALKS, player, sprite, walk_sprite
from experiments.video_diffusion.figures import FIGURES
from showcase.tasks.figures import draw_figure

PROVENANCE = Provenance("", "standard", (0,), "cpu", 1, "2026-01-01", 1.0, {})


def long_videos(frames: int) -> Result:
    """Smooth pictures that differ from frame to frame and method to method, of all methods but one."""
    names = [name for name in LABELS if name != "hybrid"]
    slope = np.linspace(0, 90, 64)
    arrays = {}
    for k, name in enumerate(names):
        light = 10 * k + np.arange(frames) % 50
        picture = light[:, None, None] + slope[:, None] + slope
        arrays[name] = np.stack([picture, picture, 255 - picture], -1).clip(0, 255).astype(np.uint8)
        arrays[f"{name}_seams"] = np.arange(10, frames, 5)
        arrays[f"{name}_plausible"] = np.arange(10, frames, 5) % (2 + k) == 0
    values = {"methods": {name: {} for name in names}, "frames": frames, "given": 10}
    return Result("long_videos", values, {}, PROVENANCE, arrays)


def walks(long: Result) -> Result:
    """What `drift` keeps of the same videos: whole walks, packed."""
    arrays = {f"{name}_{what}": long.arrays[f"{name}_{what}"] for name in WALKS for what in ("seams", "plausible")}
    arrays |= {f"{name}_walk": packed(long.arrays[name]) for name in WALKS}
    return Result("drift", {"frames": long.values["frames"]}, {}, PROVENANCE, arrays)


def cut(sheet: np.ndarray, frame: int) -> np.ndarray:
    row, column = divmod(frame, COLUMNS)
    return sheet[64 * row : 64 * row + 64, 64 * column : 64 * column + 64]


@pytest.mark.parametrize("frames", [30, 64, 100])
def test_the_frames_lie_in_reading_order(frames):
    result = long_videos(frames)
    sheet = sprite(result, "truth")
    for k in range(min(frames, FRAMES)):
        assert (cut(sheet, k) == result.arrays["truth"][k]).all()
    assert player(result, walks(result))["frames"] == min(frames, FRAMES)


def test_the_player_names_sheets_that_are_drawn_and_only_methods_that_ran():
    result = long_videos(64)
    rows = player(result, walks(result))["rows"]
    drawn = {name for drawing in FIGURES for name in drawing.files}
    assert {row["sprite"] for row in rows} < drawn
    assert [row["name"] for row in rows] == [name for name in LABELS if name != "hybrid"]
    assert [row["name"] for row in rows if row["real"]] == ["truth"]
    assert LABELS.keys() == CHINESE.keys() and len(set(COLOURS.values())) == len(LABELS)


def test_every_seam_carries_the_judge_s_verdict():
    result = long_videos(100)
    data = player(result, walks(result))
    for part, frames in ((data, FRAMES), (data["long"], 100)):
        for row in part["rows"]:
            verdicts = dict(
                zip(result.arrays[f"{row['name']}_seams"], result.arrays[f"{row['name']}_plausible"], strict=True)
            )
            assert row["seams"] == [seam for seam in verdicts if seam < frames]
            assert row["verdicts"] == [int(verdicts[seam]) for seam in row["seams"]]
    json.dumps(data)


def test_the_long_walks_are_whole_and_close_to_what_was_packed():
    result = long_videos(300)
    kept = walks(result)
    assert player(result, kept)["long"]["frames"] == 300
    drawn = {name for drawing in FIGURES for name in drawing.files}
    assert {row["sprite"] for row in player(result, kept)["long"]["rows"]} < drawn
    for name in WALKS:
        sheet = walk_sprite(kept, name).astype(int)
        assert np.mean([np.abs(cut(sheet, k) - result.arrays[name][k]).mean() for k in (0, 8, 150, 299)]) < 4
        assert kept.arrays[f"{name}_walk"].nbytes < 400_000


def test_a_result_without_walks_has_no_longer_length():
    result = long_videos(64)
    assert "long" not in player(result, Result("drift", {"frames": 300}, {}, PROVENANCE, {}))


def test_a_saved_sheet_is_a_light_picture_close_to_the_frames(tmp_path):
    result = long_videos(64)
    result.save(tmp_path / "results/video_diffusion/standard")
    for folder in ("showcase", "assets/img/video_diffusion"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "showcase/style.mplstyle").touch()
    draw_figure(tmp_path, "video_diffusion", "standard", "long_truth_sprite", "en", None)
    path = tmp_path / "assets/img/video_diffusion/long_truth_sprite.webp"
    saved = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert np.abs(saved - sprite(result, "truth")).mean() < 4
    assert path.stat().st_size < 120_000

"""Animations must survive image pipelines: every GIF frame covers the canvas and is opaque."""

from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from showcase.animation import save_animation
from showcase.drawing import Animation

ROOT = Path(__file__).parents[2]
GIFS = sorted(ROOT.glob("assets/img/*/*.gif"))


def moving_square(**options) -> Animation:
    """A square on a still ground: what an optimiser would store as small patches."""
    frames = np.full((12, 33, 47, 3), 230, np.uint8)
    for k, frame in enumerate(frames):
        frame[10:20, 2 * k : 2 * k + 10] = (200, 40, 20 * k)
    return Animation(frames, fps=8, poster=5, **options)


def assert_full_frames(path: Path) -> None:
    with Image.open(path) as gif:
        assert gif.n_frames > 1
        for k in range(gif.n_frames):
            gif.seek(k)
            assert gif.tile[0][1] == (0, 0, *gif.size), f"{path.name}, frame {k} is a patch"
            assert "transparency" not in gif.info, f"{path.name}, frame {k} is see-through"


def test_every_frame_of_a_gif_covers_the_canvas(tmp_path):
    save_animation(moving_square(), tmp_path / "square.gif")
    assert_full_frames(tmp_path / "square.gif")


@pytest.mark.parametrize("path", GIFS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_shown_is_full_frame_and_light(path):
    assert_full_frames(path)
    assert path.stat().st_size <= 600_000
    assert path.with_suffix(".mp4").stat().st_size < path.stat().st_size


def test_a_small_mark_keeps_its_colour_beside_many_shades_of_what_is_large(tmp_path):
    shades = np.random.default_rng(0).integers(60, 160, (6, 64, 64, 1), np.uint8)
    frames = np.concatenate([shades // 2, shades, shades // 3], axis=3)
    marks = {(220, 30, 30): (8, 8), (240, 220, 20): (8, 40), (150, 30, 160): (40, 8)}
    for colour, (y, x) in marks.items():
        frames[:, y : y + 5, x : x + 5] = colour
    save_animation(Animation(frames, fps=8, gif_colours=16), tmp_path / "marks.gif")
    shown = iio.imread(tmp_path / "marks.gif", index=None)
    for colour, (y, x) in marks.items():
        assert np.abs(shown[:, y : y + 5, x : x + 5].astype(int) - colour).max() < 12
    assert np.abs(shown.astype(int) - frames).mean() < 6


def test_there_are_animations_of_both_projects():
    assert {path.parent.name for path in GIFS} == {"video_diffusion", "pzodmc"}


def test_gif_film_and_poster_show_the_same_frames(tmp_path):
    animation = moving_square()
    save_animation(animation, tmp_path / "square.gif")
    for path, tolerance in ((tmp_path / "square.gif", 1), (tmp_path / "square.mp4", 12)):
        shown = iio.imread(path, index=None)[:, :33, :47]
        assert shown.shape == animation.frames.shape
        # Chroma is stored at half resolution in a film, so only the mean error is small.
        assert np.abs(shown.astype(int) - animation.frames).mean() < tolerance
    assert (iio.imread(tmp_path / "square.png") == animation.frames[5]).all()


def test_a_thinned_gif_keeps_the_pace(tmp_path):
    save_animation(moving_square(gif_every=3), tmp_path / "thin.gif")
    with Image.open(tmp_path / "thin.gif") as gif:
        assert gif.n_frames == 4 and gif.info["duration"] == pytest.approx(375, abs=5)

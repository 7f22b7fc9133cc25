"""Pictures say what the results say: where seams are, how often a residual rises, which methods ran."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from experiments.results import Provenance, Result
from experiments.video_diffusion.drawings.guidance import guidance_curves
from experiments.video_diffusion.drawings.names import LABELS
from experiments.video_diffusion.drawings.scores import seam_scores
from experiments.video_diffusion.drawings.side_by_side import GAP as BETWEEN
from experiments.video_diffusion.drawings.side_by_side import side_by_side
from experiments.video_diffusion.drawings.strips import DPI, GAP, MARGIN, draw_strips
from experiments.video_diffusion.drawings.videos import CAPTIONS, TEASER
from experiments.video_diffusion.drawings.walk import LETTERS, SCALE
from showcase.language import font
from showcase.palette import ORANGE

matplotlib.use("agg")
PROVENANCE = Provenance("", "standard", (0,), "cpu", 1, "2026-01-01", 1.0, {})


def pixels(figure) -> np.ndarray:
    figure.set_dpi(DPI)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)


@pytest.mark.parametrize("seam", [1, 3])
def test_a_bar_stands_between_the_frames_of_a_seam_and_nowhere_else(seam):
    frames = np.full((5, 64, 64, 3), 128, np.uint8)
    picture = pixels(draw_strips([("a", "black", frames, [seam])]))
    orange = np.abs(picture - 255 * np.array(to_rgb(ORANGE))).max(-1) < 3
    columns = np.flatnonzero(orange.any(0))
    first = MARGIN + seam * (128 + GAP)
    between = range(first - GAP - 1, first + 1)
    assert len(columns) > GAP / 2 and set(columns) <= set(between)


def test_every_pixel_of_a_frame_is_shown_and_as_large_as_the_others():
    frames = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3), np.uint8)
    picture = pixels(draw_strips([("a", "black", frames, [])]))
    bottom = len(picture) - 2 * GAP - MARGIN // 2
    for k, frame in enumerate(frames):
        left = MARGIN + k * (128 + GAP)
        shown = picture[bottom - 128 : bottom, left : left + 128]
        assert np.abs(shown - frame.repeat(2, 0).repeat(2, 1)).mean() < 1


def test_films_side_by_side_keep_every_pixel_and_are_told_apart_where_a_note_stands():
    films = {name: np.random.default_rng(k).integers(0, 255, (3, 40, 40, 3), np.uint8) for k, name in enumerate("ab")}
    frames, noted = side_by_side(films, 2, 10, {0: "begin"}), side_by_side(films, 2, 10, {0: "begin", 2: "end"})
    band = frames.shape[1] - 80
    for place, film in enumerate(films.values()):
        left = place * (80 + BETWEEN)
        assert (frames[:, band:, left : left + 80] == film.repeat(2, 1).repeat(2, 2)).all()
    assert [(one == other).all() for one, other in zip(frames, noted, strict=True)] == [True, True, False]


def test_the_names_and_notes_of_the_walk_do_not_meet():
    for words in (("without memory", "back at the start"), ("with memory", "the start")):
        assert sum(font(LETTERS).getlength(word) for word in words) + LETTERS / 2 <= SCALE * 64


def test_no_caption_of_a_video_reaches_into_its_neighbours():
    assert all(font(13).getlength(CAPTIONS[name]) <= 128 for name in TEASER)


def test_every_rise_of_a_residual_is_counted():
    fall = np.geomspace(1, 1e-3, 8)[:, None].repeat(4, 1)
    plain = fall.copy()
    plain[[3, 5], [0, 2]] *= 50
    arrays = {"plain_residual": plain, "stabilised_residual": fall, "unguided_residual": np.ones((8, 4))}
    arrays |= {f"{name}_score_norm": np.ones((8, 4)) for name in ("plain", "stabilised", "injection", "unguided")}
    spread = {"final_spread": 1.0}
    values = {"steps": 8, "shown": {"largest": 0, "smallest": 1}, "plain": spread, "stabilised": spread}
    axes = guidance_curves(Result("guidance_curves", values, {}, PROVENANCE, arrays)).axes
    words = [" ".join(text.get_text() for text in axis.texts) for axis in axes]
    assert "rises 2 times" in words[0] and "never rises" in words[1]


def test_a_method_that_did_not_run_leaves_no_row():
    score = {"value": 0.5, "low": 0.4, "high": 0.6}
    rows = {name: dict.fromkeys(("seam_validity", "inner_validity", "seam_ratio"), score) for name in LABELS}
    del rows["hybrid"]
    few, none, many = (
        Result(part, values, {}, PROVENANCE)
        for part, values in (
            ("long_videos", {"methods": rows}),
            ("overview", {"comparison": {}}),
            ("overview", {"comparison": {"methods": {"truth": rows["truth"]}}}),
        )
    )
    assert names_in(seam_scores(none, few)) == [LABELS[name] for name in rows]
    assert names_in(seam_scores(many, few)) == [LABELS["truth"]]


def names_in(figure: Figure) -> list[str]:
    return [tick.get_text() for tick in figure.axes[0].get_yticklabels()]

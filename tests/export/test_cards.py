"""What stands on the cards of a list that has no rule of ours: pictures that glare on no page, dark or light."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments.errors import InputError
from showcase.export import cards, overlay
from showcase.export.adaptation import Choices, adapted
from showcase.frontmatter import entries, split_front
from showcase.palette import INK, ORANGE, PAPER

ROOT = Path(__file__).parents[2]


def rgb(colour: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)


def lightness(pixels: np.ndarray) -> np.ndarray:
    return pixels @ np.array([0.2126, 0.7152, 0.0722]) / 255


def saved(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def made(root: Path, path: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(overlay.content(root, cards.card(root, Path(path))))).convert("RGB"))


@pytest.fixture
def picture() -> np.ndarray:
    """Two frames of 20 × 20 pixels under a row of letters."""
    pixels = np.tile(rgb(PAPER), (40, 60, 1)).copy()
    pixels[4:8, 5:15] = rgb(INK)
    pixels[15:35, 5:25], pixels[15:35, 35:55] = (60, 150, 50), (110, 118, 140)
    return pixels


def test_the_ground_of_a_chart_turns_dark_and_its_colours_keep_their_hues(picture, tmp_path):
    picture[20, 20] = rgb(ORANGE)
    saved(tmp_path / "assets/img/a.png", picture)
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data/figures.json").write_text(json.dumps({"assets/img/a.png": {"chart": True}}))
    card = made(tmp_path, "assets/img/a.png")
    assert lightness(card[0, 0]) < 0.2 and lightness(card[5, 10]) > 0.8
    red, green, blue = card[20, 20].astype(int)
    assert red > green + 40 > blue + 40


def test_frames_stay_as_they_are_and_the_ground_around_them_turns_dark(picture, tmp_path):
    saved(tmp_path / "assets/img/a.png", picture)
    card = made(tmp_path, "assets/img/a.png")
    frames = (slice(15, 35), slice(5, 25)), (slice(15, 35), slice(35, 55))
    assert all((card[frame] == picture[frame]).all() for frame in frames)
    around = np.ones(card.shape[:2], bool)
    for frame in frames:
        around[frame] = False
    around[4:8, 5:15] = False
    assert (lightness(card[around]) < 0.2).all() and (lightness(card[5, 10]) > 0.8).all()


def test_a_photograph_of_the_owner_s_is_left_alone(tmp_path):
    saved(tmp_path / "assets/img/me.png", np.full((8, 8, 3), 255, np.uint8))
    (tmp_path / "assets/img/broken.png").write_bytes(b"no picture")
    for name in ("me.png", "broken.png", "missing.png", "me.jpg"):
        assert cards.card(tmp_path, Path("assets/img", name)).name == name


@pytest.mark.parametrize("sizes", ["{", "[]", '{"assets/img/a.png": 1}'])
def test_a_broken_list_of_pictures_is_told(tmp_path, sizes):
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data/figures.json").write_text(sizes)
    with pytest.raises(InputError, match="_data/figures.json: broken"):
        cards.is_chart(tmp_path, Path("assets/img/a.png"))


@pytest.mark.parametrize("page", sorted((ROOT / "_projects").glob("*.md")), ids=lambda path: path.name)
def test_every_page_of_ours_that_has_a_card_has_a_dark_one(page):
    text = adapted(ROOT, page, page.read_text(encoding="utf-8"), Choices(), [], "", "https://example.org")
    front = {key: line.partition(":")[2].strip() for key, line in entries(split_front(text)[0]).items()}
    if front["category"].startswith("study"):
        assert not front["img"].endswith(".card.png")
        return
    assert Path(front["img"]) in overlay.shown(text) and not front["og_image"].endswith(".card.png")
    pixels = np.asarray(Image.open(BytesIO(overlay.content(ROOT, Path(front["img"])))))
    assert lightness(pixels[0, 0]) < 0.2 and not (pixels == rgb(PAPER)).all(-1).any()

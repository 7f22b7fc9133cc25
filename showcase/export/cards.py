"""The picture on a project's card in an al-folio site.

A page of ours brings its own rule for dark pages (showcase.export.adaptation), a list of projects is the site's and has
none. So a card's picture has to suit a light and a dark list alike: its ground turns dark, as this site shows charts on
dark pages, and video frames on it stay as they are. It is made on the way and kept there alone.
"""

import json
from io import BytesIO
from pathlib import Path

import numpy as np

from experiments.errors import InputError
from showcase.palette import PAPER

MARK = ".card"
SIZES = Path("_data/figures.json")
GREY = 40  # of 255; how far the channels of paper, ink and what lies between may be apart
INVERT = 0.93  # as in theme/_styles/colours.css
# What CSS calls hue-rotate(180deg): colours that were inverted have their old hues after it.
HUES = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def card(root: Path, path: Path) -> Path:
    """The picture that goes on a card instead of `path`; `path` itself where its ground is not that of our figures."""
    return path.with_suffix(MARK + path.suffix) if path.suffix == ".png" and _on_paper(root / path) else path


def source(root: Path, path: Path) -> Path | None:
    """The picture here that a card is made of; None when `path` is no card."""
    stem = path.stem.removesuffix(MARK)
    found = root / path.with_name(stem + path.suffix)
    return found if stem != path.stem and found.is_file() else None


def content(root: Path, path: Path) -> bytes:
    """The card's PNG."""
    from PIL import Image

    origin = source(root, path)
    with Image.open(origin) as picture:
        light = np.asarray(picture.convert("RGB"))
    dark = np.clip((INVERT - (2 * INVERT - 1) * (light / 255)) @ HUES.T, 0, 1)
    turned = np.ones(light.shape[:2], bool) if is_chart(root, origin.relative_to(root)) else ground(light)
    made = BytesIO()
    pixels = np.where(turned[..., None], np.round(dark * 255).astype(np.uint8), light)
    Image.fromarray(pixels).save(made, format="PNG", optimize=True)
    return made.getvalue()


def ground(pixels: np.ndarray) -> np.ndarray:
    """Where a picture (H, W, 3) uint8 of video frames has its ground, lettering with it, as (H, W) bool: rows that hold
    paper and grey letters alone, and columns of paper between the frames of the other rows."""
    paper = (pixels == np.frombuffer(bytes.fromhex(PAPER[1:]), np.uint8)).all(-1)
    grey = np.ptp(pixels.astype(int), axis=-1) < GREY
    rows = (paper.mean(1) > 0.3) & grey.all(1)
    return rows[:, None] | paper[~rows].all(0)[None, :]


def is_chart(root: Path, path: Path) -> bool:
    """Whether there is nothing but lines and letters in a picture, so that it may be turned dark. Raises InputError."""
    try:
        told = json.loads((root / SIZES).read_text(encoding="utf-8")) if (root / SIZES).is_file() else {}
        return bool(told.get(path.as_posix(), {}).get("chart"))
    except (ValueError, AttributeError) as error:
        raise InputError(f"{SIZES}: broken; delete it, and `python build_figures.py` makes it again") from error


def _on_paper(path: Path) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            return "#{:02x}{:02x}{:02x}".format(*picture.convert("RGB").getpixel((0, 0))) == PAPER
    except (OSError, UnidentifiedImageError):
        return False

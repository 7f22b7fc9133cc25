"""Films of one path side by side, the name of each above it."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from showcase.language import font, spoken
from showcase.palette import INK, MUTED, PAPER

GAP = 8  # pixels between two films
LINE = 1.45  # height of the band above them, in heights of its letters


def side_by_side(
    films: Mapping[str, np.ndarray], scale: int, letters: int, notes: Mapping[int, str] | None = None
) -> np.ndarray:
    """Frames (T, H, W, 3) uint8 of films (T, h, w, 3) by their names, every pixel `scale` pixels wide.

    `notes` maps numbers of frames to what stands at the right of each name there.
    """
    band, face = round(LINE * letters), font(letters)
    length, height, width = next(iter(films.values())).shape[:3]
    side = scale * width
    size = (len(films) * (side + GAP) - GAP, scale * height + band)
    frames = []
    for k in range(length):
        canvas = Image.new("RGB", size, PAPER)
        pen = ImageDraw.Draw(canvas)
        for place, (name, film) in enumerate(films.items()):
            x = place * (side + GAP)
            picture = Image.fromarray(film[k]).resize((side, scale * height), Image.Resampling.NEAREST)
            canvas.paste(picture, (x, band))
            if not notes:
                pen.text((x + side / 2, band / 2), spoken(name), fill=INK, font=face, anchor="mm")
                continue
            pen.text((x + 2, band / 2), spoken(name), fill=INK, font=face, anchor="lm")
            if k in notes:
                pen.text((x + side - 2, band / 2), spoken(notes[k]), fill=MUTED, font=face, anchor="rm")
        frames.append(np.asarray(canvas))
    return np.stack(frames)

"""Rows of frames with their seams, every frame's pixel a whole number of the picture's."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from showcase.palette import MUTED, ORANGE

DPI = 200  # of the style: what a picture is saved with
GAP, BAR, MARGIN = 8, 8, 20  # pixels between frames; width of a seam's mark; around everything

Row = tuple[str, str, np.ndarray, Sequence[int]]  # title, colour, frames (N, H, W, 3), places of seams in them


def draw_strips(rows: Sequence[Row], note: str = "", scale: int = 2) -> Figure:
    """All rows have as many frames. An orange bar in front of a frame marks a seam; `note` stands below."""
    count, side = len(rows[0][2]), scale * rows[0][2].shape[1]
    width = count * (side + GAP) - GAP + 2 * MARGIN
    points = 0.0097 * width  # a title as large on a phone, whatever the width
    line = round(1.5 * points * DPI / 72)
    height = len(rows) * (line + side + 2 * GAP) + (line if note else 0) + MARGIN
    figure = plt.figure(figsize=(width / DPI, height / DPI), layout="none")
    for number, (title, colour, frames, seams) in enumerate(rows):
        top = MARGIN / 2 + number * (line + side + 2 * GAP)
        bottom = 1 - (top + line + side) / height
        figure.text(
            MARGIN / width, 1 - (top + 0.72 * line) / height, title, color=colour, fontsize=points, weight="bold"
        )
        for place, frame in enumerate(frames):
            left = MARGIN + place * (side + GAP)
            axis = figure.add_axes((left / width, bottom, side / width, side / height))
            axis.imshow(frame, aspect="auto")
            axis.set_axis_off()
        for seam in seams:
            x = (MARGIN + seam * (side + GAP) - (GAP + BAR) / 2) / width
            figure.add_artist(Rectangle((x, bottom - GAP / height), BAR / width, (side + 2 * GAP) / height, fc=ORANGE))
    if note:
        figure.text(
            1 - MARGIN / width,
            (MARGIN / 2 + 0.3 * line) / height,
            note,
            ha="right",
            va="bottom",
            fontsize=0.85 * points,
            color=MUTED,
        )
    return figure

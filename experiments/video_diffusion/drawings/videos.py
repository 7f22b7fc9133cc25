"""Videos as pictures: side by side in motion, as film strips, as a contact sheet."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS, rows_of
from experiments.video_diffusion.drawings.strips import draw_strips
from showcase.drawing import Animation
from showcase.language import font, spoken
from showcase.palette import INK, MUTED, ORANGE, PAPER

FPS = 6
# The owner's three methods between ceiling and floor; what goes beyond them ends with his planned next step.
STORY = ("truth", "independent", "history_guidance", "reconstruction_guidance", "feature_injection")
BEYOND = tuple(name for name in LABELS if name not in STORY)
TEASER = (
    "truth",
    "history_guidance",
    "reconstruction_guidance",
    "independent",
    "feature_injection",
    "per_frame_guidance",
)
# No caption is wider than its video.
CAPTIONS = LABELS | {"reconstruction_guidance": "reconstr. guidance", "per_frame_guidance": "per-frame, guided"}


def long_videos(result: Result, scale: int = 2, gap: int = 8, band: int = 22, columns: int = 3) -> Animation:
    """Videos from the same start; a label is orange, and its frame framed, at the first frame of a clip."""
    names = [name for name in TEASER if name in rows_of(result.values)]
    given, side = result.values["given"], 64 * scale
    rows = -(-len(names) // columns)
    size = (columns * (side + gap) - gap, rows * (side + band + gap) - gap)
    frames, letters = [], font(13)
    for k in range(len(result.arrays["truth"])):
        canvas = Image.new("RGB", size, PAPER)
        pen = ImageDraw.Draw(canvas)
        for place, name in enumerate(names):
            x, y = place % columns * (side + gap), place // columns * (side + band + gap)
            picture = Image.fromarray(result.arrays[name][k]).resize((side, side), Image.Resampling.NEAREST)
            canvas.paste(picture, (x, y + band))
            label, colour = CAPTIONS[name], INK
            if k < given and name != "truth":
                label, colour = "given", MUTED
            elif name != "truth" and k in result.arrays[f"{name}_seams"]:
                colour = ORANGE
                pen.rectangle((x, y + band, x + side - 1, y + band + side - 1), outline=ORANGE, width=4)
            pen.text((x + side / 2, y + band / 2), spoken(label), fill=colour, font=letters, anchor="mm")
        frames.append(np.asarray(canvas))
    return Animation(np.stack(frames), fps=FPS, poster=given + 14, gif_every=3, gif_colours=64)


def long_video(result: Result, name: str) -> Animation:
    """One method's video alone, large."""
    frames = result.arrays[name].repeat(3, axis=1).repeat(3, axis=2)
    return Animation(frames, fps=FPS, poster=result.values["given"] + 14, gif_colours=96)


def film_strips(result: Result, names: Sequence[str], every: int = 3, columns: int = 8) -> Figure:
    """Every third frame around the first seams, of the methods in `names` that ran."""
    first = result.values["given"] - 3
    shown = list(range(first, result.values["frames"], every))[:columns]
    rows = []
    for name in rows_of(result.values):
        if name in names:
            places = np.searchsorted(shown, result.arrays[f"{name}_seams"])
            seams = [] if name == "truth" else sorted({int(place) for place in places if 0 < place < len(shown)})
            rows.append((LABELS[name], COLOURS[name], result.arrays[name][shown], seams))
    return draw_strips(rows, f"every {every}rd frame from frame {first}; orange bars are seams")


def contact_sheet(result: Result, columns: int = 4) -> np.ndarray:
    """Pixels (H, W, 3) of the first clips that were sampled, every second frame of each: nothing was chosen."""
    strips = [
        np.concatenate([np.pad(frame, [(1, 1), (1, 1), (0, 0)], constant_values=255) for frame in clip], 1)
        for clip in result.arrays["clips"]
    ]
    gap = np.full((len(strips[0]), 24, 3), 255, np.uint8)
    rows = []
    for k in range(0, len(strips) // columns * columns, columns):
        between = [part for strip in strips[k : k + columns] for part in (strip, gap)]
        rows.append(np.concatenate(between[:-1], 1))
    return np.concatenate(rows)

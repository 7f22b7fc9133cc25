"""Videos as pictures: side by side in motion, as film strips, as a contact sheet."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS
from showcase.drawing import Animation
from showcase.palette import INK, MUTED, ORANGE, PAPER

FPS = 6
FONT = ImageFont.truetype(plt.matplotlib.font_manager.findfont("DejaVu Sans"), 13)


def long_videos(result: Result, scale: int = 2, gap: int = 8, band: int = 24) -> Animation:
    """All methods from the same start; the label turns orange while the last seam is one frame away."""
    videos = [result.arrays[name] for name in LABELS]
    given, side = result.values["given"], 64 * scale
    width = len(videos) * side + (len(videos) - 1) * gap
    frames = []
    for k in range(len(videos[0])):
        canvas = Image.new("RGB", (width, side + band), PAPER)
        pen = ImageDraw.Draw(canvas)
        for column, (name, video) in enumerate(zip(LABELS, videos, strict=True)):
            x = column * (side + gap)
            picture = Image.fromarray(video[k]).resize((side, side), Image.Resampling.NEAREST)
            canvas.paste(picture, (x, band))
            label, colour = LABELS[name].replace("reconstruction", "recon."), INK
            if k < given and name != "truth":
                label, colour = "given", MUTED
            elif name != "truth" and k in result.arrays[f"{name}_seams"]:
                colour = ORANGE
            pen.text((x + side / 2, band / 2), label, fill=colour, font=FONT, anchor="mm")
        frames.append(np.asarray(canvas))
    return Animation(np.stack(frames), fps=FPS, poster=given + 14, gif_every=3, gif_colours=40)


def long_video(result: Result, name: str) -> Animation:
    """One method's video alone, large."""
    frames = result.arrays[name].repeat(3, axis=1).repeat(3, axis=2)
    return Animation(frames, fps=FPS, poster=result.values["given"] + 14, gif_colours=48)


def film_strips(result: Result, every: int = 3, columns: int = 14) -> Figure:
    """Every third frame around the first seams; a tick above a frame marks a seam since the one before."""
    first = result.values["given"] - 3
    shown = list(range(first, result.values["frames"], every))[:columns]
    figure, axes = plt.subplots(len(LABELS), 1, figsize=(7.2, 4.3))
    for axis, (name, label) in zip(axes, LABELS.items(), strict=True):
        strip = np.concatenate(
            [np.pad(result.arrays[name][k], [(0, 0), (1, 1), (0, 0)], constant_values=255) for k in shown], 1
        )
        axis.imshow(strip, aspect="equal")
        axis.set_axis_off()
        axis.set_title(label, fontsize=9.5, color=COLOURS[name], pad=3)
        if name != "truth":
            for seam in result.arrays[f"{name}_seams"]:
                place = np.searchsorted(shown, seam)
                if 0 < place < len(shown):
                    axis.plot([66 * place] * 2, [-5, 63.5], color=ORANGE, lw=1.4, clip_on=False)
    figure.text(
        1,
        0,
        f"every {every}rd frame from frame {first}; orange lines are seams",
        ha="right",
        va="bottom",
        fontsize=9,
        color=MUTED,
    )
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96), h_pad=0.01)
    return figure


def contact_sheet(result: Result, columns: int = 4) -> Figure:
    """The first clips that were sampled, every second frame of each: nothing was chosen."""
    strips = [
        np.concatenate([np.pad(frame, [(1, 1), (1, 1), (0, 0)], constant_values=255) for frame in clip], 1)
        for clip in result.arrays["clips"]
    ]
    gap = np.full((len(strips[0]), 24, 3), 255, np.uint8)
    rows = []
    for k in range(0, len(strips) // columns * columns, columns):
        between = [part for strip in strips[k : k + columns] for part in (strip, gap)]
        rows.append(np.concatenate(between[:-1], 1))
    sheet = np.concatenate(rows)
    figure, axis = plt.subplots(figsize=(7.2, 7.2 * sheet.shape[0] / sheet.shape[1]))
    axis.imshow(sheet)
    axis.set_axis_off()
    return figure

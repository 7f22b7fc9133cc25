"""Animations that play everywhere: full-frame opaque GIF, H.264 MP4 and a PNG poster.

GIF optimisers store only what changed between frames. Image pipelines that turn such a GIF into WebP smear or freeze
it, so every frame here covers the canvas. Quality comes from one palette for the whole clip instead.
"""

from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import Image

from experiments.results import atomic
from showcase.drawing import Animation


def save_gif(animation: Animation, path: Path) -> None:
    """Write a looping GIF whose every frame covers the canvas and is opaque."""
    frames = animation.frames[:: animation.gif_every]
    # One palette from a sample of frames: no flicker between frames and a small file.
    step = max(1, len(frames) // 16)
    sample = Image.fromarray(np.concatenate(frames[::step], axis=0))
    palette = sample.quantize(animation.gif_colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    images = [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    with atomic(path) as file:
        images[0].save(
            file,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=round(1000 * animation.gif_every / animation.fps),
            loop=0,
            optimize=False,
            disposal=2,
        )


def save_mp4(animation: Animation, path: Path, quality: int = 24) -> None:
    """Write H.264, yuv420p, with its index in front (plays while it loads). Odd sides are padded by one pixel."""
    frames = animation.frames
    pad = [(0, 0), (0, frames.shape[1] % 2), (0, frames.shape[2] % 2), (0, 0)]
    with atomic(path) as file:
        iio.imwrite(
            file.name,
            np.pad(frames, pad, mode="edge"),
            plugin="FFMPEG",
            fps=animation.fps,
            codec="libx264",
            macro_block_size=2,
            output_params=["-crf", str(quality), "-movflags", "+faststart"],
        )


def save_animation(animation: Animation, path: Path) -> None:
    """Write `path` with the suffixes .gif, .mp4 and .png (the poster)."""
    save_gif(animation, path.with_suffix(".gif"))
    save_mp4(animation, path.with_suffix(".mp4"))
    with atomic(path.with_suffix(".png")) as file:
        Image.fromarray(animation.frames[animation.poster]).save(file, format="PNG", optimize=True)

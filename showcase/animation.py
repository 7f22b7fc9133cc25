"""Animations that play everywhere: full-frame opaque GIF, H.264 MP4 and a PNG poster.

GIF optimisers store only what changed between frames. Image pipelines that turn such a GIF into WebP smear or freeze
it, so every frame here covers the canvas. Quality comes from one palette for the whole clip instead.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from experiments.files import atomic
from experiments.film import Mp4
from showcase.drawing import Animation

LEVELS = 16  # of a channel; what falls into one level of each counts as one colour


def save_gif(animation: Animation, path: Path) -> None:
    """Write a looping GIF whose every frame covers the canvas and is opaque."""
    frames = animation.frames[:: animation.gif_every]
    palette = palette_of(frames, animation.gif_colours)
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


def palette_of(frames: np.ndarray, colours: int) -> Image.Image:
    """An image whose palette suits all frames (T, H, W, 3), so that nothing flickers.

    Similar colours count by the root of their pixels: if each pixel had a vote, the many shades of what is large would
    take the palette, and what is small and bright, a poster or a mark, would turn grey.
    """
    pixels = frames.reshape(-1, 3)
    kind = (pixels // (256 // LEVELS)).astype(int) @ (LEVELS**2, LEVELS, 1)
    count = np.bincount(kind)
    sums = np.stack([np.bincount(kind, channel) for channel in pixels.T], axis=1)
    there = count > 0
    mean = (sums[there] / count[there, None]).round().astype(np.uint8)
    votes = np.repeat(mean, np.sqrt(count[there]).round().astype(int), axis=0)
    method = Image.Quantize.MEDIANCUT
    return Image.fromarray(votes[None]).quantize(colours, method=method, kmeans=2, dither=Image.Dither.NONE)


def save_mp4(animation: Animation, path: Path, quality: int = 24) -> None:
    """Write H.264, yuv420p, with its index in front (plays while it loads). Odd sides are padded by one pixel."""
    frames = animation.frames
    pad = [(0, 0), (0, frames.shape[1] % 2), (0, frames.shape[2] % 2), (0, 0)]
    with Mp4(path, animation.fps, quality) as film:
        film.add(np.pad(frames, pad, mode="edge"))


def save_animation(animation: Animation, path: Path) -> None:
    """Write `path` with the suffixes .gif, .mp4 and .png (the poster)."""
    save_gif(animation, path.with_suffix(".gif"))
    save_mp4(animation, path.with_suffix(".mp4"))
    with atomic(path.with_suffix(".png")) as file:
        Image.fromarray(animation.frames[animation.poster]).save(file, format="PNG", optimize=True)

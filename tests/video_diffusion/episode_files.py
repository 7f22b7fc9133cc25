"""A short walk, and how to write it as each kind of file."""

from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import Image

from experiments.video_diffusion.data import MazeWalks

WALK = MazeWalks("train", 24).episode(3).frames


def write_npz(path: Path, frames: np.ndarray = WALK, **arrays) -> Path:
    np.savez(path, video=frames, **arrays)
    return path


def write_frames(folder: Path, frames: np.ndarray = WALK, suffix: str = "png", **options) -> Path:
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"frame{number}.{suffix}", **options)
    return folder


def write_film(path: Path, frames: np.ndarray = WALK, front: bool = False) -> Path:
    options = ["-crf", "12", *(["-movflags", "+faststart"] if front else [])]
    iio.imwrite(path, frames, plugin="FFMPEG", fps=6, codec="libx264", macro_block_size=2, output_params=options)
    return path


def write_gif(path: Path, frames: np.ndarray = WALK) -> Path:
    iio.imwrite(path, frames, duration=100, loop=0)
    return path

"""A video as one picture: its frames row by row. As WebP three hundred frames are a quarter of a megabyte."""

import io

import numpy as np
from PIL import Image

COLUMNS = 8


def sheet(frames: np.ndarray, columns: int = COLUMNS) -> np.ndarray:
    """Frames (T, H, W, 3) → (rows·H, columns·W, 3); white where the last row has no frames."""
    empty = np.full((-len(frames) % columns, *frames.shape[1:]), 255, np.uint8)
    grid = np.concatenate([frames, empty])
    rows, (height, width) = len(grid) // columns, grid.shape[1:3]
    grid = grid.reshape(rows, columns, height, width, 3).transpose(0, 2, 1, 3, 4)
    return grid.reshape(rows * height, columns * width, 3)


def frames_of(picture: np.ndarray, count: int, columns: int = COLUMNS) -> np.ndarray:
    """The inverse of `sheet`: the first `count` frames (count, H, W, 3)."""
    height, width = picture.shape[0] // -(-count // columns), picture.shape[1] // columns
    grid = picture.reshape(-1, height, columns, width, 3).transpose(0, 2, 1, 3, 4)
    return grid.reshape(-1, height, width, 3)[:count]


def packed(frames: np.ndarray, quality: int = 90) -> np.ndarray:
    """Frames (T, H, W, 3) uint8 → the bytes (n,) of a WebP picture of their sheet, for a result's array."""
    target = io.BytesIO()
    Image.fromarray(sheet(frames)).save(target, format="WEBP", quality=quality, method=6)
    return np.frombuffer(target.getvalue(), np.uint8)


def unpacked(content: np.ndarray, count: int) -> np.ndarray:
    """Close to what was `packed`: frames (count, H, W, 3) uint8."""
    return frames_of(np.asarray(Image.open(io.BytesIO(content.tobytes())).convert("RGB")), count)

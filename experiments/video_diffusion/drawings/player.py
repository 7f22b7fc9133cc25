"""The same videos for a player that moves them all by one clock: a sheet of frames each, and what the player reads."""

import numpy as np

from experiments.results import Result
from experiments.video_diffusion.drawings.names import CHINESE, LABELS, rows_of

FRAMES, COLUMNS, FPS = 64, 8, 8


def sprite(result: Result, name: str) -> np.ndarray:
    """The first frames of a method's video, row by row, as one picture (rows·64, columns·64, 3)."""
    frames = result.arrays[name][:FRAMES]
    empty = np.full((-len(frames) % COLUMNS, *frames.shape[1:]), 255, np.uint8)
    grid = np.concatenate([frames, empty])
    rows, (height, width) = len(grid) // COLUMNS, grid.shape[1:3]
    grid = grid.reshape(rows, COLUMNS, height, width, 3).transpose(0, 2, 1, 3, 4)
    return grid.reshape(rows * height, COLUMNS * width, 3)


def player(result: Result) -> dict:
    """Where each video's sheet is, what it is called, and at which frames its clips meet."""
    frames = min(FRAMES, result.values["frames"])
    rows = []
    for name in rows_of(result.values):
        seams = [] if name == "truth" else [int(seam) for seam in result.arrays[f"{name}_seams"] if seam < frames]
        labels = {"label_en": LABELS[name], "label_zh": CHINESE[name]}
        rows.append({"name": name, **labels, "sprite": f"long_{name}_sprite.webp", "seams": seams})
    size = {"frames": frames, "columns": COLUMNS, "cell": result.arrays["truth"].shape[1]}
    return {**size, "fps": FPS, "given": result.values["given"], "rows": rows}

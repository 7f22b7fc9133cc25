"""The same videos for a player that shows two of them by one clock: a sheet of frames each, and what it reads."""

import numpy as np

from experiments.results import Result
from experiments.video_diffusion.data.frame_sheet import COLUMNS, sheet, unpacked
from experiments.video_diffusion.drawings.names import CHINESE, LABELS, rows_of

FRAMES, FPS, LONG_FPS = 64, 8, 12
WALKS = ("truth", "feature_injection", "per_frame_guidance")  # those that `drift` keeps whole


def sprite(result: Result, name: str) -> np.ndarray:
    """The first frames of a method's video, row by row, as one picture (rows·64, columns·64, 3)."""
    return sheet(result.arrays[name][:FRAMES])


def walk_sprite(result: Result, name: str) -> np.ndarray:
    """All frames of a method's long walk."""
    return sheet(unpacked(result.arrays[f"{name}_walk"], result.values["frames"]))


def player(long_videos: Result, drift: Result) -> dict:
    """Of each video its sheet, its name, at which frames its clips meet and what the judge says of each; `long` has the
    same of the walks to frame 300."""
    frames = min(FRAMES, long_videos.values["frames"])
    names = list(rows_of(long_videos.values))
    short = {
        "frames": frames,
        "fps": FPS,
        "rows": [_row(long_videos, name, frames, f"long_{name}_sprite") for name in names],
    }
    walks = [name for name in WALKS if f"{name}_walk" in drift.arrays]
    length = drift.values["frames"]
    long = {
        "frames": length,
        "fps": LONG_FPS,
        "rows": [_row(drift, name, length, f"walk_{name}_sprite") for name in walks],
    }
    size = {"columns": COLUMNS, "cell": long_videos.arrays["truth"].shape[1], "given": long_videos.values["given"]}
    return size | short | ({"long": long} if len(walks) > 1 else {})


def _row(result: Result, name: str, frames: int, sheet_name: str) -> dict:
    """Real video has no seams: its marks are where injection's would be, for comparison."""
    seams, plausible = result.arrays[f"{name}_seams"], result.arrays[f"{name}_plausible"]
    met = [(int(seam), int(verdict)) for seam, verdict in zip(seams, plausible, strict=True) if seam < frames]
    return {
        "name": name,
        "label_en": LABELS[name],
        "label_zh": CHINESE[name],
        "real": name == "truth",
        "sprite": f"{sheet_name}.webp",
        "seams": [seam for seam, _ in met],
        "verdicts": [verdict for _, verdict in met],
    }

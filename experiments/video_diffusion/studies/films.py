"""Videos that a record shows: their packed frames in NAME.npz beside NAME.json, a hundredth of what they hold."""

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from experiments.errors import InputError
from experiments.files import atomic
from experiments.video_diffusion.data.frame_sheet import packed, unpacked

LENGTH = "frames"  # under which the file tells how many frames each video has


def save(folder: Path, name: str, videos: Mapping[str, np.ndarray]) -> None:
    """`videos` are (T, 64, 64, 3) uint8, all equally long."""
    (length,) = {len(video) for video in videos.values()}
    with atomic(folder / f"{name}.npz") as file:
        np.savez(file, **{LENGTH: length}, **{key: packed(video) for key, video in sorted(videos.items())})


def load(folder: Path, name: str) -> dict[str, np.ndarray]:
    """What was saved, nearly; nothing where there is no file. Raises InputError for a broken one."""
    path = folder / f"{name}.npz"
    if not path.is_file():
        return {}
    try:
        with np.load(path) as file:
            length = int(file[LENGTH])
            return {key: unpacked(file[key], length) for key in file.files if key != LENGTH}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        cure = f"`git checkout -- {path.name}` brings it back"
        raise InputError(f"{path}: broken ({type(error).__name__}); {cure}") from error

"""One reader a kind of file: DMLab .npz, GIF, film, folder of frames. The kind is told from the content."""

import os
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence

from experiments.video_diffusion.data.dataset import SIDE, BadEpisode, Episode

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # the reader says what is wrong, in one line
import cv2  # noqa: E402

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

FILMS = (".npz", ".mp4", ".gif", ".webm", ".mov", ".avi", ".mkv")
IMAGES = (".png", ".jpg", ".jpeg")


def read(path: Path, resize: str | None = None) -> Episode:
    """The whole episode at `path`, with frames (T, 64, 64, 3) uint8. Raises BadEpisode."""
    try:
        start = b"" if path.is_dir() else path.open("rb").read(6)
        if path.is_dir():
            frames, actions = read_frames(path), None
        elif start[:2] == b"PK":
            frames, actions = read_npz(path)
        else:
            frames, actions = (read_gif if start in (b"GIF87a", b"GIF89a") else read_film)(path), None
    except BadEpisode:
        raise
    except Exception as error:  # from a damaged file decoders raise nearly anything: zlib.error, TokenError, IndexError
        raise BadEpisode(f"{path}: cannot be read ({_one_line(error)})") from error
    return Episode(fit(path, frames, resize), actions=actions, name=path.name)


def read_npz(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Key `video` (T, H, W, 3) uint8 and, where it is there, `actions` (T, …)."""
    with np.load(path, allow_pickle=False) as stored:
        if "video" not in stored.files:
            raise BadEpisode(f"{path}: no array 'video' (it has: {', '.join(stored.files) or 'none'})")
        video = stored["video"]
        actions = stored["actions"] if "actions" in stored.files else None
    if video.dtype != np.uint8:
        raise BadEpisode(f"{path}: video is {video.dtype}; save it as uint8, 0 to 255")
    if video.ndim != 4 or video.shape[3] != 3:
        raise BadEpisode(f"{path}: video has shape {video.shape}; (T, {SIDE}, {SIDE}, 3) is needed")
    if actions is not None and actions.shape[:1] != video.shape[:1]:
        raise BadEpisode(f"{path}: actions of shape {actions.shape} for {len(video)} frames; one a frame is needed")
    return video, actions


def read_gif(path: Path) -> np.ndarray:
    # Pillow takes the end of the file for the end of the film, wherever it was cut.
    if path.read_bytes().rstrip(b"\0")[-1:] != b";":
        raise BadEpisode(f"{path}: broken: ends without the mark of a GIF's end")
    with Image.open(path) as image:
        return np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)])


def read_film(path: Path) -> np.ndarray:
    """All frames that the file announces; one that ends early is refused, not shortened."""
    film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    announced, frames = int(film.get(cv2.CAP_PROP_FRAME_COUNT)), []
    while (got := film.read())[0]:
        frames.append(cv2.cvtColor(got[1], cv2.COLOR_BGR2RGB))
    film.release()
    if not frames:
        raise BadEpisode(f"{path}: no video that can be read (.npz, GIF or film)")
    # Containers without an index announce a rounded duration × rate.
    if len(frames) < 0.98 * announced - 1:
        raise BadEpisode(f"{path}: broken: ends after {len(frames)} of {announced} frames")
    return np.stack(frames)


def read_frames(folder: Path) -> np.ndarray:
    """The pictures of a folder in natural order (2 before 10)."""
    paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGES and not path.name.startswith(".")]
    if not paths:
        raise BadEpisode(f"{folder}: no pictures in it ({', '.join(IMAGES)})")
    frames = []
    for path in sorted(paths, key=lambda path: natural(path.name)):
        try:
            with Image.open(path) as image:
                if image.mode[0] in "IF":
                    raise BadEpisode(f"{path}: more than 8 bits a channel; save it as 8-bit RGB")
                frames.append(np.asarray(image.convert("RGB")))
        except BadEpisode:
            raise
        except Exception as error:
            raise BadEpisode(f"{path}: cannot be read ({_one_line(error)})") from error
        if frames[-1].shape != frames[0].shape:
            height, width = frames[-1].shape[:2]
            raise BadEpisode(f"{path}: {width}×{height}, unlike the frames before it")
    return np.stack(frames)


def fit(path: Path, frames: np.ndarray, resize: str | None) -> np.ndarray:
    """Frames of any size → 64×64, when `resize` allows it."""
    height, width = frames.shape[1:3]
    if height == width == SIDE:
        return frames
    if resize is None:
        raise BadEpisode(
            f"{path}: frames are {width}×{height} instead of {SIDE}×{SIDE}; add ':resize=crop' or ':resize=stretch'"
        )
    return np.stack(
        [cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for frame in RESIZERS[resize](frames)]
    )


def middle_square(frames: np.ndarray) -> np.ndarray:
    side = min(frames.shape[1:3])
    top, left = ((extent - side) // 2 for extent in frames.shape[1:3])
    return frames[:, top : top + side, left : left + side]


RESIZERS = {"crop": middle_square, "stretch": lambda frames: frames}


def natural(name: str) -> list:
    """Sort key that puts frame 2 before frame 10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

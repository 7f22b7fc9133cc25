"""One reader a kind of file: DMLab .npz, GIF, film, folder of frames. The kind is told from the content."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageOps, ImageSequence

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SIDE, BadEpisode, Episode
from experiments.video_diffusion.data.pick import EVERY_FRAME, Pick

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # the reader says what is wrong, in one line
import cv2  # noqa: E402

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

FILMS = (".npz", ".mp4", ".gif", ".webm", ".mov", ".avi", ".mkv", ".m4v", ".mpg", ".mpeg", ".ts", ".wmv")
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


@dataclass(frozen=True)
class Opened:
    """Frames (H, W, 3) uint8 one after the other, how many a second, and what was recorded beside them."""

    frames: Iterable[np.ndarray]
    pace: float | None = None
    actions: np.ndarray | None = None


def read(path: Path, resize: str | None = None, pick: Pick = EVERY_FRAME) -> Episode:
    """The frames that `pick` takes of the episode at `path`, (T, 64, 64, 3) uint8. A frame is made small as soon as it
    is read, so that a long film takes little memory. Raises BadEpisode."""
    try:
        start = b"" if path.is_dir() else path.open("rb").read(6)
        if path.is_dir():
            opened = read_frames(path)
        elif start[:2] == b"PK":
            opened = read_npz(path)
        else:
            opened = (read_gif if start in (b"GIF87a", b"GIF89a") else read_film)(path)
        frames, taken = [], []
        for number, frame in enumerate(opened.frames):
            if pick.takes(number, opened.pace):
                frames.append(fit(path, frame, resize))
                taken.append(number)
    except BadEpisode:
        raise
    except InputError as error:
        raise BadEpisode(f"{path}: {error}") from error
    except Exception as error:  # from a damaged file decoders raise nearly anything: zlib.error, TokenError, IndexError
        raise BadEpisode(f"{path}: cannot be read ({_one_line(error)})") from error
    actions = opened.actions if opened.actions is None else opened.actions[taken]
    return Episode(np.stack(frames), actions=actions, name=path.name, fps=pick.pace(opened.pace))


def read_npz(path: Path) -> Opened:
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
    return Opened(video, actions=actions)


def read_gif(path: Path) -> Opened:
    # Pillow takes the end of the file for the end of the film, wherever it was cut.
    if path.read_bytes().rstrip(b"\0")[-1:] != b";":
        raise BadEpisode(f"{path}: broken: ends without the mark of a GIF's end")
    with Image.open(path) as image:
        milliseconds = image.info.get("duration", 0)
    return Opened(_gif_frames(path), 1000 / milliseconds if milliseconds else None)


def _gif_frames(path: Path) -> Iterator[np.ndarray]:
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGB"))


def read_film(path: Path) -> Opened:
    """Frames of a film; one that ends earlier than the file announces is refused at its end, not shortened."""
    film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    pace, announced = film.get(cv2.CAP_PROP_FPS), int(film.get(cv2.CAP_PROP_FRAME_COUNT))
    found, first = film.read()
    if not found:  # AV1, which the FFmpeg of imageio reads
        film.release()
        return _read_by_imageio(path)
    return Opened(_film_frames(path, film, first, announced), pace if pace > 0 else None)


def _film_frames(path: Path, film: cv2.VideoCapture, frame: np.ndarray, announced: int) -> Iterator[np.ndarray]:
    count, found = 0, True
    while found:
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        count += 1
        found, frame = film.read()
    film.release()
    # Containers without an index announce a rounded duration × rate.
    if count < 0.98 * announced - 1:
        raise BadEpisode(f"{path}: broken: ends after {count} of {announced} frames")


def _read_by_imageio(path: Path) -> Opened:
    frames = imageio_ffmpeg.read_frames(path)
    try:
        told = next(frames)
    except (OSError, RuntimeError, StopIteration) as error:
        raise BadEpisode(f"{path}: no video that can be read (.npz, GIF or film)") from error
    width, height = told["size"]
    return Opened((np.frombuffer(raw, np.uint8).reshape(height, width, 3) for raw in frames), told["fps"] or None)


def read_frames(folder: Path) -> Opened:
    """The pictures of a folder in natural order (2 before 10)."""
    paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGES and not path.name.startswith(".")]
    if not paths:
        raise BadEpisode(f"{folder}: no pictures in it ({', '.join(IMAGES)})")
    return Opened(_pictures(sorted(paths, key=lambda path: natural(path.name))))


def _pictures(paths: list[Path]) -> Iterator[np.ndarray]:
    shape = None
    for path in paths:
        try:
            with Image.open(path) as image:
                if image.mode[0] in "IF":
                    raise BadEpisode(f"{path}: more than 8 bits a channel; save it as 8-bit RGB")
                picture = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))  # as the camera was held
        except BadEpisode:
            raise
        except Exception as error:
            raise BadEpisode(f"{path}: cannot be read ({_one_line(error)})") from error
        if picture.shape != (shape := shape or picture.shape):
            raise BadEpisode(f"{path}: {picture.shape[1]}×{picture.shape[0]}, unlike the frames before it")
        yield picture


def fit(path: Path, frame: np.ndarray, resize: str | None) -> np.ndarray:
    """A frame (H, W, 3) of any size → 64×64, when `resize` allows it."""
    height, width = frame.shape[:2]
    if height == width == SIDE:
        return frame
    if resize is None:
        raise BadEpisode(
            f"{path}: frames are {width}×{height} instead of {SIDE}×{SIDE}; add ':resize=crop' or ':resize=stretch'"
        )
    return cv2.resize(RESIZERS[resize](frame), (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def middle_square(frame: np.ndarray) -> np.ndarray:
    side = min(frame.shape[:2])
    top, left = ((extent - side) // 2 for extent in frame.shape[:2])
    return frame[top : top + side, left : left + side]


RESIZERS = {"crop": middle_square, "stretch": lambda frame: frame}


def natural(name: str) -> list:
    """Sort key that puts frame 2 before frame 10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

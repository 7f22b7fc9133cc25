"""A film written while it is made: frames go to FFmpeg one after the other, and none is kept."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from experiments.errors import InputError
from experiments.files import atomic


class Mp4:
    """`with Mp4(path, fps) as film: film.add(frames)`: H.264 that plays everywhere, with its index in front.

    The film appears at `path` whole when the block ends, also one that was stopped (KeyboardInterrupt) behind a frame;
    after any other error nothing does. Raises InputError where FFmpeg fails, as on a full disk.
    """

    def __init__(self, path: Path, fps: float, quality: int = 24):
        self.path, self.fps, self.quality = path, fps, quality
        self.count, self.process = 0, None

    def __enter__(self) -> "Mp4":
        self.target = atomic(self.path)
        self.file = self.target.__enter__()
        return self

    def add(self, frames: np.ndarray) -> None:
        """Frames (T, H, W, 3) uint8, all of one size, with even sides."""
        if self.process is None and len(frames):
            self.process = self._start(*frames.shape[1:3])
        try:
            for frame in frames:
                self.process.stdin.write(np.ascontiguousarray(frame).tobytes())
                self.count += 1
        except BrokenPipeError:
            raise self._failure() from None

    def __exit__(self, kind, error, trace):
        whole = kind is None or (kind is KeyboardInterrupt and self.count > 0)
        try:
            if self.process is not None:
                self._end()
        except InputError as failure:
            self.target.__exit__(InputError, failure, None)
            raise
        self.target.__exit__(None if whole else kind, error, trace)

    def _start(self, height: int, width: int) -> subprocess.Popen:
        return subprocess.Popen(
            [
                *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"),
                *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{self.fps:g}", "-i", "-"),
                *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", str(self.quality), "-movflags", "+faststart"),
                *("-f", "mp4", self.file.name),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us, who then end the film
        )

    def _end(self) -> None:
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            raise self._failure() from None
        if self.process.wait():
            raise self._failure()

    def _failure(self) -> InputError:
        self.process.wait()
        told = self.process.stderr.read().decode(errors="replace").strip().splitlines()
        self.process = None
        return InputError(f"{self.path}: the film could not be written ({told[-1] if told else 'FFmpeg ended'})")

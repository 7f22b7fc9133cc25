"""Which frames of a recording are taken: every so many, or so many a second."""

import math
from dataclasses import dataclass

from experiments.errors import InputError


@dataclass(frozen=True)
class Pick:
    """All frames; or every `every`-th; or those at `fps` a second, the first at or after each moment."""

    every: int = 1
    fps: float | None = None

    def __post_init__(self):
        if self.every < 1:
            raise InputError(f"every={self.every}: a whole number from 1 on is needed")
        if self.fps is not None and not (math.isfinite(self.fps) and self.fps > 0):
            raise InputError(f"fps={self.fps}: a number of frames a second is needed, above 0")
        if self.every > 1 and self.fps is not None:
            raise InputError("every and fps both say which frames are taken; give one of them")

    @classmethod
    def of(cls, source: str, options: dict[str, str]) -> "Pick":
        """Takes `every` and `fps` out of a source's options. Raises InputError."""
        try:
            every = int(options.pop("every", "1"))
        except ValueError:
            raise InputError(f"{source}: every must be a whole number") from None
        try:
            fps = options.pop("fps", None)
            return cls(every, None if fps is None else float(fps))
        except ValueError:
            raise InputError(f"{source}: fps must be a number") from None
        except InputError as error:
            raise InputError(f"{source}: {error}") from None

    def takes(self, number: int, pace: float | None) -> bool:
        """Whether frame `number` of a recording of `pace` frames a second is taken. Raises InputError where `fps` asks
        for more than there is, or the pace is not known."""
        if self.fps is None:
            return number % self.every == 0
        if pace is None:
            raise InputError("tells no frames a second: take every so many by ':every='")
        if self.fps > 1.01 * pace:
            raise InputError(f"has {pace:.4g} frames a second, fewer than the {self.fps:g} asked for")
        step = self.fps / pace
        return math.floor(number * step + 1e-6) != math.floor((number - 1) * step + 1e-6)

    def pace(self, pace: float | None) -> float | None:
        """Frames a second of what is taken."""
        return self.fps if self.fps is not None else pace and pace / self.every


EVERY_FRAME = Pick()

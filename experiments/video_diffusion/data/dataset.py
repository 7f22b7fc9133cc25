"""What every source of videos offers: episodes by number, read one at a time, each (T, 64, 64, 3) uint8."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.maze import Maze

SIDE = 64  # pixels
SPLITS = ("train", "validation", "test")
EPISODE = 64  # frames of a walk or window that training takes clips from
log = logging.getLogger(__name__)


class BadEpisode(InputError):
    """One episode that cannot be used; the message names it, the trouble and the cure."""


@dataclass(frozen=True)
class Episode:
    """What was seen and, where it is known, what was behind it.

    `poses` (T, 3) are x, y in blocks and heading in radians; `actions` (T, …) are the recorded ones;
    `fps` is the pace of a film.
    """

    frames: np.ndarray
    poses: np.ndarray | None = None
    actions: np.ndarray | None = None
    maze: Maze | None = None
    name: str = ""
    fps: float | None = None

    def windows(self, length: int) -> np.ndarray:
        """Consecutive windows (N, length, 64, 64, 3) that together hold every frame; the last ends with the episode."""
        starts = [*range(0, len(self.frames) - length, length), len(self.frames) - length]
        return np.stack([self.frames[start : start + length] for start in starts])


class Dataset(ABC):
    """Episodes of one split. Nothing is read before `episode`."""

    split: str
    length: int  # frames that every episode has at least
    strict: bool = False  # whether a bad episode stops everything

    @abstractmethod
    def __len__(self) -> int:
        """Number of episodes, bad ones among them."""

    @abstractmethod
    def episode(self, number: int) -> Episode:
        """Episode `number` < len, the same at every call. Raises BadEpisode."""

    def episodes(self, count: int | None = None) -> Iterator[Episode]:
        """The first `count` usable episodes, or all.

        A bad episode is named in the log and skipped; with `strict` it is raised. Raises InputError when none is left.
        """
        good, bad = 0, []
        for number in range(len(self)):
            if good == count:
                break
            try:
                episode = self.episode(number)
            except BadEpisode as error:
                if self.strict:
                    raise
                log.warning("skipped %s", error)
                bad.append(error)
                continue
            good += 1
            yield episode
        if bad and not good:
            raise InputError(f"none of the {len(bad)} episodes can be used; the first one: {bad[0]}")
        if bad:
            log.warning("skipped %d of %d episodes (--strict stops at the first)", len(bad), good + len(bad))

    def frames(self, numbers: Iterable[int]) -> np.ndarray:
        """The first `length` frames of several episodes, (N, length, 64, 64, 3) uint8. Raises BadEpisode."""
        return np.stack([self.episode(int(number)).frames[: self.length] for number in numbers])

"""What the rulers rest on, each read once: a recording's own frames, and what is really seen along its path."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from experiments.video_diffusion.scores.judge import Judge
from experiments.video_diffusion.scores.readers import MotionReader, Reading, SceneReader
from experiments.video_diffusion.scores.readers.accuracy import read_frames, read_motions
from experiments.video_diffusion.scores.world.continuation import FIRST, Places, places
from experiments.video_diffusion.scores.world.paths import localised, refined
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.returning import Shown


@dataclass(frozen=True)
class Readers:
    """Networks that read frames; `judge` of transitions and `through` (video → video by way of the autoencoder, for
    ceilings) where there are any. `another` (T, …) are real frames of another maze."""

    scene: SceneReader
    motion: MotionReader
    another: Tensor
    judge: Judge | None = None
    through: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Seen:
    """What is really seen along the path of a recording that has `poses` and `truth`: the same for every video that is
    made along it."""

    recording: Recording
    readers: Readers

    def of(self, other: Recording) -> bool:
        """Whether another recording has this truth."""
        own = self.recording
        same = other.truth is not None and other.poses is not None and other.given == own.given
        return same and other.truth.equal(own.truth) and other.poses.equal(own.poses)

    @cached_property
    def read(self) -> Reading:
        return read_frames(self.readers.scene, self.recording.truth)

    @cached_property
    def places(self) -> Places:
        return places(self.recording.poses, self.read.inverse_depth, self.recording.given)

    @cached_property
    def shown(self) -> Shown:
        given = self.recording.given
        return Shown.by(self.recording.poses, self.read.inverse_depth, given, given + FIRST)

    @cached_property
    def through(self) -> Tensor | None:
        return self.readers.through(self.recording.truth) if self.readers.through else None


class Measured:
    """A recording, and what is read of it once for all rulers; `seen` along its path, where that was read already."""

    def __init__(self, recording: Recording, readers: Readers, seen: Seen | None = None):
        self.recording, self.readers = recording, readers
        self.seen = seen or Seen(recording, readers)

    @cached_property
    def read(self) -> Reading:
        return read_frames(self.readers.scene, self.recording.frames)

    @cached_property
    def motions(self) -> Tensor:
        read = read_motions(self.readers.motion, self.recording.frames[:-1], self.recording.frames[1:])
        return refined(self.read.phase, read)

    @cached_property
    def poses(self) -> Tensor:
        """The true path where the file has it, else the one that the video itself shows."""
        known = self.recording.poses
        return localised(self.read.phase, self.motions) if known is None else known

"""Videos from files: every episode under a folder, listed when it is opened, read when it is asked for."""

import hashlib
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SPLITS, BadEpisode, Dataset, Episode
from experiments.video_diffusion.data.pick import EVERY_FRAME, Pick
from experiments.video_diffusion.data.readers import FILMS, IMAGES, RESIZERS, natural, read

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recordings(Dataset):
    """The episodes of one split among the files at `source`: a folder, or one episode (which is all of "train").

    An episode is a DMLab .npz file, a film, or a folder of frames. Under folders named train, validation or test it
    belongs to these; otherwise the hash of its name decides, a tenth each to validation and test, so that it stays
    where it is when files are added. The split "all" holds everything. `resize` admits frames other than 64×64:
    "crop" takes the middle square, "stretch" the whole picture; `pick` tells which frames are taken. Raises InputError
    when nothing is there.
    """

    source: Path
    split: str = "train"
    length: int = 1
    resize: str | None = None
    strict: bool = False
    pick: Pick = EVERY_FRAME
    paths: tuple[Path, ...] = field(init=False, repr=False)

    def __post_init__(self):
        if self.split not in (*SPLITS, "all"):
            raise InputError(f"no split '{self.split}' (known: {', '.join(SPLITS)}, all)")
        if self.resize not in (None, *RESIZERS):
            raise InputError(f"{self.source}: no resize={self.resize} (known: {', '.join(RESIZERS)})")
        if not self.source.exists():
            raise InputError(f"{self.source}: no such file or folder (the embedded data are called 'maze')")
        object.__setattr__(self, "paths", tuple(self._choose(find(self.source))))

    def _choose(self, paths: list[Path]) -> list[Path]:
        if self.split == "all" or (paths == [self.source] and self.split == "train"):
            return paths
        if paths == [self.source]:
            raise InputError(f"{self.source}: one episode has no {self.split} split; give a folder of several")
        names = {path: path.relative_to(self.source) for path in paths}
        own = {name.parts[0] for name in names.values()} & set(SPLITS)
        chosen = [path for path, name in names.items() if split_of(name, own) == self.split]
        if not chosen:
            raise InputError(
                f"{self.source}: none of its {len(paths)} episodes falls to '{self.split}'; "
                f"put some into a folder {self.source / self.split}"
            )
        return chosen

    def __len__(self) -> int:
        return len(self.paths)

    def episode(self, number: int) -> Episode:
        path = self.paths[number]
        episode = read(path, self.resize, self.pick)
        if len(episode.frames) < self.length:
            raise BadEpisode(f"{path}: too short: {len(episode.frames)} frames, {self.length} are needed")
        return episode


def split_of(name: Path, own: set[str]) -> str:
    """The split of an episode by its name below the source; `own` are the splits that have a folder of their own."""
    if name.parts[0] in own - {"train"}:
        return name.parts[0]
    share = int.from_bytes(hashlib.sha256(name.as_posix().encode()).digest()[:8]) / 2**64
    drawn = "test" if share >= 0.9 else "validation" if share >= 0.8 else "train"
    return "train" if drawn in own else drawn


def find(source: Path) -> list[Path]:
    """Every episode at or below `source`, in natural order, without reading any. Raises InputError when there is none.

    A folder that holds pictures and no film is one episode. Other files are named in the log.
    """
    if source.is_file():
        return [source]
    found, others, pictures, seen = [], [], [], set()
    try:
        for here, folders, names in os.walk(source, onerror=_refuse, followlinks=True):
            seen.add(os.path.realpath(here))
            # A link may lead to the recordings on another disk, or in a circle.
            folders[:] = [
                name
                for name in folders
                if not name.startswith(".") and os.path.realpath(os.path.join(here, name)) not in seen
            ]
            files = [Path(here, name) for name in names if not name.startswith(".")]
            films = [path for path in files if path.suffix.lower() in FILMS]
            images = [path for path in files if path.suffix.lower() in IMAGES]
            found += films
            if images and not films and Path(here) != source:
                found.append(Path(here))
                images = []
            pictures += images
            others += [path for path in files if path.suffix.lower() not in (*FILMS, *IMAGES)]
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror})") from error
    if not found and pictures:
        return [source]
    if not found:
        raise InputError(f"{source}: no episodes: neither {', '.join(FILMS)} files nor folders of frames")
    if ignored := others + pictures:
        names = ", ".join(path.name for path in ignored[:3]) + (", …" if len(ignored) > 3 else "")
        log.warning("%s: %d other files are no episodes (%s)", source, len(ignored), names)
    return sorted(found, key=lambda path: natural(path.as_posix()))


def _refuse(error: OSError):
    raise error

"""Files that appear whole: whoever looks sees the old content or the new one, wherever a run is cut off."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

HALF = ".half-"  # how the name of an unfinished file begins; then the process that writes it


class atomic:
    """`with atomic(path) as file:` bytes appear at `path` whole or not at all (temporary file, then rename).

    A symbolic link stays one: what it points to is replaced. A file that is there keeps its mode; a new one gets 0644.
    """

    def __init__(self, path: Path):
        self.path = Path(os.path.realpath(path))

    def __enter__(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        prefix = f"{HALF}{os.getpid()}-"
        self.file = NamedTemporaryFile(dir=self.path.parent, prefix=prefix, suffix=self.path.suffix, delete=False)
        return self.file

    def __exit__(self, kind, error, trace):
        try:
            self.file.close()  # a full disk may tell only now
            if kind is None:
                os.chmod(self.file.name, mode_of(self.path))
                os.replace(self.file.name, self.path)
        finally:
            Path(self.file.name).unlink(missing_ok=True)


def mode_of(path: Path) -> int:
    """The permission bits of a file; those of a new one where there is none."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644


def left_over(folder: Path) -> Iterator[Path]:
    """Unfinished files at and below a folder whose writer is no more."""
    for path in sorted(folder.rglob(f"{HALF}*")):
        writer = path.name.removeprefix(HALF).split("-")[0]
        if writer.isdecimal() and not _runs(int(writer)):
            yield path


def _runs(process: int) -> bool:
    if os.name == "nt":  # the question itself would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True

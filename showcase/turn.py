"""One at a time: a build of a folder waits for another one that works in it. Left-overs of a cut one are swept."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.files import left_over
from showcase.owned import recover

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

OWNED = ("_projects", "_pages")
MADE = (*OWNED, "_data", "assets", "results", "showcase/renders", ".cache")


@contextmanager
def turn(folder: Path, what: str) -> Iterator[None]:
    """Hold the folder alone for the length of the body. It is the folder itself that is locked: nothing is written, and
    a killed process holds nothing. `what` names the other one, should there be one to wait for."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another {what} is at work in {folder}; this one goes on when it has ended.", file=sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


def sweep(folder: Path, owned: Sequence[str] = OWNED, made: Sequence[str] = MADE) -> list[str]:
    """Take away what a cut build or export has left; returns what the owner should hear. To be called in one's turn."""
    told = []
    with suppress(OSError):  # a folder that cannot be written: there are worse things to tell
        for path in (each for name in owned for each in recover(folder / name)):
            shown = path.relative_to(folder)
            told.append(f"{shown}: a save of yours that met a cut-off build; take from it what the page lacks")
        (folder / "pytask.lock.tmp").unlink(missing_ok=True)
        for path in (each for name in made for each in left_over(folder / name)):
            path.unlink(missing_ok=True)
    return told

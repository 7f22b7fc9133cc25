"""The content of a file that nobody is writing right now."""

import errno
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.errors import InputError
from showcase.regular import kind

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

PATIENCE = 10.0  # seconds to wait for an editor that has the file open
GAP = 0.1  # … and for one that has moved the old file aside and not yet written the new one
LEASES = hasattr(fcntl, "F_SETLEASE")


def settled(path: Path) -> bytes | None:
    """What the file holds; None when there is none. Raises InputError for what is no file, such as a named pipe."""
    began, known = time.monotonic(), None
    while True:
        if other := kind(path):
            raise InputError(f"{path}: is {other}, not a file; delete it or move it away")
        try:
            with open(path, "rb") as file, _nobody_writes(file.fileno()) as sure:
                content, saved = file.read(), os.fstat(file.fileno()).st_mtime_ns
        except FileNotFoundError:
            if time.monotonic() - began > GAP:
                return None
            time.sleep(0.003)
            continue
        # Without leases a file counts as settled that was left alone for a moment, and has not changed since. A time
        # of saving that lies ahead comes from another clock and tells nothing.
        quiet = not 0 <= time.time_ns() - saved < 50_000_000 and known == (content, saved)
        if sure or (sure is None and quiet) or time.monotonic() - began > PATIENCE:
            return content
        known = (content, saved)
        time.sleep(0.003 if sure is False else 0.02)


@contextmanager
def _nobody_writes(file: int) -> Iterator[bool | None]:
    """Whether no process has the file open for writing, nor can open it so in the body; None where nobody knows.

    A lease is refused while somebody writes; who wants to write while it is held waits for its end.
    """
    if not LEASES:
        yield None
        return
    try:
        fcntl.fcntl(file, fcntl.F_SETSIG if hasattr(fcntl, "F_SETSIG") else 10, signal.SIGURG)  # ignored by itself
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        yield False if error.errno == errno.EAGAIN else None
        return
    try:
        yield True
    finally:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)

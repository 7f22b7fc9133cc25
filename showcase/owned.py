"""Files that their owner may save at any moment: rewritten by the build without losing a save of his.

A page is read, merged and put back. Were it simply renamed over, what he saved between the reading and the renaming
would be gone. Here the new file and the old one change places in one step; if the old one turns out to be another one
than was read, or is just being written, it is waited for and merged as well.
"""

import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic, mode_of
from showcase.merge import merge
from showcase.sentences import split
from showcase.settled import settled

SWAP = ".swap-"  # begins the name of a new file that is about to change places, then digests of what was and what comes
OLD = ".old"
COMING = ".next-"


def update(path: Path, change: Callable[[bytes | None], bytes]) -> bytes:
    """Rewrite a page; returns what it then holds.

    `change` maps what the owner has in it (None: there is no file) to what shall be in it. What he saves meanwhile is
    merged with that, sentence by sentence, as often as he saves. A symbolic link and the file's mode stay as they are;
    a file that is as it should be is not touched.
    """
    path = Path(os.path.realpath(path))
    there, seen, looks = settled(path), [], 0
    new = change(there)
    while new != there:
        try:
            displaced = _change_places(path, there, new)
        except FileNotFoundError:
            # Deleted, or moved aside by an editor that is about to write its own: in `new` there may be a save of his
            # that this one does not know, so that it is kept in either case.
            seen.append(there)
            if (there := settled(path)) is not None:
                new = _both(seen, there, new, change)
            continue
        seen.append(there)
        if displaced != there:
            there, new = new, _both(seen, displaced, new, change)
            continue
        if looks == 2:
            break
        # An editor that read the page before may still save it, with a new sentence and without ours.
        looks += 1
        time.sleep(0.05)
        if (there := settled(path)) not in (new, None):
            seen.append(new)
            new = _both(seen, there, new, change)
    if seen:
        _tell(path)
    return new


def _tell(path: Path) -> None:
    """Let those who watch the folder look at the page again, whatever they made of two files that changed places."""
    with suppress(OSError):
        os.chmod(path, mode_of(path))


def _both(seen: list[bytes | None], his: bytes, ours: bytes, change: Callable) -> bytes:
    """His save and our page: what he changed in the version that he began with, one of those `seen` there, is changed
    in ours too."""
    bases = [content.decode() for content in seen if content is not None]
    try:
        text = his.decode()
        return merge(nearest(text, bases), text, ours.decode()).text.encode() if bases else change(his)
    except (UnicodeDecodeError, InputError):  # not a page any more: it is his, and the next build says so
        return his


def coming(last: Path) -> Path:
    """Where the text that a page is being made from waits until the page is written."""
    return last.with_name(COMING + last.name)


def bases(last: Path) -> list[str]:
    """What a page may have been made from: the text remembered in `last`, and, after a cut, the one that was coming.
    `nearest` knows which it was."""
    return [path.read_text(encoding="utf-8") for path in (last, coming(last)) if path.is_file()]


def renew(page: Path, last: Path, fresh: bytes, change: Callable[[bytes | None], bytes]) -> None:
    """`update` a page, and remember in `last` what it is made from now."""
    known, there = bases(last), page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
    if there and coming(last).is_file() and nearest(there, known) == known[-1]:
        os.replace(coming(last), last)  # what the page was made from has to outlive the next cut, too
    if known != [fresh.decode()]:
        with atomic(coming(last)) as file:
            file.write(fresh)
    update(page, change)
    if coming(last).is_file():
        os.replace(coming(last), last)


def nearest(page: str, bases: Sequence[str]) -> str:
    """The version that a page was made from, whatever its owner has changed since: the one that differs from it in the
    fewest sentences; of several the first."""
    units = {unit.text for unit in split(page)}
    return min(bases, key=lambda base: len(units ^ {unit.text for unit in split(base)}))


def recover(folder: Path) -> list[Path]:
    """Undo what a cut between two files changing places has left; returns what of the owner's was put aside.

    Where the displaced file is a save that no merge has seen, it goes back to its place.
    """
    aside = []
    for path in sorted(folder.glob(f"{SWAP}*")):
        was, comes, name = path.name.removeprefix(SWAP).split("-", 2)
        content, page = path.read_bytes(), path.with_name(name.removesuffix(OLD))
        if _digest(content) in (was, comes):
            path.unlink()
        elif not page.exists() or _digest(page.read_bytes()) == comes:
            os.replace(path, page)
        else:  # he saved once more after that
            aside.append(page.with_name(f".saved-{page.name}"))
            os.replace(path, aside[-1])
    return aside


def _change_places(path: Path, there: bytes | None, new: bytes) -> bytes | None:
    """Put `new` at `path`; returns what was there, once nobody writes it any more. Raises FileNotFoundError, and leaves
    all as it is, when the file that was there has just gone."""
    side = path.with_name(f"{SWAP}{_digest(there)}-{_digest(new)}-{path.name}")
    with atomic(side) as file:
        file.write(new)
    os.chmod(side, mode_of(path))
    # Whatever breaks off from here on leaves `side` to `recover`: it may hold his newest save.
    if there is None:
        with suppress(FileExistsError):
            os.link(side, path)
            side.unlink()
            return None
    try:
        if not _exchange(side, path):
            # The next best: the old file keeps a second name, under which later writes to it are seen.
            old = side.with_name(side.name + OLD)
            os.link(path, old)
            os.replace(side, path)
            side = old
    except FileNotFoundError:
        side.unlink()
        raise
    displaced = settled(side)
    side.unlink()
    return displaced


def _exchange(one: Path, other: Path) -> bool:
    """Let two files change places in one step; False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    # In this order the watchers of the folder hear that the page went and that it came. In the other one it came and
    # went, which those that sum up take for nothing, and for nothing all that follows in the same moment.
    here, names = -100, (os.fsencode(other), os.fsencode(one))
    if hasattr(libc, "renameat2"):
        sys.audit("showcase.exchange", str(other), str(one))
        failed = libc.renameat2(here, names[0], here, names[1], 2)
    elif sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*names, 2)
    else:
        return False
    if failed and ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    return True


def _digest(content: bytes | None) -> str:
    return sha256(content).hexdigest()[:12] if content is not None else "none"

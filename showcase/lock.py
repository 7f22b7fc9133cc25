"""The lock file: what every step rested on and made when it last ran.

`pytask.lock` is committed. It holds hashes and no absolute path: a clone is up to date wherever it lies. Each finished
step is journalled at once, so a killed run goes on where it was.
"""

import json
import re
import tomllib
from collections.abc import Collection
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic

LOCK, JOURNAL, VERSION = "pytask.lock", "pytask.lock.journal", "1"
ENTRY = "[[task]]\n"
OWNER = re.compile(r'id = "(?:study/|export/|figure/|page/)(?P<project>[^/.]+)')


def read_lock(root: Path) -> dict[str, dict]:
    """Step → {state, depends_on, produces} as they were when it ran. Raises InputError when the file is broken."""
    try:
        table = tomllib.loads((root / LOCK).read_text(encoding="utf-8")) if (root / LOCK).exists() else {}
        if table.get("lock-version", VERSION) != VERSION:
            raise ValueError("version")
        entries = {entry["id"]: entry for entry in table.get("task", ())}
    except (ValueError, KeyError, TypeError) as error:  # a merge conflict does this
        raise InputError(
            f"{LOCK}: broken; `git checkout -- {LOCK}` brings it back, or delete it to make all"
        ) from error
    if (root / JOURNAL).exists():
        for line in (root / JOURNAL).read_bytes().splitlines():
            try:
                entry = json.loads(line)
                entries[entry["id"]] = entry
            except (ValueError, KeyError):  # cut off by a kill
                break
    return entries


def was_cut_off(root: Path) -> bool:
    """Whether a build has ended without bringing the lock file up to date, so that a clone would not be."""
    return (root / JOURNAL).exists()


def complete(root: Path) -> None:
    """Bring the lock file up to what a cut-off build has journalled: what is up to date here then is so in a clone.

    Raises InputError when the lock file is broken.
    """
    if was_cut_off(root):
        from _pytask.lockfile import LockfileState

        read_lock(root)
        state = LockfileState.from_path(root / LOCK, root)
        state.flush()
        (root / JOURNAL).unlink(missing_ok=True)  # flush leaves one without a whole line


def forget(root: Path, projects: Collection[str]) -> None:
    """Take the steps of projects that are not among these out of the lock file."""
    text = (root / LOCK).read_text(encoding="utf-8") if (root / LOCK).exists() else ""
    head, *entries = text.split(ENTRY)
    kept = [entry for entry in entries if (found := OWNER.match(entry)) is None or found["project"] in projects]
    if len(kept) < len(entries):
        with atomic(root / LOCK) as file:
            file.write((ENTRY.join([head, *kept]).rstrip("\n") + "\n").encode())

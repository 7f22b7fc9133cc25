"""What is no regular file is refused before it is opened: a reader of a named pipe, a socket or a device in the place
of a page or a picture would wait without end, the build's as well as Jekyll's."""

import os
import stat
from pathlib import Path

from experiments.errors import InputError

# Neither the build nor Jekyll reads these, nor what begins with a dot.
AWAY = {"_site", "node_modules", "vendor", "__pycache__"}
KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def refuse_others(folder: Path, hidden: tuple[str, ...] = ()) -> None:
    """Raises InputError for the first thing at or below `folder` that is neither a regular file nor a folder, also when
    a link leads to it. Of what begins with a dot only the folders named in `hidden` are looked at."""
    for place in (folder, *(folder / name for name in hidden)):
        for here, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if name[0] != "." and name not in AWAY)
            for path in (Path(here, name) for name in sorted(names) if name[0] != "."):
                if other := kind(path):
                    raise InputError(f"{path}: is {other}, not a file; delete it or move it away")


def kind(path: Path) -> str:
    """What stands there instead of a file or a folder, in words; empty for these two, and for nothing."""
    try:
        return KINDS.get(stat.S_IFMT(os.stat(path).st_mode), "")
    except OSError:  # a link that leads nowhere, or in a circle
        return ""

"""What takes long to find out and stays as it is for as long as what it was found in: kept in `.cache/`."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.files import atomic


def remembered(path: Path, source: str, find: Callable[[], Any]) -> Any:
    """What `find` answers, something that JSON can hold; from `path` where that was found in the same `source`, a
    digest. A cache that cannot be read or written is done without."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["source"] == source:
            return kept["found"]
    found = find()
    with suppress(OSError), atomic(path) as file:
        file.write(json.dumps({"source": source, "found": found}).encode())
    return found

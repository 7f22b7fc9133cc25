"""What takes long to find out and stays as it is for as long as what it was found in: kept in `.cache/`."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from experiments.files import atomic


class Memory:
    """Answers that JSON can hold, by digests of what they were found in. A file that cannot be read or written is done
    without."""

    def __init__(self, path: Path):
        self.path, self.asked = path, {}
        try:
            self.kept = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self.kept = {}

    def answer(self, source: str, find: Callable[[], Any]) -> Any:
        if source not in self.asked:
            self.asked[source] = self.kept[source] if source in self.kept else find()
        return self.asked[source]

    def keep(self) -> None:
        """For the next process: what was asked for in this one, and nothing else."""
        if self.asked.keys() != self.kept.keys():
            with suppress(OSError), atomic(self.path) as file:
                file.write(json.dumps(self.asked).encode())
                self.kept = dict(self.asked)


@cache
def memory(root: Path, kind: str) -> Memory:
    """The one of this process for answers of a kind."""
    return Memory(root / ".cache" / f"{kind}.json")

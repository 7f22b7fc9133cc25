"""What the build watches, as nodes for pytask. Every state is a hash of content: no times, no absolute paths."""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pytask import PathNode, TaskWithoutPath

from showcase import progress
from showcase.sources import digest_of


class File(PathNode):
    """A file, by its bytes."""

    def state(self) -> str | None:
        return file_digest(self.path)


class ResultFiles(PathNode):
    """A result, by the bytes of its JSON and, when it has arrays, of the .npz beside it."""

    def state(self) -> str | None:
        numbers, arrays = file_digest(self.path), file_digest(self.path.with_suffix(".npz"))
        return numbers and hashlib.sha256(f"{numbers} {arrays}".encode()).hexdigest()


class Page(PathNode):
    """A page, by its presence alone: the text is the owner's to edit, and his edits make nothing stale."""

    def state(self) -> str | None:
        return "present" if self.path.is_file() else None


@dataclass(kw_only=True)
class Value:
    """Something that is no file: the code of a module, the settings of a part. `digest` is its state."""

    name: str
    digest: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        return hashlib.sha256(f"{self.name}\n{self.digest}".encode()).hexdigest()

    def state(self) -> str:
        return self.digest

    def load(self, is_product: bool = False) -> None:
        return None

    def save(self, value: Any) -> None:
        raise NotImplementedError("a value is given, not produced")


@dataclass(kw_only=True)
class Step(TaskWithoutPath):
    """One piece of work: `function(**arguments, report=…)`, seen by the progress display while it runs."""

    kind: str  # study, figure, page, data
    project: str
    title: str
    root: Path
    arguments: dict[str, Any]

    def state(self) -> str:
        """The step's own code, without docstrings; where it is called from does not matter."""
        return _digest_of_function(self.function)

    def execute(self, **_: Any) -> None:
        with progress.running(self.root, self.name) as report:
            self.function(root=self.root, **self.arguments, report=report)


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes, None when there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _digest_of_file(path, status.st_mtime_ns, status.st_size, status.st_ino)


@cache
def _digest_of_file(path: Path, *_: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _digest_of_function(function: Callable) -> str:
    return digest_of(ast.parse(textwrap.dedent(inspect.getsource(function))))

"""What the build watches, and its steps. Every state is a hash of content: no times, no absolute paths.

The classes follow pytask's protocols (PNode, PPathNode, PTask) without importing it, which a build with nothing to do
never has to.
"""

import ast
import hashlib
import inspect
import os
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import progress
from showcase.syntax import digest_of


@dataclass(kw_only=True)
class Node:
    """Something with a state: two equal states mean that nothing changed, None that it is not there."""

    name: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Nodes with one signature are one node: what a step produces and another rests on."""
        return text_digest(f"{type(self).__name__} {self.name}")

    def load(self, is_product: bool = False) -> None:
        """Steps get no values from nodes: they know their files."""

    def save(self, value: Any) -> None:
        raise NotImplementedError("steps save their products themselves")


@dataclass(kw_only=True)
class Value(Node):
    """Something that is no file: the code of a module, the settings of a part."""

    digest: str

    def state(self) -> str:
        return self.digest


@dataclass(kw_only=True)
class File(Node):
    """A file, by its bytes."""

    path: Path

    def state(self) -> str | None:
        return file_digest(self.path)


@dataclass(kw_only=True)
class ResultFiles(File):
    """A result, by the bytes of its JSON and, when it has arrays, of the .npz beside it."""

    def state(self) -> str | None:
        numbers, arrays = file_digest(self.path), file_digest(self.path.with_suffix(".npz"))
        return numbers and text_digest(f"{numbers} {arrays}")


@dataclass(kw_only=True)
class Presence(Node):
    """That a file is there, whatever is in it: a page is its owner's to edit, a redrawn picture keeps its place."""

    file: Path

    def state(self) -> str | None:
        return "there" if self.file.is_file() else None


@dataclass(kw_only=True)
class Step:
    """One piece of work: `function(root, **arguments, report)`, seen by the progress display while it runs."""

    name: str  # KIND/PROJECT/…/TITLE; KIND is study, export, figure, page, or data, which belongs to no project
    root: Path
    function: Callable[..., None]
    arguments: dict[str, Any]
    rests_on: list[Node]
    makes: list[Node]
    markers: list = field(default_factory=list)
    report_sections: list = field(default_factory=list)
    attributes: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self):
        # pytask's names for the two, which it also assigns to.
        self.depends_on, self.produces = {"rests_on": self.rests_on}, {"makes": self.makes}

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    @property
    def project(self) -> str:
        return "" if self.kind == "data" else re.split(r"[/.]", self.name)[1]

    @property
    def title(self) -> str:
        last = self.name.rpartition("/")[2]
        return last.partition(".")[2].replace(".", " ") if self.kind == "page" else last

    @property
    def label(self) -> str:
        return f"{self.project} {self.kind} {self.title}".strip()

    @property
    def signature(self) -> str:
        return text_digest(f"Step {self.name}")

    def state(self) -> str:
        """The step's own code, without docstrings; what calls it does not matter."""
        return _digest_of_function(self.function)

    def execute(self, **_: Any) -> None:
        with progress.running(self.name, partial(progress.put, self.root)) as report:
            self.function(root=self.root, **self.arguments, report=report)


def file(root: Path, path: Path, kind: type[Node] = File) -> Node:
    """A node for a file of the repository, named by its path from the root."""
    name = Path(os.path.relpath(root / path, root)).as_posix()
    if kind is Presence:
        return Presence(name=f"presence of {name}", file=root / path)
    return kind(name=name, path=root / path)


def files(root: Path, paths, kind: type[Node] = File) -> Iterator[Node]:
    return (file(root, path, kind) for path in paths)


def inputs(root: Path, paths, cure: str = "") -> Iterator[Node]:
    """Nodes for files that no step makes. Raises InputError, with what else would help, for one that is missing."""
    for path in (root / given for given in paths):
        if not path.is_file():
            shown = path.relative_to(root) if path.is_relative_to(root) else path
            raise InputError(f"{shown}: missing; `git checkout -- {shown}` brings it back{cure}")
        yield file(root, path)


def code(modules: dict[str, str]) -> Iterator[Value]:
    """Nodes for what `code_behind` found."""
    return (Value(name=f"code {name}", digest=digest) for name, digest in sorted(modules.items()))


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

"""What drawings a project offers, known without importing them when their code is the same as last time.

Importing figures means importing matplotlib, more than all else that a build with nothing to do has to do.
"""

import inspect
import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from showcase.drawing import Drawing
from showcase.nodes import text_digest
from showcase.projects import Project
from showcase.remembered import memory
from showcase.sources import code_behind


@dataclass(frozen=True)
class Entry:
    """A drawing as the build sees it: its files, the parts it needs, the module and the name of what draws it."""

    name: str
    needs: tuple[str, ...]
    files: tuple[str, ...]
    module: str
    identity: str  # changes when another function, or the same with other bound arguments, draws it
    kind: str
    chart: bool  # lines and letters alone: a dark page may turn it dark
    words: bool  # it has words, so there is one for each language


def entries(root: Path, project: Project) -> list[Entry]:
    """In the order of the project's FIGURES."""
    code = text_digest(json.dumps(code_behind(root, f"experiments.{project.name}.figures")))
    found = memory(root, "drawings").answer(code, lambda: [asdict(_entry(drawing)) for drawing in project.drawings])
    return [Entry(**{**each, "needs": tuple(each["needs"]), "files": tuple(each["files"])}) for each in found]


def _entry(drawing: Drawing) -> Entry:
    function, bound = drawing.draw, []
    while isinstance(function, partial):
        bound += [repr(function.args), repr(function.keywords)]
        function = function.func
    function = inspect.unwrap(function)
    identity = json.dumps([function.__qualname__, bound, drawing.needs, drawing.kind])
    seen = drawing.kind in ("picture", "film")
    return Entry(
        name=drawing.name,
        needs=drawing.needs,
        files=drawing.files,
        module=function.__module__,
        identity=identity,
        kind=drawing.kind,
        chart=seen and not drawing.frames,
        words=seen and drawing.words,
    )

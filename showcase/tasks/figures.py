"""Figures: one step a drawing. It rests on the drawing's module and what that imports, the style, and its results."""

import json
import sys
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import Result
from showcase.catalog import Entry, entries
from showcase.drawing import Animation
from showcase.nodes import Presence, ResultFiles, Step, Value, code, file, files, text_digest
from showcase.projects import Project, find
from showcase.sources import code_behind

STYLE = Path("showcase/style.mplstyle")
SIZES = Path("_data/figures.json")
PICTURES = (".png", ".gif", ".jpg", ".jpeg", ".webp")


def figure_steps(root: Path, project: Project, preset: str) -> list[Step]:
    """The project's drawings as steps. Raises InputError for a drawing that needs an unknown part."""
    parts = project.study.PARTS
    found = entries(root, project)
    for entry in found:
        for need in entry.needs:
            if need not in parts:
                known = ", ".join(parts)
                raise InputError(f"{project.name}: figure '{entry.name}' needs unknown part '{need}' (known: {known})")
    return [_step(root, project, preset, entry) for entry in found]


def _step(root: Path, project: Project, preset: str, entry: Entry) -> Step:
    modules = code_behind(entry.module, root)
    if len(entry.files) > 1:
        modules |= code_behind("showcase.animation", root)
    pictures = [project.pictures / name for name in entry.files]
    return Step(
        # No preset in the name: the picture on disk is one, and made from one preset's results.
        name=f"figure/{project.name}/{entry.name}",
        kind="figure",
        project=project.name,
        title=entry.name,
        root=root,
        function=draw_figure,
        arguments={"project": project.name, "preset": preset, "name": entry.name},
        rests_on=[
            Value(name=f"drawing {project.name} {entry.name}", digest=text_digest(entry.identity)),
            *code(modules),
            file(root, STYLE),
            *files(root, (project.result(preset, need) for need in entry.needs), ResultFiles),
        ],
        makes=[*files(root, pictures), *files(root, pictures, Presence)],
    )


def draw_figure(root: Path, project: str, preset: str, name: str, report) -> None:
    """Draw one figure in the common style and save it."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.style

    from showcase.animation import save_animation

    found = find(project)
    drawing = next(candidate for candidate in found.drawings if candidate.name == name)
    results = [Result.load(root / found.result(preset, need)) for need in drawing.needs]
    path = root / found.pictures / f"{name}.png"
    with matplotlib.style.context(root / STYLE):
        made = drawing.draw(*results)
        if isinstance(made, Animation) != (drawing.kind == "film"):
            raise TypeError(f"drawing '{name}' is of kind '{drawing.kind}' and returned a {type(made).__name__}")
        if drawing.kind == "film":
            save_animation(made, path)
        elif drawing.kind == "sprite":
            from PIL import Image

            with atomic(path.with_suffix(".webp")) as file:
                Image.fromarray(made).save(file, format="WEBP", quality=85, method=6)
        elif drawing.kind == "data":
            with atomic(path.with_suffix(".json")) as file:
                file.write(json.dumps(made, separators=(",", ":"), allow_nan=False).encode())
        else:
            with atomic(path) as file:
                # Without the program's version in it, the same picture is the same file.
                made.savefig(file, format="png", metadata={"Software": None})
    # pyplot keeps every figure it made; one that was made without it needs no closing.
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def sizes_step(root: Path, figures: list[Step]) -> Step:
    """`_data/figures.json`: path → width and height of every picture, so that a page does not jump while it loads."""
    made = {node.file for step in figures for node in step.makes if isinstance(node, Presence)}
    made = {path for path in made if path.suffix in PICTURES}
    there = {path for path in (root / "assets/img").rglob("*") if path.suffix in PICTURES and path.name[0] != "."}
    paths = sorted(made | there)
    names = [path.relative_to(root).as_posix() for path in paths]
    return Step(
        name="data/figures",
        kind="data",
        project="",
        title="picture sizes",
        root=root,
        function=write_sizes,
        arguments={},
        # The list itself too: a picture that is gone would not be missed among those that are left.
        rests_on=[Value(name="pictures", digest=text_digest("\n".join(names))), *files(root, paths)],
        makes=[file(root, SIZES)],
    )


def write_sizes(root: Path, report) -> None:
    """Measure all pictures, the owner's own among them."""
    from PIL import Image, UnidentifiedImageError

    table = {}
    for path in sorted((root / "assets/img").rglob("*")):
        if path.suffix in PICTURES and path.name[0] != ".":
            try:
                with Image.open(path) as picture:
                    table[path.relative_to(root).as_posix()] = {"width": picture.width, "height": picture.height}
            except UnidentifiedImageError as error:
                raise InputError(f"{path.relative_to(root)}: not a picture; delete it or save it again") from error
    with atomic(root / SIZES) as file:
        file.write((json.dumps(table, indent=1) + "\n").encode())

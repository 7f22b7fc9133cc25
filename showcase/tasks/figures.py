"""Figures: one step a drawing and language. It rests on the drawing's module and what that imports, the style, its
results, and for every language but English on the study's labels file."""

import json
import sys
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import Result
from showcase import language
from showcase.catalog import Entry, entries
from showcase.drawing import Animation, files_of
from showcase.nodes import Presence, ResultFiles, Step, Value, code, file, files, text_digest
from showcase.projects import LANGUAGES, PROJECTS, Project, find
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
    steps = [_step(root, project, preset, entry) for entry in found]
    for lang in _translated(root, project):
        steps += [_step(root, project, preset, entry, lang) for entry in found if entry.words]
    return steps


def pictures_for(root: Path, project: Project, lang: str) -> list[Path]:
    """What a page in this language may show: all files of the drawings, and those in its language."""
    found = entries(root, project)
    own = [entry for entry in found if entry.words] if lang in _translated(root, project) else []
    names = [name for entry in found for name in entry.files]
    return [project.pictures / name for name in names + [n for e in own for n in files_of(f"{e.name}.{lang}", e.kind)]]


def _translated(root: Path, project: Project) -> list[str]:
    """The languages besides the drawings' own that the project has labels in."""
    return [lang for lang in LANGUAGES[1:] if (root / language.labels_file(project.name, lang)).is_file()]


def _step(root: Path, project: Project, preset: str, entry: Entry, lang: str = LANGUAGES[0]) -> Step:
    modules = [entry.module, "showcase.animation" if entry.kind == "film" else "showcase.lettering"]
    name, labels = entry.name, []
    if lang != LANGUAGES[0]:
        name, labels = f"{entry.name}.{lang}", [language.labels_file(project.name, lang)]
        modules.append("showcase.language")
    pictures = [project.pictures / made for made in files_of(name, entry.kind)]
    return Step(
        # No preset in the name: the picture on disk is one, and made from one preset's results.
        name=f"figure/{project.name}/{name}",
        root=root,
        function=draw_figure,
        arguments={"project": project.name, "preset": preset, "name": entry.name, "lang": lang},
        rests_on=[
            Value(name=f"drawing {project.name} {entry.name}", digest=text_digest(entry.identity)),
            *code(code_behind(root, *modules)),
            *files(root, [STYLE, *labels]),
            *files(root, (project.result(preset, need) for need in entry.needs), ResultFiles),
        ],
        makes=[*files(root, pictures), *files(root, pictures, Presence)],
    )


def draw_figure(root: Path, project: str, preset: str, name: str, lang: str, report) -> None:
    """Draw one figure in the common style and save it; where the labels file lacks a word, the summary says so."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.style

    from showcase.animation import save_animation
    from showcase.lettering import legible

    found = find(project)
    drawing = next(candidate for candidate in found.drawings if candidate.name == name)
    results = [Result.load(root / found.result(preset, need)) for need in drawing.needs]
    file_name, labels = name, None
    if lang != LANGUAGES[0]:
        file_name, labels = f"{name}.{lang}", language.load(root / language.labels_file(project, lang))
    path = root / found.pictures / f"{file_name}.png"
    with matplotlib.style.context(root / STYLE), language.speaking(labels):
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
                # Chinese characters fill their line, so that two lines of them would touch.
                legible(made, 1.4 if labels else None).savefig(file, format="png", metadata={"Software": None})
    if labels and labels.missing:
        words = "; ".join(map(repr, sorted(labels.missing)))
        report.note(f"{language.labels_file(project, lang)} has no words for {words} in {name}")
    # pyplot keeps every figure it made; one that was made without it needs no closing.
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def sizes_step(root: Path, figures: list[Step]) -> Step:
    """`_data/figures.json`: path → width and height of every picture, so that a page does not jump while it loads."""
    made = {node.file for step in figures for node in step.makes if isinstance(node, Presence)}
    made = {path for path in made if path.suffix in PICTURES}
    charts = sorted(
        (project.pictures / picture).as_posix()
        for project in PROJECTS
        for entry in entries(root, project)
        if entry.chart
        for name in (entry.name, *(f"{entry.name}.{lang}" for lang in LANGUAGES[1:]))
        for picture in files_of(name, entry.kind)
    )
    there = {path for path in (root / "assets/img").rglob("*") if path.suffix in PICTURES and path.name[0] != "."}
    paths = sorted(made | there)
    names = [path.relative_to(root).as_posix() for path in paths]
    return Step(
        name="data/figures",
        root=root,
        function=write_sizes,
        arguments={"charts": charts},
        # The lists themselves too: a picture that is gone would not be missed among those that are left.
        rests_on=[Value(name="pictures", digest=text_digest("\n".join([*names, "", *charts]))), *files(root, paths)],
        makes=[file(root, SIZES)],
    )


def write_sizes(root: Path, charts: list[str], report) -> None:
    """Measure all pictures, the owner's own among them; `charts` are those that a dark page may turn dark."""
    from PIL import Image, UnidentifiedImageError

    table = {}
    for path in sorted((root / "assets/img").rglob("*")):
        if path.suffix in PICTURES and path.name[0] != ".":
            try:
                name = path.relative_to(root).as_posix()
                with Image.open(path) as picture:
                    table[name] = {"width": picture.width, "height": picture.height}
                if name in charts:
                    table[name]["chart"] = True
            except UnidentifiedImageError as error:
                raise InputError(f"{path.relative_to(root)}: not a picture; delete it or save it again") from error
    with atomic(root / SIZES) as file:
        file.write((json.dumps(table, indent=1) + "\n").encode())

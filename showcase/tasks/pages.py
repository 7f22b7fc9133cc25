"""Pages: one step per page and language, resting on templates, the code that renders, and the results."""

from pathlib import Path

from experiments.errors import InputError
from showcase import earlier
from showcase.nodes import Presence, ResultFiles, Step, code, file, files, inputs
from showcase.owned import bases, nearest, renew
from showcase.page_text import decoded
from showcase.projects import LANGUAGES, PROJECTS, STORY, Project, find, stem
from showcase.settled import settled
from showcase.sources import code_behind
from showcase.tasks.figures import pictures_for


def page_steps(root: Path, project: Project, preset: str) -> list[Step]:
    """The project's pages as steps. Raises InputError when a template is missing."""
    return [_step(root, project, preset, lang, sheet) for sheet in project.sheets for lang in LANGUAGES]


def _step(root: Path, project: Project, preset: str, lang: str, sheet: str) -> Step:
    template = project.template(lang, sheet)
    modules = code_behind(root, "showcase.render", "showcase.merge", f"showcase.claims.{project.name}")
    return Step(
        name=f"page/{stem(project.name, lang, sheet)}",
        root=root,
        function=write_page,
        arguments={"project": project.name, "preset": preset, "lang": lang, "sheet": sheet},
        rests_on=[
            *code(modules),
            *inputs(root, [template]),
            *files(root, _shared_templates(root / template.parent, project)),
            *files(root, [earlier.FILE, *_names(root, project)]),
            *files(root, (project.result(preset, part) for part in project.study.PARTS), ResultFiles),
            # A page shows pictures by their paths: they have to be there.
            *files(root, pictures_for(root, project, lang), Presence),
        ],
        # Of the page only that it is there: his edits make nothing stale.
        makes=[file(root, project.last_render(lang, sheet)), file(root, project.page(lang, sheet), Presence)],
    )


def _shared_templates(folder: Path, project: Project) -> list[Path]:
    """Macros and the like: what is no page, and belongs to this project or to all."""
    pages = {each.template(lang, sheet).name for each in PROJECTS for sheet in each.sheets for lang in LANGUAGES}
    others = tuple(f"{each.name}." for each in PROJECTS if each != project)
    templates = (path for path in folder.iterdir() if path.suffix == ".j2")
    return sorted(path for path in templates if path.name not in pages and not path.name.startswith(others))


def _names(root: Path, project: Project) -> list[Path]:
    """The file of the numbers' names, where the project has one."""
    path = Path("showcase/values", f"{project.name}.yaml")
    return [path] if (root / path).is_file() else []


def write_page(root: Path, project: str, preset: str, lang: str, report, sheet: str = STORY) -> None:
    """Render a page and merge it into the file on disk, where the owner may have edited it, or be editing it now."""
    from showcase.marks import plain
    from showcase.merge import merge
    from showcase.render import Page

    found = find(project)
    path = found.page(lang, sheet)
    page, last = root / path, root / found.last_render(lang, sheet)
    made = Page(project, lang, root, preset, sheet)
    fresh = made.text()
    # Without a last render every difference counts as the owner's, so that nothing of his is lost.
    known = bases(last) or [fresh]
    heard: list[str] = []

    def merged(mine: bytes | None) -> bytes:
        heard.clear()
        if mine is None:
            return plain(fresh).encode()
        text = decoded(mine, path)
        try:
            done = merge(nearest(text, known), text, fresh, made)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        heard[:] = done.notes.told()
        return done.text.encode()

    merged(settled(page))  # what is wrong with the page is told before anything is written
    renew(page, last, fresh.encode(), merged)
    for note in heard:
        report.note(f"{path}: {note}")


def stopped(step: Step) -> str:
    """Why a build would stop at this page, from what renders it; empty where it would not, or where what the page rests
    on has still to be made."""
    from showcase.render import render

    if any(node.state() is None for node in step.rests_on):
        return ""
    try:
        render(**step.arguments, root=step.root)
    except InputError as error:
        return str(error)
    return ""

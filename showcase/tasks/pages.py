"""Pages: one step a project and language, resting on templates, the code that renders, and the project's results."""

from pathlib import Path

from experiments.errors import InputError
from experiments.results import atomic
from showcase.merge import merge
from showcase.nodes import File, Page, ResultFiles, Step, Value
from showcase.projects import LANGUAGES, PROJECTS, Project, find
from showcase.render import render
from showcase.sources import code_behind


def page_steps(root: Path, project: Project, preset: str) -> list[Step]:
    """The project's pages as steps. Raises InputError when a template is missing."""
    return [_step(root, project, preset, lang) for lang in LANGUAGES]


def _step(root: Path, project: Project, preset: str, lang: str) -> Step:
    template = root / project.template(lang)
    if not template.is_file():
        shown = project.template(lang)
        raise InputError(f"{shown}: missing template; `git checkout -- {shown}` brings it back")
    code = {}
    for module in ("showcase.render", "showcase.merge", f"showcase.claims.{project.name}"):
        code |= code_behind(module, root)
    return Step(
        name=f"page/{project.name}.{lang}",
        kind="page",
        project=project.name,
        title=lang,
        root=root,
        function=write_page,
        arguments={"project": project.name, "preset": preset, "lang": lang},
        depends_on={
            "rests_on": [
                *(Value(name=f"code {name}", digest=digest) for name, digest in sorted(code.items())),
                File(path=template),
                *(File(path=path) for path in _shared_templates(template.parent)),
                *(ResultFiles(path=root / project.result(preset, part)) for part in project.study.PARTS),
            ]
        },
        produces={
            "last_render": File(path=root / project.last_render(lang)),
            "page": Page(path=root / project.page(lang)),
        },
    )


def _shared_templates(folder: Path) -> list[Path]:
    """Macros and the like: the templates that are no project's page."""
    pages = {project.template(lang).name for project in PROJECTS for lang in LANGUAGES}
    return sorted(path for path in folder.iterdir() if path.suffix == ".j2" and path.name not in pages)


def write_page(root: Path, project: str, preset: str, lang: str, report) -> None:
    """Render a page and merge it into the file on disk, where the owner may have edited it."""
    found = find(project)
    page, last = root / found.page(lang), root / found.last_render(lang)
    fresh = render(project, lang, root=root, preset=preset)
    text = fresh
    if page.is_file():
        mine = _read(page, root)
        # Without a last render every difference counts as the owner's, so that nothing of his is lost.
        merged = merge(_read(last, root) if last.is_file() else fresh, mine, fresh)
        text = merged.text
        for sentence in merged.offered:
            report.note(f"{found.page(lang)}: kept your wording; offered instead: {sentence.strip()}")
    # The page first: if the run is cut off here, the next one merges the same change once more, to the same text.
    # The other way round, old numbers would pass for the owner's words.
    _write(page, text)
    _write(last, fresh)


def _read(path: Path, root: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.relative_to(root)}: not UTF-8 at byte {error.start}; save it as UTF-8") from error


def _write(path: Path, text: str) -> None:
    """Only what differs: an untouched file does not make the site rebuild."""
    content = text.encode("utf-8")
    if not path.is_file() or path.read_bytes() != content:
        with atomic(path) as file:
            file.write(content)

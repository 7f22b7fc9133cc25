"""Pages: one step a project and language, resting on templates, the code that renders, and the project's results."""

from collections.abc import Iterator
from pathlib import Path

from experiments.errors import InputError
from experiments.results import atomic
from showcase.catalog import entries
from showcase.commits import scripts_of
from showcase.nodes import Presence, ResultFiles, Step, Value, code, file, files
from showcase.projects import LANGUAGES, PROJECTS, Project, find
from showcase.sources import code_behind
from showcase.tasks.evidence import commits_node


def page_steps(root: Path, project: Project, preset: str, ask: bool = True) -> list[Step]:
    """The project's pages as steps; `ask` git for last commits. Raises InputError when a template is missing."""
    commits = commits_node(project, scripts_of(root, project, ask))
    return [_step(root, project, preset, lang, commits) for lang in LANGUAGES]


def _step(root: Path, project: Project, preset: str, lang: str, commits: Value) -> Step:
    template = root / project.template(lang)
    if not template.is_file():
        shown = project.template(lang)
        raise InputError(f"{shown}: missing template; `git checkout -- {shown}` brings it back")
    modules = {}
    for module in ("showcase.render", "showcase.merge", f"showcase.claims.{project.name}"):
        modules |= code_behind(module, root)
    return Step(
        name=f"page/{project.name}.{lang}",
        kind="page",
        project=project.name,
        title=lang,
        root=root,
        function=write_page,
        arguments={"project": project.name, "preset": preset, "lang": lang},
        rests_on=[
            *code(modules),
            commits,
            *files(root, [project.template(lang), *_shared_templates(template.parent, project)]),
            *files(root, _names(root, project)),
            *files(root, (project.result(preset, part) for part in project.study.PARTS), ResultFiles),
            # A page shows pictures by their paths: they have to be there.
            *files(
                root, (project.pictures / name for entry in entries(root, project) for name in entry.files), Presence
            ),
        ],
        # Of the page only that it is there: his edits make nothing stale.
        makes=[file(root, project.last_render(lang)), file(root, project.page(lang), Presence)],
    )


def _shared_templates(folder: Path, project: Project) -> list[Path]:
    """Macros and the like: what is no page, and belongs to this project or to all."""
    pages = {each.template(lang).name for each in PROJECTS for lang in LANGUAGES}
    others = tuple(f"{each.name}." for each in PROJECTS if each != project)
    templates = (path for path in folder.iterdir() if path.suffix == ".j2")
    return sorted(path for path in templates if path.name not in pages and not path.name.startswith(others))


def _names(root: Path, project: Project) -> list[Path]:
    """The file of the numbers' names, where the project has one."""
    path = Path("showcase/values", f"{project.name}.yaml")
    return [path] if (root / path).is_file() else []


def write_page(root: Path, project: str, preset: str, lang: str, report) -> None:
    """Render a page and merge it into the file on disk, where the owner may have edited it."""
    from showcase.marks import plain
    from showcase.merge import merge
    from showcase.render import Page

    found = find(project)
    path = found.page(lang)
    page, last = root / path, root / found.last_render(lang)
    made = Page(project, lang, root, preset)
    fresh = made.text()
    text = plain(fresh)
    if page.is_file():
        mine = _read(page, root)
        try:
            # Without a last render every difference counts as the owner's, so that nothing of his is lost.
            merged = merge(_read(last, root) if last.is_file() else fresh, mine, fresh, made)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        text = merged.text
        for note in notes(merged):
            report.note(f"{path}: {note}")
    # The page first: if the run is cut off here, the next one merges the same change once more, to the same text.
    # The other way round, old numbers would pass for the owner's words.
    _write(page, text)
    _write(last, fresh)


def notes(merged) -> Iterator[str]:
    """What the owner should hear about a merge."""
    for sentence in merged.offered:
        yield f"your wording stays; the build offers: {' '.join(sentence.split())}"
    for found in merged.contradictions:
        yield f"'{found.claim}' was '{found.was}' and now is '{found.now}', but your words for it say: {found.text}"
    for name in merged.orphans:
        yield f"nothing measures '{name}' any more"
    for words in merged.typed_over:
        yield f"a number typed over a measured one was set back: {words}"
    yield from merged.advice


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

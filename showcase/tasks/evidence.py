"""`_data/evidence.json`: runs, figures, tables, claims and scripts behind all pages, for "How this site is made"."""

import json
from pathlib import Path

from experiments.files import atomic
from showcase import earlier
from showcase.nodes import ResultFiles, Step, Value, code, file, files, text_digest
from showcase.projects import LANGUAGES, PROJECTS, Project
from showcase.sources import code_behind

EVIDENCE = Path("_data/evidence.json")


def evidence_step(root: Path, written: list[Project], preset: str) -> Step:
    """`written` are the projects whose pages this run writes; of the others the file keeps what it has."""
    listed = [each for each in PROJECTS if each in written or _is_complete(root, each, preset)]
    modules = code_behind(root, "showcase.evidence", *(f"showcase.claims.{project.name}" for project in listed))
    names = " ".join(project.name for project in listed)
    rests_on = [Value(name="projects", digest=text_digest(names)), *code(modules), file(root, earlier.FILE)]
    for project in listed:
        rests_on += files(root, (project.result(preset, part) for part in project.study.PARTS), ResultFiles)
        rests_on += files(root, _renders(project))
        words = Path("showcase/templates", f"{project.name}.claims.j2")
        rests_on += files(root, [words] if (root / words).is_file() else [])
    return Step(
        name="data/evidence",
        root=root,
        function=write_evidence,
        arguments={"projects": [project.name for project in written], "preset": preset},
        rests_on=rests_on,
        makes=[file(root, EVIDENCE)],
    )


def _is_complete(root: Path, project: Project, preset: str) -> bool:
    """Can its evidence be listed though this run does not write its pages?"""
    needed = [project.result(preset, part) for part in project.study.PARTS]
    return all((root / path).is_file() for path in [*needed, *_renders(project)])


def _renders(project: Project) -> list[Path]:
    return [project.last_render(lang, sheet) for sheet in project.sheets for lang in LANGUAGES]


def write_evidence(root: Path, projects: list[str], preset: str, report) -> None:
    """Gather what is behind the pages of `projects`; keep what the file says of other pages that are there."""
    from showcase.evidence import section

    try:
        before = json.loads((root / EVIDENCE).read_text(encoding="utf-8"))["projects"]
    except (OSError, ValueError, KeyError, TypeError):
        before = {}
    sections = {}
    for project in PROJECTS:
        if project.name in projects:
            sheets = [
                {lang: (root / project.last_render(lang, sheet)).read_text(encoding="utf-8") for lang in LANGUAGES}
                for sheet in project.sheets
            ]
            sections[project.name] = section(root, project, preset, *sheets)
        elif project.name in before:
            sections[project.name] = before[project.name]
    with atomic(root / EVIDENCE) as file:
        file.write((json.dumps({"projects": sections}, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())

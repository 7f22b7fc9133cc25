"""Exports: what a study writes for visitors' browsers besides pictures. Each rests on its input files and all code
behind its module."""

from importlib import import_module
from pathlib import Path

from experiments.errors import InputError
from showcase.nodes import Step, code, file, inputs
from showcase.projects import Project, find
from showcase.sources import code_behind, locate


def export_steps(root: Path, project: Project) -> list[Step]:
    """The project's exports as steps. Raises InputError for a module or an input that does not exist."""
    return [_step(root, project, name) for name in project.exports]


def _step(root: Path, project: Project, name: str) -> Step:
    export = project.exports[name]
    if locate(export.module, root) is None:
        raise InputError(f"experiments/{project.name}/study.py: '{name}' names {export.module}, which is missing")
    return Step(
        name=f"export/{project.name}/{name}",
        root=root,
        function=run_export,
        arguments={"project": project.name, "name": name},
        rests_on=[*code(code_behind(root, export.module)), *inputs(root, export.inputs)],
        makes=[file(root, export.out / made) for made in export.makes],
    )


def run_export(root: Path, project: str, name: str, report) -> None:
    """Write one export."""
    export = find(project).exports[name]
    import_module(export.module).run(root / export.out, report)

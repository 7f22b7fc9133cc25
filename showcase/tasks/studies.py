"""Studies: one step a part. It rests on the part's settings, its input files and all code behind its module."""

import json
from importlib import import_module
from pathlib import Path

from experiments.errors import InputError
from experiments.presets import load_config, read_presets
from experiments.results import Recorder
from showcase.nodes import ResultFiles, Step, Value, code, file, inputs, text_digest
from showcase.projects import Project, find
from showcase.sources import code_behind, locate


def study_steps(root: Path, project: Project, preset: str) -> list[Step]:
    """The project's parts as steps. Raises InputError for wrong settings and for inputs that do not exist."""
    table = read_presets(project.study.PRESETS_FILE)
    for name, given in table.items():  # what a part's Config does not have, `load_config` tells
        if unknown := sorted(set(given) - set(project.study.PARTS)):
            known = ", ".join(project.study.PARTS)
            raise InputError(f"{project.study.PRESETS_FILE}: {name}: unknown part '{unknown[0]}' (known: {known})")
    return [_step(root, project, preset, part, table[preset].get(part, {})) for part in project.study.PARTS]


def _step(root: Path, project: Project, preset: str, part: str, settings: dict) -> Step:
    plan = project.study.PARTS[part]
    if locate(plan.module, root) is None:
        raise InputError(f"experiments/{project.name}/study.py: part '{part}' names {plan.module}, which is missing")
    rests_on = [
        Value(
            name=f"settings {project.name} {preset} {part}", digest=text_digest(json.dumps(settings, sort_keys=True))
        ),
        *code(code_behind(root, plan.module)),
        *inputs(root, plan.inputs, f", `python -m experiments.{project.name} train` makes a new one"),
    ]
    return Step(
        name=f"study/{project.name}/{preset}/{part}",
        root=root,
        function=run_part,
        arguments={"project": project.name, "preset": preset, "part": part},
        rests_on=rests_on,
        makes=[file(root, project.result(preset, part), ResultFiles)],
    )


def run_part(root: Path, project: str, preset: str, part: str, report) -> None:
    """Run one part under one preset and save its result."""
    found = find(project)
    module = import_module(found.study.PARTS[part].module)
    config = load_config(module.Config, found.study.PRESETS_FILE, preset, part)
    result = module.run(config, Recorder(part, config, preset=preset, project=project), report)
    result.save(root / found.result(preset, part).parent)

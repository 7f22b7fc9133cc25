"""Measurements too long for a build, which commands of their own have made: which keys of results hold them, how to
make them again, and, where the networks have changed since, whose networks they measured."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from showcase.earlier import earlier_of
from showcase.projects import Project
from showcase.prose import configuration
from showcase.values import Values


class Record(NamedTuple):
    """`keys` lead to it in the results, `figures` show it; `networks` has version and commit of older networks."""

    command: str
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    networks: Mapping[str, str] = {}


def records_of(project: Project) -> dict[str, Record]:
    """By the name of the run."""
    older = earlier_of(project.name).get("older", {"records": {}})
    found = {name: Record(name, *held) for name, held in project.records.items()}
    for name, held in older["records"].items():
        known = found[name]._asdict() if name in found else {}
        found[name] = Record(**(known | held | {"networks": older["networks"]}))
    return found


def run_of(project: Project, key: str) -> str:
    """What measured the value of a key: the command whose record holds it, else the part."""
    found = records_of(project).items()
    held = (name for name, record in found if any(f"{key}.".startswith(f"{k}.") for k in record.keys))
    return next(held, key.split(".")[0])


def runs_of(project: Project, values: Values) -> dict[str, dict[str, Any]]:
    """Each record as evidence; what its command did not write down is left out."""
    found = records_of(project).items()
    return {name: _told(project, record, values) for name, record in found if record.keys[0] in values}


def _told(project: Project, record: Record, values: Values) -> dict[str, Any]:
    held = values[record.keys[0]] if isinstance(values[record.keys[0]], Mapping) else {}
    config = {key: value for key, value in held.items() if key != "device" and isinstance(value, (int, float, str))}
    command = f"python -m experiments.{project.name} {record.command}"
    told = {"command": command, "config": config, "configuration": configuration(config)}
    told |= {"device": held["device"]} if "device" in held else {}
    return told | ({"networks": dict(record.networks)} if record.networks else {})

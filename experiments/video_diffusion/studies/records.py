"""Records of measurements too long for a study: a command makes one beside the weights, the study shows it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.results import atomic

MEASURED = ("clips", "injection_length", "sampler_steps", "continuing_steps", "free_walks", "memories")  # by `measure`
# What makes each of the others.
COMMANDS = {
    "ablation": "ablate",
    "milestones": "milestones",
    "decisions": "decisions",
    "comparison": "compare",
    "rulers": "rulers",
}


def command(name: str) -> str:
    """What makes a record."""
    return f"python -m experiments.video_diffusion {COMMANDS.get(name, f'measure {name}')}"


def load(folder: Path, name: str) -> dict[str, Any]:
    """Raises InputError when the record is missing or broken."""
    path = folder / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: missing or broken ({type(error).__name__}); `{command(name)}` makes it") from error


def current(folder: Path, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """A record that was measured on what is `known`. Raises InputError for one that was not, too."""
    record = load(folder, name)
    if changed := differing(known, record):
        told = f"it was measured with other {', '.join(changed)} than there are now"
        raise InputError(f"{folder / name}.json: {told}; `{command(name)}` makes it anew")
    return record


def differing(known: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """By dotted names what is known and is not so in the record."""
    found = []
    for key, value in known.items():
        there = record.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            keys = dict.fromkeys((*value, *there))
            found += [f"{key}.{inner}" for inner in keys if value.get(inner) != there.get(inner)]
        elif value != there:
            found.append(key)
    return found


def save(folder: Path, name: str, record: dict[str, Any]) -> None:
    with atomic(folder / f"{name}.json") as file:
        file.write((json.dumps(record, indent=1) + "\n").encode())

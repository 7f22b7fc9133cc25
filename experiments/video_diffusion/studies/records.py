"""Records of measurements too long for a study: a command makes one beside the weights, the study shows it."""

import json
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.results import atomic

# What makes each.
COMMANDS = {
    "ablation": "ablate",
    "milestones": "milestones",
    "decisions": "decisions",
    "comparison": "compare",
    "rulers": "rulers",
    "memories": "memories",
}


def load(folder: Path, name: str) -> dict[str, Any]:
    """Raises InputError when the record is missing or broken."""
    path = folder / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        command = f"python -m experiments.video_diffusion {COMMANDS[name]}"
        raise InputError(f"{path}: missing or broken ({type(error).__name__}); `{command}` makes it") from error


def save(folder: Path, name: str, record: dict[str, Any]) -> None:
    with atomic(folder / f"{name}.json") as file:
        file.write((json.dumps(record, indent=1) + "\n").encode())

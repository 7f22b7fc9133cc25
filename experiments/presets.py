"""Presets: one YAML file a study, preset → part → the fields that differ from that part's `Config` defaults."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from experiments.errors import InputError

PRESETS = ("quick", "standard", "paper")
Config = TypeVar("Config")


def read_presets(path: Path, names: tuple[str, ...] = PRESETS) -> dict[str, dict[str, dict[str, Any]]]:
    """Read a presets file. Raises InputError when it is missing, not YAML, or lacks one of `names`."""
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        where = f" at line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""
        raise InputError(f"{path}: not valid YAML{where}; `git diff {path}` shows what changed") from error
    for preset in names:
        parts = table.get(preset, 0) if isinstance(table, dict) else 0
        if not isinstance(parts, dict) or not all(isinstance(given, dict) for given in parts.values()):
            raise InputError(f"{path}: preset '{preset}' must map each part to its settings")
    return table


def load_config(
    config_class: type[Config], path: Path, preset: str, part: str, names: tuple[str, ...] = PRESETS
) -> Config:
    """The configuration of one part under one preset; fields not named in the file keep their defaults.

    Raises InputError for an unknown preset or a key that `config_class` does not have.
    """
    table = read_presets(path, names)
    if preset not in table:
        raise InputError(f"{path}: no preset '{preset}' (known: {', '.join(table)})")
    given, known = table[preset].get(part, {}), [field.name for field in fields(config_class)]
    if unknown := sorted(set(given) - set(known)):
        raise InputError(f"{path}: {preset}: {part}: unknown key '{unknown[0]}' (known: {', '.join(known)})")
    # Lists become tuples so that a configuration stays hashable.
    return config_class(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})

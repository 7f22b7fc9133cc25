"""YAML, read by libyaml where PyYAML was built with it: the same tables, ten times as fast."""

from pathlib import Path
from typing import Any

import yaml

from experiments.errors import InputError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str):
    """What a text of one document holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)


def lines(text: str) -> dict[str, int]:
    """On which line, from 1, each key of a text's table stands."""
    tree = yaml.compose(text, Loader=LOADER)
    return {key.value: key.start_mark.line + 1 for key, _ in tree.value} if tree else {}


def read(path: Path, name: object = None) -> dict[str, Any]:
    """The table in a file; an empty file holds an empty one. `name` stands for the file in errors.

    Raises OSError, and InputError, with the line of a mistake, for what is no table.
    """
    name = name or path
    try:
        table = load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 at byte {error.start}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InputError(f"{name}{line}: not valid YAML ({getattr(error, 'problem', None) or error})") from error
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{name}: has a {type(table).__name__} where a table belongs")
    return table or {}

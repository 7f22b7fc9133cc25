"""YAML, read by libyaml where PyYAML was built with it: the same tables, ten times as fast."""

from pathlib import Path

import yaml

from experiments.errors import InputError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str):
    """What a text of one document holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)


class Table(dict):
    """What a file holds; `lines` has the line, from 1, on which each of its keys stands."""

    lines: dict[str, int] = {}


def read(path: Path, name: object = None) -> Table:
    """The table in a file; an empty file holds an empty one. `name` stands for the file in errors.

    Raises OSError, and InputError, with the line of a mistake, for what is no table.
    """
    name = name or path
    try:
        loader = LOADER(path.read_text(encoding="utf-8-sig"))
        tree = loader.get_single_node()
        table = loader.construct_document(tree) if tree else {}
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 at byte {error.start}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InputError(f"{name}{line}: not valid YAML ({getattr(error, 'problem', None) or error})") from error
    if not isinstance(table, dict):
        raise InputError(f"{name}: has a {type(table).__name__} where a table belongs")
    made = Table(table)
    made.lines = {key.value: key.start_mark.line + 1 for key, _ in tree.value} if tree else {}
    return made

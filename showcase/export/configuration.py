"""A site's `_config.yml`, read as Jekyll reads it, whatever stands in it."""

from pathlib import Path
from typing import Any

import yaml

from experiments.errors import InputError
from showcase import fast_yaml

LARGEST = 1 << 20  # bytes
KINDS = {"collections": (dict, list), "plugins": (list, str), "url": str, "baseurl": str, "theme": str, "lang": str}


def configuration(path: Path) -> dict[str, Any]:
    """Its table. Raises InputError, in one line, for what is no configuration, or none that Jekyll can build with."""
    if (size := path.stat().st_size) > LARGEST:
        raise InputError(f"{path}: {size:,} bytes are more than a configuration has (at most {LARGEST:,} are read)")
    try:
        table = fast_yaml.load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InputError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', None) or error})") from error
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{path}: has a {type(table).__name__} where a table of settings belongs")
    table = table or {}
    for key, kind in KINDS.items():
        if table.get(key) is not None and not isinstance(table[key], kind):
            raise InputError(f"{path}: `{key}` is a {type(table[key]).__name__}; Jekyll cannot build that")
    return table

"""A site's `_config.yml`, read as Jekyll reads it, whatever stands in it."""

from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import fast_yaml

LARGEST = 1 << 20  # bytes
KINDS = {"collections": (dict, list), "plugins": (list, str), "url": str, "baseurl": str, "theme": str, "lang": str}


def configuration(path: Path) -> dict[str, Any]:
    """Its table. Raises InputError, in one line, for what is no configuration, or none that Jekyll can build with."""
    if (size := path.stat().st_size) > LARGEST:
        raise InputError(f"{path}: {size:,} bytes are more than a configuration has (at most {LARGEST:,} are read)")
    table = fast_yaml.read(path)
    for key, kind in KINDS.items():
        if table.get(key) is not None and not isinstance(table[key], kind):
            raise InputError(f"{path}: `{key}` is a {type(table[key]).__name__}; Jekyll cannot build that")
    return table

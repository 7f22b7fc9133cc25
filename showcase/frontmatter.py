"""A page's front matter. It is merged key by key: a key the owner changed is his, every other follows the template."""

import re
from typing import Any

import yaml

from experiments.errors import InputError
from showcase import fast_yaml

FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
KEY = re.compile(r"^([^\s#:-][^:\n]*):", re.MULTILINE)


def split_front(text: str) -> tuple[str | None, str]:
    """(front matter without its fences, body). Raises InputError when it is not YAML."""
    match = FRONT.match(text)
    if not match:
        return None, text
    try:
        fast_yaml.load(match[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        raise InputError(f"front matter is not valid YAML{where}: mend it; nothing was written") from error
    return match[1], text[match.end() :]


def table(text: str) -> dict[str, Any]:
    """What the front matter of a file says; empty where there is none, or none that can be read."""
    found = FRONT.match(text)
    try:
        given = fast_yaml.load(found[1]) if found else {}
    except (yaml.YAMLError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


def entries(front: str) -> dict[str, str]:
    """Key -> its lines, comments and continuations included; lines above the first key stand under ""."""
    found: dict[str, str] = {}
    starts = [match.start() for match in KEY.finditer(front)]
    for start, end in zip([0, *starts], [*starts, len(front)], strict=True):
        lines = front[start:end]
        if lines:
            found[KEY.match(lines)[1] if start in starts else ""] = lines
    return found


def merge_front(base: str, mine: str, fresh: str) -> tuple[str, list[str]]:
    """The merged front matter and the fresh lines that the owner's stood against."""
    if mine == base:
        return fresh, []
    old, his, new = entries(base), entries(mine), entries(fresh)
    merged, offered = [], []
    for key, lines in his.items():
        untouched = lines == old.get(key)
        merged.append(new.get(key, "") if untouched else lines)
        if not untouched and key in new and new[key] not in (lines, old.get(key)):
            offered.append(new[key].strip())
    merged += [lines for key, lines in new.items() if key not in his and key not in old]
    offered += [lines.strip() for key, lines in new.items() if key not in his and key in old and lines != old[key]]
    return "".join(merged), offered

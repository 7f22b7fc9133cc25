"""What `--check` finds on the pages, as an editor wants it: `python build_figures.py --check --json`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from showcase.inspection import Found, inspect, plain_text


def report(root: Path) -> int:
    """Print a JSON list of faults; results and figures are not looked at, so that it answers at once. Returns the exit
    code, 1 when something is wrong."""
    found = inspect(root)
    print(json.dumps(list(faults(root, found)), ensure_ascii=False))
    return int(any(not each.fault.advice for each in found))


def faults(root: Path, found: list[Found]) -> Iterator[dict[str, Any]]:
    """One table a fault. `range` is [line, column, line, column] from 0, columns in UTF-16 units as editors count;
    `was` is what stands there, `cure`, where there is one, what replaces it. `by_fix`: `--fix` alone can mend it, as it
    gives a file another name, or changes what an editor does not show."""
    texts: dict[str, str] = {}
    for each in found:
        if each.path not in texts:
            texts[each.path] = plain_text(root / each.path)
        text, fault = texts[each.path], each.fault
        extends = fault.end > fault.start
        start, end = (fault.start, fault.end) if extends else _line(text, each.line)
        yield {
            "path": each.path,
            "words": fault.words,
            "advice": fault.advice,
            "range": [*_place(text, start), *_place(text, end)],
            "was": text[start:end],
            "cure": fault.cure if extends and fault.rename is None else None,
            "by_fix": fault.cure is not None and not (extends and fault.rename is None),
        }


def _line(text: str, number: int) -> tuple[int, int]:
    """Where a line begins and ends: a fault of no extent is shown on the whole of it."""
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
    end = text.find("\n", start)
    return start, end if end >= 0 else len(text)


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return text.count("\n", 0, offset), len(before.encode("utf-16-le")) // 2

"""How long steps take: remembered on this machine, else read off committed results."""

import json
from contextlib import suppress
from pathlib import Path

from experiments.files import atomic
from showcase.nodes import ResultFiles, Step

DURATIONS = Path(".cache/durations.json")


def expected_durations(root: Path, steps: list[Step]) -> dict[str, float]:
    """Seconds each step took the last time it ran on this machine, or where its committed result was made."""
    results = {step.name: node.path for step in steps for node in step.makes if isinstance(node, ResultFiles)}
    told = {name: _recorded_seconds(path) for name, path in results.items()}
    return {name: seconds for name, seconds in told.items() if seconds is not None} | last_durations(root)


def _recorded_seconds(path: Path) -> float | None:
    """None for a result that was never made, or is broken: then it is made again."""
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["provenance"]["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_durations(root: Path) -> dict[str, float]:
    """Seconds each step took the last time it ran on this machine."""
    try:
        return json.loads((root / DURATIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def remember(root: Path, seconds: dict[str, float]) -> None:
    with suppress(OSError), atomic(root / DURATIONS) as file:
        file.write(json.dumps(last_durations(root) | seconds, indent=1).encode())

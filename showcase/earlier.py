"""Numbers from the first write-ups of both projects, and verdicts that were reached before: quoted on the pages, never
measured here.

`earlier.yaml` has them by project, as text, as they were published; a judge that compares with one converts it.
"""

from functools import cache
from pathlib import Path
from typing import Any

from showcase import fast_yaml
from showcase.values import Values

FILE = Path("showcase/earlier.yaml")


@cache
def earlier_of(project: str) -> dict[str, Any]:
    """All that is quoted of a project; nothing for one that had no write-up before."""
    return fast_yaml.read(Path(__file__).with_suffix(".yaml"), FILE).get(project, {})


def earlier(key: str) -> str:
    """The quoted number at a dotted key, the project first. Raises InputError when there is none."""
    project, _, rest = key.partition(".")
    return str(Values(earlier_of(project), {}, source=FILE.as_posix())[rest])

"""Every package that pyproject.toml names is told of: what it is for, and what would replace it."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([a-z][\w-]*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_table_of_packages_is_that_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    rows = ROW.findall((ROOT / "requirements/README.md").read_text(encoding="utf-8"))[1:]  # without the heads
    told = [package for package, *_ in rows]
    assert sorted(told) == sorted({Requirement(line).name for line in named})
    assert all(len(words.strip()) > 3 for _, *cells in rows for words in cells)
    assert "](requirements/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")

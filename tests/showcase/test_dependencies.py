"""Every package that pyproject.toml names is told of: what it is for, and what would replace it."""

import json
import re
import subprocess
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


def test_every_folder_of_node_packages_is_locked_by_digests():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    asking = [path for path in map(Path, listed) if path.name == "package.json" and '"dependencies"' in read(path)]
    asking += [path for path in map(Path, listed) if path.name == "package.json" and "devDependencies" in read(path)]
    assert len(asking) >= 4
    for path in asking:
        wanted, lock = json.loads(read(path)), json.loads(read(path.with_name("package-lock.json")))
        own = lock["packages"].pop("")
        for kind in ("dependencies", "devDependencies"):
            assert own.get(kind, {}) == wanted.get(kind, {}), f"{path}: its lock was made for other packages"
        assert all("integrity" in each or each.get("link") for each in lock["packages"].values()), path


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")

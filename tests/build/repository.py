"""A scratch repository: the real build, two tiny projects. Every test runs the real command in a process of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from coverage import Coverage

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
IGNORED = (".cache", ".pytask", "__pycache__", "pytask.lock.journal", ".half-*", ".swap-*", ".next-*")
DONE = re.compile(r"^\[ *\d+/\d+\] done (.+?)  ", re.MULTILINE)


def listening() -> None:
    """What runs in the background of a shell ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Tree:
    """A scratch repository and what was done to it."""

    root: Path

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "build_figures.py", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", **measured(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=listening,
        )

    def build(self, *arguments: str, code: int = 0, **environment: str) -> "Run":
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=180)
        assert process.returncode == code, f"exit {process.returncode}\n{out}\n{err}"
        return Run(out, err, set(DONE.findall(out)))

    def due(self, *arguments: str) -> dict[str, str]:
        """Step → why it would be made."""
        lines = self.build("--explain", *arguments).out.splitlines()
        return dict(line.split(": ", 1) for line in lines if not line.startswith("Up to date"))

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def runs(self) -> list[str]:
        """The studies run since the last call, in order."""
        log = self.root / "ran.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def files(self) -> dict[str, bytes]:
        """All products by path."""
        folders = ("results", "assets", "_projects", "_data", "showcase/renders")
        found = (path for folder in folders for path in (self.root / folder).rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


@dataclass
class Run:
    out: str
    err: str
    done: set[str]


def measured() -> dict[str, str]:
    """What lets a measurement of coverage see into the processes that a test starts."""
    if not Coverage.current():
        return {}
    return {"COVERAGE_PROCESS_START": f"{REPOSITORY}/pyproject.toml", "COVERAGE_FILE": f"{REPOSITORY}/.coverage"}


def scratch(root: Path) -> Tree:
    """The real build and two tiny projects, in a new folder; nothing is built."""
    root.mkdir()
    for name in ("build_figures.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root)
    own = ("__pycache__", "renders", "*.j2", "video_diffusion*", "pzodmc*")
    for name in ("showcase", "install"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns(*own))
    for name in ("macros*.j2", "skeleton*.j2"):
        for shared in (REPOSITORY / "showcase/templates").glob(name):
            shutil.copy(shared, root / "showcase/templates")
    (root / "experiments").mkdir()
    for path in (REPOSITORY / "experiments").glob("*.py"):
        shutil.copy(path, root / "experiments")
    shutil.copytree(HERE / "scratch", root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    projects = root / "showcase/projects.py"
    text = projects.read_text(encoding="utf-8")
    listed = re.compile(r"^PROJECTS = \(.*?^\)", re.MULTILINE | re.DOTALL)
    assert listed.search(text)
    projects.write_text(listed.sub('PROJECTS = (Project("alpha"), Project("beta"))', text), encoding="utf-8")
    tree = Tree(root)
    return tree


def clone(tree: Tree, root: Path) -> Tree:
    """A copy in another place, as a clone would be: all committed files, no caches."""
    shutil.copytree(tree.root, root, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED))
    return Tree(root)

"""A repository (and a site) to do harm to, and what must be true of it afterwards."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.build.repository import IGNORED

HERE = Path(__file__).parent
CACHES = {".cache", ".pytask", "__pycache__"}
LEFT_OVERS = (".half-*", ".swap-*", ".next-*", ".saved-*", "pytask.lock.journal", "pytask.lock.tmp")


@dataclass
class Answer:
    code: int
    changes: int  # of files
    seconds: float
    out: str


@dataclass
class Programs:
    """The server of tests/faults/server.py."""

    kind: str
    log: Path
    number: count = field(default_factory=count)

    def __post_init__(self):
        command = [sys.executable, str(HERE / "server.py"), self.kind]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout.readline() == "ready\n"

    def start(self, cwd: Path, *argv: str, fault: dict | None = None, watched: Path | None = None, **more) -> None:
        self.out = self.log / f"{next(self.number)}.txt"
        request = {"cwd": str(cwd), "argv": argv, "program": self.kind, "out": str(self.out), "fault": fault, **more}
        request["watched"] = str(watched or cwd)
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Answer:
        line = self.process.stdout.readline()
        out = self.out.read_text(encoding="utf-8", errors="replace") if self.out.exists() else ""
        self.out.unlink(missing_ok=True)
        return Answer(**json.loads(line), out=out)

    def run(self, cwd: Path, *argv: str, **more) -> Answer:
        self.start(cwd, *argv, **more)
        return self.answer()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def copy(source: Path, target: Path) -> Path:
    """All of it, also what git ignores."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target, symlinks=True))


def clone(source: Path, target: Path) -> Path:
    """What a commit of all files would give somebody else."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED)))


def content(root: Path) -> dict[str, bytes]:
    """Everything but caches and the scratch's own log."""
    found = (path for path in root.rglob("*") if path.is_file() and not CACHES & set(path.parts))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.name != "ran.log"}


def left_overs(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for pattern in LEFT_OVERS for path in root.rglob(pattern))


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))

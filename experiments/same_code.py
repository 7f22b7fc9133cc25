"""Is another machine's clone this one? A digest of the code and the shipped weights, and the packages that compute."""

import hashlib
import socket
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Records (.json) are left out: commands write them while they run; a study's step compares those it reads.
COUNTED = {"experiments": (".py", ".yaml", ".safetensors"), "showcase": (".py",)}
COMPUTING = ("torch", "numpy", "scipy")


@dataclass(frozen=True)
class About:
    """A process: where it runs, the digest of its code, its versions of Python and the packages that compute."""

    host: str
    code: str
    versions: tuple[tuple[str, str], ...]

    def differing(self, other: "About") -> str:
        """What of `other`'s versions is not this process's, in words; empty where all are."""
        ours, theirs = dict(self.versions), dict(other.versions)
        return ", ".join(f"{name} {theirs[name]} (here {ours[name]})" for name in ours if theirs[name] != ours[name])


@cache
def about() -> About:
    """This process. The digest is taken once: a process goes on with the code that it began with."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))} | {name: _version(name) for name in COMPUTING}
    return About(socket.gethostname(), digest_of(ROOT), tuple(versions.items()))


def digest_of(root: Path) -> str:
    """SHA-256 of the clone at `root`, by the paths and bytes of all files that a cell may run or load."""
    total = hashlib.sha256()
    for folder, kinds in COUNTED.items():
        paths = (path.relative_to(root) for path in (root / folder).rglob("*") if path.suffix in kinds)
        # An unfinished file of a running build begins with a dot.
        for path in sorted(path.as_posix() for path in paths if not path.name.startswith(".")):
            total.update(f"{path}\n{hashlib.sha256((root / path).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"

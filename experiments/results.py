"""A result: numbers, arrays, and where they came from. Everything a page shows starts here.

On disk a result is `NAME.json` (values, configuration, provenance, digest) and, when it has arrays, `NAME.npz`.
The digest covers values, configuration and arrays, so an edit by hand is noticed when the file is read.
"""

import hashlib
import json
import platform
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from experiments.errors import InputError
from experiments.files import atomic


@dataclass(frozen=True)
class Provenance:
    """How a result was made; no part of the digest."""

    command: str
    preset: str
    seeds: tuple[int, ...]
    device: str
    threads: int
    started: str  # ISO 8601, UTC
    seconds: float  # wall time of the run
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """`values` is a tree of JSON scalars, lists and dicts; `arrays` holds what is too big for JSON."""

    name: str  # "double_wells": the part of the study
    values: Mapping[str, Any]
    config: Mapping[str, Any]
    provenance: Provenance
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of what was measured and with which configuration."""
        content = json.dumps([self.name, self.values, self.config], sort_keys=True, allow_nan=False)
        total = hashlib.sha256(content.encode())
        for key in sorted(self.arrays):
            array = np.ascontiguousarray(self.arrays[key])
            total.update(f"{key}{array.dtype.str}{array.shape}".encode() + array.tobytes())
        return total.hexdigest()

    def save(self, folder: Path) -> Path:
        """Write NAME.json (and NAME.npz) into `folder`, so that the two always agree; return the JSON's path."""
        folder.mkdir(parents=True, exist_ok=True)
        plain = jsonable({"values": self.values, "config": self.config})
        clean = Result(self.name, plain["values"], plain["config"], self.provenance, self.arrays)
        record = {
            "name": clean.name,
            "values": clean.values,
            "config": clean.config,
            "provenance": jsonable(asdict(clean.provenance)),
            "arrays": {key: [array.dtype.str, list(array.shape)] for key, array in clean.arrays.items()},
            "digest": clean.digest,
        }
        path, arrays = folder / f"{clean.name}.json", folder / f"{clean.name}.npz"
        text = (json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
        with ExitStack() as files:
            file = files.enter_context(atomic(path))
            file.write(text)
            file.flush()
            if clean.arrays:
                beside = files.enter_context(atomic(arrays))  # takes its place first, being left first
                np.savez_compressed(beside, **clean.arrays)
                beside.flush()
            # All is on the disk. From here until the last rename there is no result: a cut makes it due, never wrong.
            path.resolve().unlink(missing_ok=True)
            if not clean.arrays:
                arrays.unlink(missing_ok=True)
        return path

    @classmethod
    def load(cls, path: Path) -> "Result":
        """Read what `save` wrote. Raises InputError when it is missing, broken, or edited by hand."""
        cure = f"run `python build_figures.py --force --only {path.parent.parent.name}` to make it again"
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            arrays = {}
            if record["arrays"]:
                with np.load(path.with_suffix(".npz"), allow_pickle=False) as stored:
                    arrays = {key: stored[key] for key in stored.files}
            origin = record["provenance"] | {"seeds": tuple(record["provenance"]["seeds"])}
            result = cls(record["name"], record["values"], record["config"], Provenance(**origin), arrays)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: missing or broken result ({type(error).__name__}); {cure}") from error
        if result.digest != record.get("digest"):
            raise InputError(f"{path}: digest mismatch: the file was changed after its run; {cure}")
        return result


class Recorder:
    """Times a run and notes its surroundings: `recorder = Recorder(...)` first, `recorder.result(...)` last.

    A run sets `seeds`, and `device` ("cuda:0") when it does not run on the CPU; the record holds the device's name.
    """

    def __init__(self, name: str, config: Any, *, preset: str, project: str, seeds=(), device: str = "cpu"):
        self.name, self.config, self.preset = name, config, preset
        self.project, self.seeds, self.device = project, tuple(seeds), device
        self.started, self.clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()

    def result(self, values: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> Result:
        """Close the run."""
        threads = sys.modules["torch"].get_num_threads() if "torch" in sys.modules else 1
        provenance = Provenance(
            command=f"python build_figures.py --only {self.project} --preset {self.preset} --force",
            preset=self.preset,
            seeds=self.seeds,
            device=device_name(self.device),
            threads=threads,
            started=self.started,
            seconds=round(time.perf_counter() - self.clock, 2),
            versions=_versions(),
        )
        plain = jsonable({"values": values, "config": asdict(self.config)})
        return Result(self.name, plain["values"], plain["config"], provenance, dict(arrays or {}))


def jsonable(tree: Any) -> Any:
    """Tuples to lists, numpy scalars and small arrays to numbers; NaN and infinities to None, as JSON has none."""
    if isinstance(tree, Mapping):
        return {str(key): jsonable(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [jsonable(value) for value in tree]
    if isinstance(tree, np.ndarray):
        return jsonable(tree.tolist())
    if isinstance(tree, np.generic):
        return jsonable(tree.item())
    if isinstance(tree, float) and not np.isfinite(tree):
        return None
    if isinstance(tree, Path):
        return tree.as_posix()
    return tree


def device_name(device: str) -> str:
    """The device in words, for the record."""
    if str(device).startswith("cuda"):
        return sys.modules["torch"].cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("torch", "numpy", "scipy", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

"""A checkpoint: the answers of V in the order in which they came.

A run is a function of its seed and of V's answers alone. So the answers are all that must be kept: the next run with
the same settings and seed asks for the same points, is given what is known, and goes on with V where the first one
ended. Its draws are those of an unbroken run, to the last digit.
"""

import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .calling import Around, Caller
from .errors import InputError
from .oracle import Potential

MAGIC = b"pzodmc-answers-1\n"
HEAD = struct.Struct("<II")  # checksum of the points, number of values


class Journal:
    """Open for the time of a run (`with Journal(path, identity) as journal`). Without a path it does nothing.

    Raises InputError for a file of another run, of another V, or that cannot be written.
    """

    def __init__(self, path: str | Path | None, identity: dict):
        if path is not None and not (path and isinstance(path, str | Path)):
            raise InputError(f"checkpoint: give the path of a file, got {path!r}")
        self.path, self.identity, self.file, self.known, self.at = path and Path(path), identity, None, b"", 0
        self.made_with = {"threads": torch.get_num_threads(), "torch": str(torch.__version__)}

    def __enter__(self) -> "Journal":
        if self.path is None:
            return self
        try:
            old = self.path.read_bytes() if self.path.exists() else b""
            start = self._begin(old) if old else 0
            self.known = self._whole(old[start:])
            self.file = self.path.open("r+b" if old else "wb")
            if not old:
                head = self.identity | {"made_with": self.made_with}
                start = self.file.write(MAGIC + json.dumps(head, sort_keys=True).encode() + b"\n")
            self.file.truncate(start + len(self.known))
            self.file.seek(0, 2)
        except OSError as error:
            raise self._unusable(error) from error
        return self

    def _begin(self, old: bytes) -> int:
        """Where the records of a file begin. InputError unless it is this run's, naming what differs."""
        end = old.find(b"\n", len(MAGIC)) + 1
        if not old.startswith(MAGIC) or not end:
            raise InputError(f"checkpoint {self.path} is no checkpoint; give another file")
        head = json.loads(old[len(MAGIC) : end])
        self.made_with = head.pop("made_with", self.made_with)
        differ = [k for k in sorted(head.keys() | self.identity.keys()) if head.get(k) != self.identity.get(k)]
        if differ:
            told = ", ".join(f"{k} was {head.get(k)} and is {self.identity.get(k)}" for k in differ)
            raise InputError(f"checkpoint {self.path} belongs to another run ({told}): give the same, or another file")
        return end

    def _unusable(self, error: OSError) -> InputError:
        return InputError(f"checkpoint {self.path} cannot be used: {error.strerror}")

    def __exit__(self, *_) -> None:
        if self.file is not None:
            self.file.close()

    def wrap(self, potential: Potential) -> Potential:
        """The potential as this run's own, whose answers are kept and given again where there is a path."""

        def own(function: Caller) -> Caller:
            return function.anew() if self.path is None else Remembering(self, function.anew())

        functions = potential.block_functions
        return replace(
            potential, function=own(potential.function), block_functions=functions and tuple(map(own, functions))
        )

    @staticmethod
    def _whole(data: bytes) -> bytes:
        """Without a last record that was not written to its end."""
        at = 0
        while at + HEAD.size <= len(data):
            size = HEAD.size + 8 * HEAD.unpack_from(data, at)[1]
            if at + size > len(data):
                break
            at += size
        return data[:at]

    def recall(self, points: np.ndarray) -> np.ndarray | None:
        """The values of the next record, None at the end. InputError where it is of other points."""
        if self.at >= len(self.known):
            return None
        checksum, count = HEAD.unpack_from(self.known, self.at)
        start = self.at + HEAD.size
        if count > len(points) or checksum != zlib.crc32(np.ascontiguousarray(points[:count]).tobytes()):
            made = ", ".join(f"{name} {value}" for name, value in self.made_with.items())
            raise InputError(
                f"checkpoint {self.path} was made at other points: the prior, the package, the machine or the number "
                f"of threads has changed (it was made with {made}); restore it, or remove the file"
            )
        self.at = start + 8 * count
        return np.frombuffer(self.known, np.float64, count, start)

    def note(self, points: np.ndarray, values: np.ndarray) -> None:
        try:
            self.file.write(HEAD.pack(zlib.crc32(np.ascontiguousarray(points).tobytes()), len(values)))
            self.file.write(np.asarray(values, dtype=np.float64).tobytes())
            self.file.flush()
        except OSError as error:
            raise self._unusable(error) from error


class Remembering(Around):
    """A `Caller` whose answers go through a journal: a batch of V as one record, a V of one point a record a point."""

    def __init__(self, journal: Journal, inner: Caller):
        super().__init__(inner)
        self.journal = journal

    def __call__(self, z: Tensor) -> Tensor:
        again = None
        if self.inner.way is None and len(z) and self.journal.at < len(self.journal.known):
            # How V is called is found out by asking it, in a run that goes on as in a new one; and whether it is V.
            again = float(self.inner(z[-1:])[0])
            # The first run tried with all of these points.
            self.inner.vain *= len(z) if self.inner.vectorized else 1
        rows, points, values = 0, z.detach().cpu().numpy(), []
        step = 8192
        while rows < len(points):
            part = points[rows : rows + step]
            known = self.journal.recall(part)
            if known is not None:
                values.append(known)
                rows += len(known)
                continue
            rest = z[rows : rows + step]
            if self.inner.vectorized:
                fresh = self.inner(rest).detach().double().cpu().numpy()
                if fresh.shape != (len(rest),):
                    return self.inner(rest)  # the wrong shape: whoever asked says so
                self.journal.note(part, fresh)
            else:
                fresh = []
                for point, value in zip(part, self.inner.one_by_one(rest), strict=True):
                    self.journal.note(point[None], np.array([value]))
                    fresh.append(value)
            values.append(np.asarray(fresh))
            rows += len(part)
        found = np.concatenate(values) if values else np.empty(0)
        if again is not None and not np.isclose(found[-1], again, rtol=1e-4, atol=1e-4, equal_nan=True):
            raise InputError(
                f"checkpoint {self.journal.path} holds the answers of another V ({found[-1]:g} where this one gives "
                f"{again:g}): restore V, or give another file"
            )
        return torch.as_tensor(found, device=z.device).to(
            torch.float32 if self.digits == torch.float32 else torch.float64
        )

"""How a running step tells what it does: a small file in .cache/progress, whatever process or machine it runs on."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from experiments.files import atomic

FOLDER = Path(".cache/progress")


@dataclass
class Record:
    """Times are seconds since the epoch; `fraction` is 0 … 1; `notes` are for the closing summary."""

    name: str
    started: float
    fraction: float = 0.0
    words: str = ""
    ended: float | None = None
    failed: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return (self.ended or time.time()) - self.started


class Reporter:
    """A step's `report`: call it with the fraction done and a few words; `note` what the summary should say."""

    def __init__(self, name: str, write: Callable[[Record], None], pause: float = 0.2):
        self.record, self.put, self.pause, self.written = Record(name, time.time()), write, pause, 0.0
        self.write()

    def __call__(self, done: float, what: str) -> None:
        self.record.fraction, self.record.words = min(max(float(done), 0.0), 1.0), str(what)
        # A study may report a thousand times a second; the display looks a few times a second.
        if time.monotonic() - self.written > self.pause:
            self.write()

    def note(self, text: str) -> None:
        self.record.notes.append(text)

    def write(self) -> None:
        self.written = time.monotonic()
        self.put(self.record)


def put(root: Path, record: Record) -> None:
    # Who cannot be watched works all the same.
    with suppress(OSError), atomic(root / FOLDER / (record.name.replace("/", "~") + ".json")) as file:
        file.write(json.dumps(asdict(record)).encode())


@contextmanager
def running(name: str, write: Callable[[Record], None]) -> Iterator[Reporter]:
    """Record a step from start to end, also when it fails; `write` takes its record now and then."""
    report = Reporter(name, write)
    try:
        yield report
        report.record.fraction = 1.0
    except BaseException:
        report.record.failed = True
        raise
    finally:
        report.record.ended = time.time()
        report.write()


def read(root: Path) -> list[Record]:
    """All records of this run, in the order of their start."""
    records = []
    for path in (root / FOLDER).glob("[!.]*.json"):
        try:
            records.append(Record(**json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):  # replaced while it was read; the next look sees it
            continue
    return sorted(records, key=lambda record: record.started)


def clear(root: Path) -> None:
    for path in (root / FOLDER).glob("*.json"):
        with suppress(OSError):
            path.unlink(missing_ok=True)

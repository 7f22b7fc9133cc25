"""What the user sees while steps run: a live table in a terminal, plain lines in a log."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from showcase import progress
from showcase.nodes import Step
from showcase.progress import Record
from showcase.prose import duration


class Display:
    """`with Display(...):` shows every step's start, progress and end until the block is left.

    `expected` holds the seconds each step took last time, where that is known.
    """

    heartbeat = 30.0  # seconds between two lines about a running step in a plain log

    def __init__(self, root: Path, steps: Sequence[Step], expected: dict[str, float], console: Console):
        self.root, self.steps, self.console = root, {step.name: step for step in steps}, console
        self.expected, self.begun = expected, time.time()
        self.done: set[str] = set()
        self.spoken: dict[str, float] = {}
        self.stop = threading.Event()

    def __enter__(self) -> "Display":
        progress.clear(self.root)
        if self.console.is_terminal:
            self.live = Live(
                get_renderable=self.table,
                console=self.console,
                refresh_per_second=4,
                transient=True,
                redirect_stderr=True,
            )
            self.live.start()
        else:
            self.live, self.thread = None, threading.Thread(target=self.talk, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop.set()
        if self.live:
            self.live.stop()
        else:
            self.thread.join()
        self.ended(progress.read(self.root))

    def ended(self, records: list[Record]) -> None:
        """One line for each step that has ended since the last look."""
        for record in records:
            if record.ended and record.name not in self.done:
                self.done.add(record.name)
                mark = Text("failed", "red") if record.failed else Text("done", "green")
                count = f"[{len(self.done):>{len(str(len(self.steps)))}}/{len(self.steps)}]"
                self.console.print(
                    Text(f"{count} ")
                    .append_text(mark)
                    .append(f" {self.steps[record.name].label}  {duration(record.seconds)}"),
                    soft_wrap=True,
                )

    def talk(self) -> None:
        while not self.stop.wait(0.5):
            records = progress.read(self.root)
            self.ended(records)
            for record in records:
                if not record.ended and time.time() - self.spoken.get(record.name, record.started) > self.heartbeat:
                    self.spoken[record.name] = time.time()
                    step = self.steps[record.name].label
                    words = f"{record.fraction:4.0%} {record.words}, {duration(record.seconds)} so far"
                    self.console.print(f"  ... {step}: {words}", highlight=False, soft_wrap=True)

    def table(self) -> Group:
        """The running steps, each with its bar, what it does now, its time, and what it took last time."""
        records = progress.read(self.root)
        self.ended(records)
        rows = Table.grid(padding=(0, 1))
        for record in records:
            if not record.ended and record.name in self.steps:
                last = self.expected.get(record.name)
                rows.add_row(
                    Text(self.steps[record.name].label, "bold"),
                    ProgressBar(total=1.0, completed=record.fraction, width=20),
                    Text(f"{record.fraction:4.0%}"),
                    Text(duration(record.seconds), "cyan"),
                    Text(f"of about {duration(last)}" if last else "", "dim"),
                    Text(record.words, "dim", overflow="ellipsis", no_wrap=True),
                )
        left = [name for name in self.steps if name not in self.done]
        known = sum(self.expected.get(name, 0.0) for name in left)
        line = f"{len(self.done)} of {len(self.steps)} steps, {duration(time.time() - self.begun)}"
        return Group(
            rows, Text(line + (f", all that is left took {duration(known)} last time" if known else ""), "dim")
        )

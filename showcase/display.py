"""What the user sees while steps run: bars in a terminal, plain lines in a log."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.text import Text

from showcase import progress
from showcase.nodes import Step
from showcase.progress import Record
from showcase.prose import duration

COLUMNS = (
    TextColumn("{task.description}", markup=False),
    BarColumn(20),
    TaskProgressColumn(),
    TextColumn("{task.fields[told]}", markup=False),
)


class Display:
    """`with Display(...):` shows every step's start, progress and end until the block is left.

    `expected` holds the seconds each step took last time, where that is known.
    """

    heartbeat = 30.0  # seconds between two lines about a running step in a plain log

    def __init__(self, root: Path, steps: Sequence[Step], expected: dict[str, float], console: Console):
        self.root, self.steps, self.console = root, {step.name: step for step in steps}, console
        self.expected, self.begun = expected, time.time()
        self.ended: set[str] = set()
        self.spoken: dict[str, float] = {}
        self.bars = Progress(*COLUMNS, console=console, transient=True, disable=not console.is_terminal)
        self.rows: dict[str, TaskID] = {"": self.bars.add_task("", total=len(steps), told="")}
        self.stop, self.thread = threading.Event(), threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> "Display":
        progress.clear(self.root)
        self.bars.start()
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop.set()
        self.thread.join()
        self.bars.stop()
        self.tell_ends(progress.read(self.root))

    def watch(self) -> None:
        while not self.stop.wait(0.3):
            records = progress.read(self.root)
            self.tell_ends(records)
            running = [record for record in records if not record.ended and record.name in self.steps]
            if self.console.is_terminal:
                self.draw(running)
            else:
                self.talk(running)

    def tell_ends(self, records: list[Record]) -> None:
        """One line for each step that has ended since the last look."""
        for record in records:
            if record.ended and record.name not in self.ended:
                self.ended.add(record.name)
                mark = Text("failed", "red") if record.failed else Text("done", "green")
                count = f"[{len(self.ended):>{len(str(len(self.steps)))}}/{len(self.steps)}] "
                took = f" {self.steps[record.name].label}  {duration(record.seconds)}"
                self.console.print(Text(count).append_text(mark).append(took), soft_wrap=True)
                if row := self.rows.pop(record.name, None):
                    self.bars.remove_task(row)

    def draw(self, running: list[Record]) -> None:
        """All steps in the first row; below it each running one with what it does, its time, and what it took last."""
        left = sum(self.expected.get(name, 0.0) for name in self.steps if name not in self.ended)
        whole = duration(time.time() - self.begun)
        whole += f", all that is left took {duration(left)} last time" if left else ""
        count = f"{len(self.ended)} of {len(self.steps)} steps"
        self.bars.update(self.rows[""], description=count, completed=len(self.ended), told=whole)
        for record in running:
            if record.name not in self.rows:
                self.rows[record.name] = self.bars.add_task(self.steps[record.name].label, total=1.0, told="")
            last = self.expected.get(record.name)
            told = f"{duration(record.seconds)}{f' of about {duration(last)}' if last else ''} {record.words}"
            self.bars.update(self.rows[record.name], completed=record.fraction, told=told)

    def talk(self, running: list[Record]) -> None:
        for record in running:
            if time.time() - self.spoken.get(record.name, record.started) > self.heartbeat:
                self.spoken[record.name] = time.time()
                words = f"{record.fraction:4.0%} {record.words}, {duration(record.seconds)} so far"
                line = f"  ... {self.steps[record.name].label}: {words}"
                self.console.print(line, highlight=False, soft_wrap=True)

"""The bench's table on the terminal, and the same as JSON."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..benchmark.bars import Bar, Line
from ..benchmark.runs import Bench


def show(bar: Bar, lines: list[Line], console: Console) -> None:
    table = Table(title=f"{bar.title} [dim]({bar.name})", title_justify="left", expand=False)
    for column in ("", "bar", "measured", "met?"):
        table.add_column(column)
    for line in lines:
        met = "" if line.bar == "—" else "[green]yes" if line.met else "[red]no"
        table.add_row(line.what, line.bar, line.measured, met)
    console.print(table)


def save(path: Path, found: list[tuple[Bar, list[Line]]], bench: Bench) -> None:
    """Lines by bar, and every run with its settings, seeds, scores, floors, costs."""
    bars = [{"name": bar.name, "title": bar.title, "lines": [asdict(line) for line in lines]} for bar, lines in found]
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    content = {"bars": bars, "runs": [asdict(outcome) for outcome in bench.outcomes.values()], "machine": machine}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

"""Find out which coordinates of V depend on each other, from values of V alone."""

import argparse

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..adaptive import AdaptivePartialZODMC
from ..command.loading import load
from ..command.parser import front, problem_options
from ..command.summary import blocks_line, show_notes, show_warnings
from ..front import seeded

SHOWN = 20  # edges


def add(parser: argparse.ArgumentParser) -> None:
    problem_options(parser)


def run(given: argparse.Namespace) -> None:
    problem = load(given.target, given.dim, given.scale)
    found = AdaptivePartialZODMC(problem.potential, scale=problem.scale, **front(given)).discover(
        seeded(given.device, given.seed)
    )
    console, strength = Console(highlight=False), found.graph.strength
    pairs = [(i, j) for i in range(len(strength)) for j in range(i) if found.graph.edges[i, j]]
    pairs.sort(key=lambda pair: -float(strength[pair]))
    console.print(Text(f"{problem.name}: {problem.potential.dim} coordinates", style="bold"))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column()
    facts.add_row("oracle calls", f"{found.calls:,}")
    facts.add_row("blocks", blocks_line(found.components, most=len(found.components)))
    shown = "  ".join(f"{j}–{i} ({float(strength[i, j]):.1g})" for i, j in pairs[:SHOWN])
    facts.add_row("edges", f"{len(pairs)}" + (f", strongest first, in roundings: {shown}" if pairs else ""))
    console.print(facts)
    show_warnings(console, found.warnings)
    show_notes(console, found.notes)

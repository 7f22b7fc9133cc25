"""List the targets that come with the package; all have exact draws."""

import argparse

from rich.console import Console
from rich.table import Table

from ..targets import TARGETS

WHAT = {
    "gmm2d": "four Gaussians, the ZOD-MC paper's",
    "gmm5d": "three Gaussians, the ZOD-MC paper's",
    "discontinuous": "the paper's mixture with jumps in V",
    "ring": "three concentric rings",
    "mueller_brown": "the Müller–Brown surface",
    "mog40": "forty Gaussians in a square",
    "narrow_wide": "a narrow and a wide Gaussian of equal share",
    "joint10": "three Gaussians that couple all coordinates",
    "double_wells5": "independent double wells",
    "double_wells30": "independent double wells",
    "two_modes5": "independent pairs of modes 8 apart",
    "two_modes30": "independent pairs of modes 8 apart",
    "many_well": "pairs of an uneven double well and a Gaussian",
    "funnel": "Neal's funnel",
    "banana": "twisted Gaussians in pairs of coordinates",
    "phi4": "the φ⁴ chain: double wells coupled to their neighbours",
    "hidden30": "fifteen 2-D mixtures in scrambled coordinates",
    "rotated": "double wells in turned axes: no blocks along the axes",
    "rotated_modes": "pairs of modes in turned axes",
}


def add(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(given: argparse.Namespace) -> None:
    table = Table("name", "what it is", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("dim", "log Z", "scale"):
        table.add_column(column, justify="right")
    for name, make in TARGETS.items():
        target = make()
        log_z = "unknown" if target.log_z is None else f"{target.log_z:.2f}".replace("-0.00", "0.00")
        table.add_row(name, WHAT.get(name, target.name), str(target.dim), log_z, f"{target.scale:.3g}")
    Console(highlight=False).print(table)

"""What a study is to the build: named parts, each one run that leaves one result.

A study's `study.py` lists its parts and imports nothing heavy, so that the build can look without loading torch:

    PARTS = {"double_wells": Part("experiments.pzodmc.studies.double_wells")}

The part's module holds `Config`, a frozen dataclass, and `run(config, recorder, report) -> Result`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Called with the fraction done (0 to 1) and a few words on what is being done now.
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Part:
    """`inputs` are files besides the configuration that the run reads: checkpoints, data."""

    module: str
    inputs: tuple[Path, ...] = ()


def silent(done: float, what: str) -> None:
    """A Report for callers that watch nothing."""

"""What a study gives to the site besides results and pictures: files for a visitor's browser."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Export:
    """The module holds `run(out, report)`, which reads `inputs` and writes the files `makes` into the folder `out`,
    relative to the repository's root."""

    module: str
    inputs: tuple[Path, ...]
    out: Path
    makes: tuple[str, ...]

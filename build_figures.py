"""Experiments → results → figures → pages: `python build_figures.py`, and `--help` for the rest."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def start() -> int:
    """Hand over to showcase/build.py, in the project's own environment when this Python lacks the packages."""
    if any(find_spec(package) is None for package in ("pytask", "yaml", "numpy", "matplotlib", "jinja2")):
        own = ROOT / ".venv" / "bin" / "python"
        if own.exists() and Path(sys.prefix) != ROOT / ".venv":
            os.execv(own, [str(own), str(ROOT / "build_figures.py"), *sys.argv[1:]])
        print("build_figures.py: the packages are not installed here; run `make setup` first", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    from showcase.build import main

    return main(ROOT, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(start())

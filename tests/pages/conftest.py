"""A scratch repository with one tiny project: a result, pictures, and templates written by each test."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from experiments.results import Provenance, Result

REPOSITORY = Path(__file__).parents[2]
PROVENANCE = Provenance(
    command="python build_figures.py --only tiny --preset quick --force",
    preset="quick",
    seeds=(0, 1, 2),
    device="A <processor> & co",
    threads=1,
    started="2026-01-02T03:04:05+00:00",
    seconds=75.0,
    versions={},
)
VALUES = {
    "saving": {"value": 0.123, "low": 0.1, "high": 0.15},
    "loss": -0.5,
    "count": 12345.0,
    "missing": None,
    "name": 'a <b> & "c"',
    "rows": [{"score": 1.5}, {"score": 2.5}],
}


class Scratch:
    def __init__(self, root: Path):
        self.root = root
        (root / "showcase/templates").mkdir(parents=True)
        for shared in ("macros.md.j2", "skeleton.md.j2"):
            shutil.copy(REPOSITORY / "showcase/templates" / shared, root / "showcase/templates")
        pictures = root / "assets/img/tiny"
        pictures.mkdir(parents=True)
        for name in ("curve.png", "film.png", "film.gif", "film.mp4"):
            Image.new("RGB", (4, 4)).save(pictures / name, format=name[-3:].upper().replace("MP4", "PNG"))
        self.measure(VALUES)

    def measure(self, values: Mapping[str, Any], part: str = "runs") -> None:
        Result(part, values, {}, PROVENANCE).save(self.root / "results/tiny/quick")

    def names(self, text: str) -> None:
        (self.root / "showcase/values").mkdir(exist_ok=True)
        (self.root / "showcase/values/tiny.yaml").write_text(text, encoding="utf-8")

    def template(self, text: str, lang: str = "en") -> None:
        (self.root / f"showcase/templates/tiny.{lang}.md.j2").write_text(text, encoding="utf-8")

    def render(self, text: str, lang: str = "en") -> str:
        from showcase.render import render

        self.template(text, lang)
        return render("tiny", lang, root=self.root, preset="quick")


@pytest.fixture
def scratch(tmp_path) -> Scratch:
    return Scratch(tmp_path)

"""Two parts."""

from pathlib import Path

from experiments.study import Part

PRESETS_FILE = Path(__file__).with_name("presets.yaml")
PARTS = {
    "draws": Part("experiments.alpha.studies.draws"),
    "walk": Part("experiments.alpha.studies.walk"),
}

"""One part."""

from pathlib import Path

from experiments.study import Part

PRESETS_FILE = Path(__file__).with_name("presets.yaml")
PARTS = {"tosses": Part("experiments.coin.tosses")}

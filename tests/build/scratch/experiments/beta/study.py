"""One part."""

from pathlib import Path

from experiments.study import Part

HERE = Path(__file__).parent
PRESETS_FILE = HERE / "presets.yaml"
PARTS = {"replay": Part("experiments.beta.studies.replay", inputs=(HERE / "model.bin",))}

"""The parts of the Partial ZOD-MC study. Imports nothing heavy."""

from pathlib import Path

from experiments.study import Part

PRESETS_FILE = Path(__file__).with_name("presets.yaml")
AGAINST = Path(__file__).parent / "benchmark" / "against.json"  # what `bench --against` measured

PARTS = {
    "block_picture": Part("experiments.pzodmc.studies.block_picture"),
    "particles": Part("experiments.pzodmc.studies.particles"),
    "double_wells": Part("experiments.pzodmc.studies.double_wells"),
    "joint": Part("experiments.pzodmc.studies.joint"),
    "background": Part("experiments.pzodmc.studies.background"),
    "scaling": Part("experiments.pzodmc.studies.scaling"),
    "budgets": Part("experiments.pzodmc.studies.budgets"),
    "dependent": Part("experiments.pzodmc.studies.dependent"),
    "limits": Part("experiments.pzodmc.studies.limits"),
    "rivals": Part("experiments.pzodmc.studies.rivals", (AGAINST,)),
}

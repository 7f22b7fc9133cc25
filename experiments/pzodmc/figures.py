"""The figures of the Partial ZOD-MC study: each reads results and nothing else."""

from experiments.pzodmc.drawings.background import importance_bias, stored_proposals
from experiments.pzodmc.drawings.block_rejection import block_rejection
from experiments.pzodmc.drawings.budgets import budgets
from experiments.pzodmc.drawings.dependent import dependent
from experiments.pzodmc.drawings.equal_quality import equal_quality
from experiments.pzodmc.drawings.joint import joint
from experiments.pzodmc.drawings.limits import limits
from experiments.pzodmc.drawings.particles import particle_data, particles, reverse_process
from experiments.pzodmc.drawings.scaling import scaling
from experiments.pzodmc.drawings.small_batches import small_batches
from experiments.pzodmc.drawings.with_dimension import cost_vs_dimension, quality_vs_dimension
from showcase.drawing import Drawing

FIGURES = (
    Drawing("block_rejection", ("block_picture",), block_rejection),
    Drawing("particles", ("particles",), particles, kind="film"),
    Drawing("particle_data", ("particles",), particle_data, kind="data"),
    Drawing("reverse_process", ("particles",), reverse_process),
    Drawing("cost_vs_dimension", ("double_wells",), cost_vs_dimension),
    Drawing("quality_vs_dimension", ("double_wells",), quality_vs_dimension),
    Drawing("equal_quality", ("double_wells",), equal_quality),
    Drawing("small_batches", ("double_wells",), small_batches),
    Drawing("joint", ("joint",), joint),
    Drawing("stored_proposals", ("background",), stored_proposals),
    Drawing("importance_bias", ("background",), importance_bias),
    Drawing("scaling", ("scaling",), scaling),
    Drawing("budgets", ("budgets",), budgets),
    Drawing("dependent", ("dependent",), dependent),
    Drawing("limits", ("limits",), limits),
)

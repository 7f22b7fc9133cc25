"""What samplers and targets are called in the figures."""

SAMPLERS = {
    "zodmc": "ZOD-MC (paper)",
    "pooled": "pooled ZOD-MC",
    "adaptive": "adaptive",
    "sir": "importance resampling",
    "smc": "tempered SMC",
    "tempering": "parallel tempering",
    "rdmc": "RDMC (gradients)",
    "dynesty": "nested sampling",
    "pocomc": "preconditioned SMC",
}
TARGETS = {
    "gmm2d": "Mixture",
    "gmm5d": "Mixture",
    "mog40": "40 modes",
    "ring": "Rings",
    "mueller_brown": "Müller–Brown",
    "discontinuous": "With jumps",
    "hidden30": "Hidden pairs",
    "phi4": "φ⁴ chain",
    "joint10": "Joint mixture",
    "banana": "Banana",
    "rotated": "Rotated wells",
    "rotated_modes": "Rotated modes",
    "funnel": "Funnel",
    "many_well": "Many wells",
}

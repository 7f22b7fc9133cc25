"""Sampling from exp(−V) with nothing but values of V: ZOD-MC, and Partial ZOD-MC that works block by block.

In story order: what is sampled, the process it rides on, the samplers, and how they are judged.

    from . import Potential, ZODMC, PartialZODMC
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "audit",
        "blocks",
        "diffusion",
        "discovery",
        "isir",
        "metrics",
        "oracle",
        "population",
        "rejection",
        "space",
        "targets",
        "tempered",
    ],  # fmt: skip
    submod_attrs={
        "errors": ["InputError"],
        "front": ["sample"],
        "oracle": ["Oracle", "Potential"],
        "targets": ["Target"],
        "draws": ["Calls", "Draws", "Sampler"],
        "zodmc": ["ZODMC"],
        "pooled": ["PooledZODMC"],
        "partial": ["PartialZODMC"],
        "coupled": ["CoupledPartialZODMC"],
        "adaptive": ["AdaptivePartialZODMC"],
        "baselines": ["SIR", "TemperedSMC", "ParallelTempering", "ULA", "RDMC"],
    },
)

"""Targets with exact ground truth: a potential, and a sampler that owes nothing to it.

In story order: what a target is, grids for inverse distributions, the targets, their names. Adding one is one function
that returns a `Target`, and a line in `registry`. Exact draws come by construction, from an inverse distribution on a
grid or from a transfer matrix, never from a Markov chain. V takes float32 and float64 on any device.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "target": ["Exact", "Labels", "Target"],
        "mixtures": ["mixture", "marginals", "gaussian", "mog40", "narrow_wide"],
        "products": ["product", "double_wells", "two_modes", "many_well"],
        "paper": ["paper_mixture_2d", "paper_mixture_5d", "joint_mixture"],
        "surfaces": ["ring", "mueller_brown"],
        "jumps": ["discontinuous"],
        "curved": ["funnel", "banana"],
        "lattice": ["phi4"],
        "hidden": ["hidden_blocks", "hidden_order", "rotated"],
        "registry": ["TARGETS", "named"],
    },
)

"""A tiny project: two parts, two figures, a sampler that one part reaches through this table of contents."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"sampler": ["sample"]})

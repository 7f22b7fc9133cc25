"""What was seen before and where: poses on the plane, which earlier frames are worth remembering, and what they show
from a new stance.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "angles": ["wrapped"],
        "poses": ["asked_motions", "checked", "compose", "led_by", "relative"],
        "depth_reader": ["DepthReader", "DepthReaderConfig"],
        "retrieval": ["most_overlapping"],
        "reprojection": ["Views", "reproject"],
    },
)

"""What a frame shows and how two frames lie to each other, read by small networks that were trained on real frames
only: no ruler asks the judge, or a network of the model, what is there.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "scene": ["SceneReader", "SceneReaderConfig", "Reading"],
        "motion": ["MotionReader", "MotionReaderConfig"],
    },
)

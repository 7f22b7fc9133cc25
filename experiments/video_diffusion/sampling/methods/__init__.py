"""How a new clip is tied to the video so far: one file a method, all plugged into the same sampling loop.

A method may change what the network sees (`enter`) and how it estimates the clean clip (`estimate`), nothing else.
`autoguidance` is for clips that continue nothing; it is not among the names here, which all can continue a video.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "method": ["Method", "Past"],
        "history_guidance": ["HistoryGuidance"],
        "reconstruction_guidance": ["ReconstructionGuidance"],
        "stabilised_guidance": ["StabilisedGuidance"],
        "feature_injection": ["FeatureInjection"],
        "hidden_injection": ["HiddenInjection"],
        "key_value_injection": ["KeyValueInjection"],
        "per_frame_noise": ["PerFrameNoise"],
        "per_frame_guidance": ["PerFrameGuidance"],
        "hybrid": ["Hybrid"],
    },
)

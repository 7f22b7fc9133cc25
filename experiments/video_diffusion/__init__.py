"""Long video from a diffusion model that only knows short clips.

In story order: mazes and walks, the autoencoder, noise and the denoiser, one sampling loop, the methods, long videos.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "maze": ["Maze", "Difficulty", "carve", "walk"],
        "raycaster": ["render"],
        "datasets": ["Dataset", "Episode", "MazeWalks", "Recordings", "open_source"],
        "autoencoder": ["Autoencoder"],
        "network": ["Denoiser", "DenoiserConfig"],
        "history": ["HistoryEncoder"],
        "training": ["TrainingConfig", "fit"],
        "sampling": ["sample"],
        "extension": ["extend", "LongVideo"],
        "methods": ["Method", "Past", "FeatureInjection", "HistoryGuidance", "ReconstructionGuidance"],
        "judge": ["Judge"],
        "video_decoder": ["VideoDecoder"],
        "models": ["Models"],
    },
)

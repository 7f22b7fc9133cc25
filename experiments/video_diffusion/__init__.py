"""Long video from a diffusion model that only knows short clips.

In story order: mazes and walks, the autoencoder, noise and the denoiser, one sampling loop, the methods, long videos.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "data.maze": ["Maze", "Difficulty", "carve", "walk"],
        "data.raycaster": ["render"],
        "data": ["Dataset", "Episode", "MazeWalks", "Recordings", "open_source"],
        "model.autoencoder": ["Autoencoder"],
        "model.video_decoder": ["VideoDecoder"],
        "model.denoiser": ["Denoiser", "DenoiserConfig"],
        "model.history_encoder": ["HistoryEncoder"],
        "training.loop": ["TrainingConfig", "fit"],
        "sampling.sampler": ["sample"],
        "sampling.methods": [
            "Method",
            "Past",
            "FeatureInjection",
            "HistoryGuidance",
            "PerFrameNoise",
            "ReconstructionGuidance",
        ],
        "sampling.extension": ["extend", "LongVideo"],
        "sampling.remembering": ["Remembering"],
        "sampling.start": ["Start"],
        "sampling.trained_models": ["Models"],
        "scores.judge": ["Judge"],
    },
)

"""The methods that every comparison has, in the order of its tables, with the settings that a sweep found best.

The settings are the defaults of the methods' classes, so that the command line runs what the tables measure. They were
chosen on held-out walks that no part of the study uses; CHANGELOG says what else was tried.
"""

import torch

from experiments.video_diffusion.datasets import MazeWalks
from experiments.video_diffusion.methods import Method
from experiments.video_diffusion.methods.registry import build
from experiments.video_diffusion.models import Models

NAMES = (
    "independent",
    "history_guidance",
    "reconstruction_guidance",
    "stabilised_guidance",
    "feature_injection",
    "hidden_injection",
    "key_value_injection",
    "per_frame_noise",
    "per_frame_guidance",
    "hybrid",
)


def contender(name: str, models: Models) -> Method:
    return build(name, {}, encoder=lambda: models.history)


def real_videos(seed: int, frames: int, videos: int) -> torch.Tensor:
    """Held-out walks (videos, frames, 64, 64, 3); no two seeds share a maze."""
    first = 50_000 + 1000 * seed
    return torch.from_numpy(MazeWalks("test", frames).frames(range(first, first + videos)))

"""The methods that every comparison has, in the order of its tables, with the settings that a sweep found best.

The settings are the defaults of the methods' classes, so that the command line runs what the tables measure. They were
chosen on held-out walks that no part of the study uses; CHANGELOG says what else was tried.
"""

from pathlib import Path
from typing import Any

import torch

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import EXTENDING, WALKS
from experiments.video_diffusion.model.weight_files import digest_of
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.methods.registry import build, registry, settings
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models

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


def measured_on(folder: Path) -> dict[str, Any]:
    """What tells a comparison of these networks, methods and steps from any other, as JSON has it. Raises InputError
    when a network is missing or corrupt."""
    weights = {network: digest_of(folder / f"{network}.safetensors") for network in EXTENDING}
    methods = {name: settings(registry()[name]) for name in NAMES}
    return {"weights": weights, "scheme": CONTINUING.settings, "settings": methods}


def real_videos(seed: int, frames: int, videos: int, source: str = WALKS, first: int = 0) -> torch.Tensor:
    """Held-out walks (videos, frames, 64, 64, 3) of a world, from number `first` of a seed's on; no two seeds share
    one."""
    first += 50_000 + 1000 * seed
    return torch.from_numpy(open_source(source, "test", frames).frames(range(first, first + videos)))

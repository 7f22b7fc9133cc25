"""The memories that are compared, each by name: how it is made, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from experiments.video_diffusion.memory.bank import RETRIEVED
from experiments.video_diffusion.memory.reprojection import Views
from experiments.video_diffusion.model.memory_encoder import MemoryEncoder, MemoryEncoderConfig
from experiments.video_diffusion.model.weight_files import load_weights
from experiments.video_diffusion.sampling.memories import (
    Attending,
    Doubting,
    Forgetting,
    Holding,
    Slotting,
)
from experiments.video_diffusion.sampling.methods import FeatureInjection, Method, PerFrameNoise, StabilisedGuidance
from experiments.video_diffusion.sampling.methods.per_frame_guidance import PerFrameGuidance
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.trained_models import Models

# models, poses (B, T, 3), what banks of the given frames have seen → what `extend` is told, and what it asks
Build = Callable[[Models, Tensor, list[Views]], Forgetting | Remembering | Slotting | Holding | Attending]


@dataclass(frozen=True)
class Contender:
    """A memory, and the `method` that ties the clips. With `read` the motion of the given frames is not known: it is
    read from the frames themselves."""

    build: Build
    method: Callable[[], Method] = PerFrameNoise
    read: bool = False


def reprojecting(count: int = RETRIEVED) -> Build:
    """Reprojection of `count` frames a clip."""
    return lambda models, poses, seen: Remembering(models, poses, count, seen)


# What is read by attention has weights of its own.
ENCODED = ("memory_10", "memory_60", "memory_recurrent", "memory_retrieved", "memory_raw")
TRAINING_FREE = {
    "nothing": Contender(lambda models, poses, seen: Forgetting(models)),
    "motion": Contender(lambda models, poses, seen: Remembering(models, poses, 0)),
    "held": Contender(lambda models, poses, seen: Holding(models, poses)),
    "slots": Contender(lambda models, poses, seen: Slotting(models, poses, RETRIEVED, seen)),
    "reprojection": Contender(reprojecting()),
    "reprojection_given": Contender(lambda models, poses, seen: Doubting(models, poses, RETRIEVED, seen)),
    "reprojection_read": Contender(reprojecting(), read=True),
    "reprojection_guided": Contender(reprojecting(), PerFrameGuidance),
    "reprojection_injected": Contender(reprojecting(), FeatureInjection),
    "reprojection_stabilised": Contender(reprojecting(), StabilisedGuidance),
}
NAMES = ("nothing", "motion", "held", "slots", *ENCODED, *(name for name in TRAINING_FREE if "reprojection" in name))


def there_are(folder: Path) -> list[str]:
    """Those of NAMES whose weights lie in the folder."""
    return [name for name in NAMES if name in TRAINING_FREE or weights(folder, name).exists()]


def weights(folder: Path, name: str) -> Path:
    return folder / f"{name.replace('_', '-')}.safetensors"


def contender(name: str, models: Models) -> tuple[Contender, int]:
    """A memory, and how many parameters it adds to the network."""
    if name in TRAINING_FREE:
        return TRAINING_FREE[name], 0
    path = weights(models.folder, name)
    encoder = load_weights(MemoryEncoder, MemoryEncoderConfig, path, str(models.device)).requires_grad_(False)
    parameters = sum(p.numel() for p in encoder.parameters())
    return Contender(lambda models, poses, seen: Attending(models, poses, encoder, seen)), parameters

"""The shipped readers of frames and motion, with the judge and the autoencoder of a folder, as the rulers take them."""

from pathlib import Path

import torch

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.model.weight_files import load_weights
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.readers import (
    MotionReader,
    MotionReaderConfig,
    SceneReader,
    SceneReaderConfig,
)
from experiments.video_diffusion.scores.world.measured import Readers

ELSEWHERE = 90_000  # number of the walk that shows another maze


def shipped_readers(
    folder: Path, device: torch.device, autoencoder: bool = True, readers: Path = FOLDER, source: str = WALKS
) -> Readers:
    """The readers of a folder, and the judge and the autoencoder of another one; the walk that shows another maze is of
    the world that `source` names. Raises InputError."""
    models = Models(device, folder)

    def through(video: torch.Tensor) -> torch.Tensor:
        return models.decode(models.encode(video[None]), alone=True)[0]

    scene = load_weights(SceneReader, SceneReaderConfig, readers / "scene.safetensors", str(device))
    motion = load_weights(MotionReader, MotionReaderConfig, readers / "motion.safetensors", str(device))
    return Readers(
        scene.requires_grad_(False),
        motion.requires_grad_(False),
        torch.from_numpy(open_source(source, "test", 150).episode(ELSEWHERE).frames),
        models.judge if (folder / "judge.safetensors").exists() else None,
        through if autoencoder and (folder / "autoencoder.safetensors").exists() else None,
    )

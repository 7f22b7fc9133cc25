"""Networks of continuous walks know every view alike: walks moved aside, or turned a little, cost them nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.off_lattice import error_at, kept_inside

WALKS, FRAMES = 12, 30


def errors(models: Models, right: float, down: float, turn: float) -> np.ndarray:
    """Squared error of the autoencoder, and of the denoiser at two levels, on walks moved so (blocks, radians)."""
    data, videos = open_source("maze", "test", FRAMES), []
    for number in range(41_000, 41_000 + WALKS):
        path = data.path(number)
        poses = path.poses.copy()
        poses[:, :2] = [kept_inside(path.maze, x, y, x + right, y + down) for x, y in poses[:, :2]]
        poses[:, 2] += turn
        videos.append(data.draw(replace(path, poses=poses), np.arange(FRAMES)))
    frames = torch.from_numpy(np.stack(videos))
    latents = models.encode(frames)
    lost = (models.decode(latents, alone=True).float() - frames.float()).square().mean()
    return np.array([float(lost), *(np.mean(error_at(models, latents, t, 0)) for t in (0.5, 0.8))])


@pytest.mark.slow
def test_walks_moved_aside_or_turned_are_known_as_well(at_length):
    models = Models(torch.device("cpu"))
    own = errors(models, 0, 0, 0)
    for shift in ((0.13, -0.08, 0.0), (0.05, 0.03, 0.0), (0.0, 0.0, 0.1))[: 3 if at_length else 1]:
        # Moved aside, walks stand nearer to walls: for the autoencoder twelve of them differ by a tenth.
        assert (errors(models, *shift) <= np.array([1.1, 1.05, 1.05]) * own).all(), shift

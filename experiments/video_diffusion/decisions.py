"""Where on the path from noise to clip is what decided? Real clips, noised to a level and denoised again from there.

What a clip still shows at a level, it keeps; what it does not, the sampler decides anew, and its errors with it. The
scores of the clips that come back therefore fall over the levels at which the sampler errs (the editing of Meng et al.
2022, *SDEdit*, as a probe).
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from experiments.video_diffusion.methods import Method, Past
from experiments.video_diffusion.metrics import frame_features, frechet_distance, transition_validity
from experiments.video_diffusion.models import Models
from experiments.video_diffusion.noise import add_noise
from experiments.video_diffusion.sampling import USUAL, sample
from experiments.video_diffusion.solvers import Solver, euler, multistep
from experiments.video_diffusion.statistics import proportion
from experiments.video_diffusion.studies.clips import real_clips

LEVELS = (0.6, 0.8, 0.9, 0.95, 0.975, 0.99, 1.0)
SOLVERS = {"first": euler, "second": multistep}  # by their order, all else as sampling usually is
BATCH = 32


def scores_by_level(models: Models, count: int) -> Iterator[tuple[str, dict]]:
    """("real" and each of SOLVERS, a row of scores): `count` clips against as many other real ones."""
    frames = models.denoiser.config.frames
    clips, others = (real_clips("test", first, count, frames) for first in (0, count))
    reference = frame_features(models.judge, others).flatten(0, 1)
    latents = models.encode(clips)

    def score(videos: Tensor, level: float) -> dict:
        valid = transition_validity(models.judge, videos).float().mean(1)
        features = frame_features(models.judge, videos).flatten(0, 1)
        return {
            "level": level,
            "validity": proportion(valid.tolist()),
            "frame_frechet": frechet_distance(features, reference),
        }

    yield "real", score(models.decode(latents), 0.0)
    for name, solver in SOLVERS.items():
        for level in LEVELS:
            yield name, score(models.decode(denoised_again(models, latents, level, solver)), level)


def denoised_again(models: Models, latents: Tensor, level: float, solver: Solver, seed: int = 0) -> Tensor:
    """Latents (N, T, C, 8, 8), noised to `level` and followed back to 0."""
    generator, scheme, parts = torch.Generator().manual_seed(seed), replace(USUAL, solver=solver), []
    for part in latents.split(BATCH):
        noise = torch.randn(part.shape, generator=generator).to(part)
        z = add_noise(part, noise, torch.full(part.shape[:2], level, device=part.device))
        found = sample(models.denoise, Method(), Past.none(noise), scheme, generator=generator, begin=(z, level))
        parts.append(found.clip)
    return torch.cat(parts)

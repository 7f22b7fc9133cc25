"""Where on the path from noise to clip is what decided? Real clips, noised to a level and denoised again from there.

What a clip still shows at a level, it keeps; what it does not, the sampler decides anew, and its errors with it. The
scores of the clips that come back therefore fall over the levels at which the sampler errs (the editing of Meng et al.
2022, *SDEdit*, as a probe).
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from experiments.video_diffusion.model.noise import add_noise
from experiments.video_diffusion.sampling.methods import Method, Past
from experiments.video_diffusion.sampling.sampler import USUAL, Scheme, sample
from experiments.video_diffusion.sampling.solvers import euler
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import transition_validity
from experiments.video_diffusion.scores.poster_colours import FAR, changed_share, colour_changes, colour_pixels
from experiments.video_diffusion.scores.statistics import interval, proportion
from experiments.video_diffusion.studies.clips import Config, other_clips, real_clips
from experiments.video_diffusion.studies.scoring import described, frechet

LEVELS = (0.8, 0.9, 0.93, 0.96, 1.0)
SCHEMES = {
    "first": replace(USUAL, solver=euler),
    "fresh": replace(USUAL, fresh_from=1.0),
    "unguided": USUAL,
    "usual": USUAL,  # guided
}
BATCH = Config.batch  # as the clips of the pages are sampled


def scores_by_level(models: Models, count: int) -> Iterator[tuple[str, dict]]:
    """("real" and each of SCHEMES, a row of scores): `count` clips, Fréchet distances to many other real ones."""
    frames = models.denoiser.config.frames
    reference = described(models, other_clips(Config.reference, frames))
    latents = models.encode(real_clips("test", 0, count, frames))

    def score(videos: Tensor, level: float) -> dict:
        valid = transition_validity(models.judge, videos).float().mean(1)
        return {"level": level, "validity": proportion(valid.tolist())} | frechet(described(models, videos), reference)

    yield "real", score(models.decode(latents), 0.0)
    for name, scheme in SCHEMES.items():
        method = models.autoguidance() if name == "usual" else Method()
        for level in LEVELS:
            yield name, score(models.decode(denoised_again(models, latents, level, scheme, method)), level)


def decoders(models: Models, count: int) -> dict[str, dict]:
    """How often posters change their colours in `count` real clips, when each frame is decoded by itself and when the
    decoder sees those before and after, near posters and far ones; `saved` is what seeing them saves of the far ones'
    changes, clip by clip."""
    real = real_clips("test", 0, count, models.denoiser.config.frames)
    latents = models.encode(real)
    clips = {"real": real, "frame": models.decode(latents, alone=True), "video": models.decode(latents)}
    found = {name: colour_pixels(videos) for name, videos in clips.items()}
    rows = {
        name: {"near": proportion(changed_share(pixels)), "far": proportion(changed_share(pixels, FAR))}
        for name, pixels in found.items()
    }
    (one, seen), (other, seen_too) = (colour_changes(found[name], FAR) for name in ("frame", "video"))
    both = (seen & seen_too).any(1)
    saved = one[both].sum(1) / seen[both].sum(1) - other[both].sum(1) / seen_too[both].sum(1)
    return rows | {"saved": interval(saved.tolist())}


def denoised_again(
    models: Models, latents: Tensor, level: float, scheme: Scheme, method: Method, seed: int = 0
) -> Tensor:
    """Latents (N, T, C, 8, 8), noised to `level` and followed back to 0."""
    generator, parts = torch.Generator().manual_seed(seed), []
    for part in latents.split(BATCH):
        noise = torch.randn(part.shape, generator=generator).to(part)
        z = add_noise(part, noise, torch.full(part.shape[:2], level, device=part.device))
        found = sample(models.denoise, method, Past.none(noise), scheme, generator=generator, begin=(z, level))
        parts.append(found.clip)
    return torch.cat(parts)

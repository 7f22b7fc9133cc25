"""How good are the clips that the model was trained to make, before anything is extended?"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.datasets import EPISODE, MazeWalks
from experiments.video_diffusion.methods import Method, Past
from experiments.video_diffusion.metrics import frame_change, transition_validity
from experiments.video_diffusion.models import Models, best_device
from experiments.video_diffusion.posters import FAR, changed_share, colour_pixels
from experiments.video_diffusion.sampling import USUAL, sample
from experiments.video_diffusion.statistics import interval, proportion
from experiments.video_diffusion.studies.scoring import described, frechet

ELSEWHERE = 100_000  # first episode of the real clips to compare with


@dataclass(frozen=True)
class Config:
    clips: int = 512
    steps: int = USUAL.steps
    batch: int = 32
    reference: int = 2048  # real clips that Fréchet distances are taken to
    shown: int = 64  # clips of the contact sheet, the first ones, unselected
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: validity and Fréchet distances of real, re-encoded and generated clips; array: the contact sheet."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "judge")
    generator = torch.Generator().manual_seed(config.seed)
    recorder.device = str(models.device)
    frames, shape = models.denoiser.config.frames, (models.denoiser.config.channels, 8, 8)
    scheme = replace(USUAL, steps=config.steps)
    parts = []
    for done in range(0, config.clips, config.batch):
        report(0.9 * done / config.clips, f"clip {done} of {config.clips}")
        noise = torch.randn(min(config.batch, config.clips - done), frames, *shape, generator=generator)
        found = sample(models.denoise, Method(), Past.none(noise.to(models.device)), scheme, generator=generator)
        parts.append(models.decode(found.clip))
    generated = torch.cat(parts)
    real = real_clips("test", 0, config.clips, frames)
    report(0.95, "scoring")
    sets = {"real": real, "reencoded": models.decode(models.encode(real)), "generated": generated}
    reference = real_features(models, config.reference)
    values = {name: score(models, videos, reference) for name, videos in sets.items()}
    ceiling = values["real"]["validity"]["value"]
    values["validity_share"] = values["generated"]["validity"]["value"] / ceiling
    for kind in ("frame_frechet", "clip_frechet"):
        values[f"{kind}_ratio"] = values["generated"][kind]["value"] / values["real"][kind]["value"]
    values |= {"clips": config.clips, "reference": config.reference, "frames": frames}
    values |= {"steps": config.steps, "shown": config.shown}
    return recorder.result(values, {"clips": generated[: config.shown, ::2].numpy()})


def real_clips(split: str, offset: int, count: int, frames: int) -> torch.Tensor:
    """`count` clips (count, frames, 64, 64, 3), each from anywhere in the walk of a maze of its own, as training
    takes them: where it begins, a walk turns more often than later on."""
    data = MazeWalks(split, EPISODE)
    first = np.random.default_rng(offset).integers(EPISODE - frames + 1, size=count)
    return torch.from_numpy(np.stack([data.part(offset + i, int(first[i]), frames).frames for i in range(count)]))


def real_features(models: Models, count: int) -> dict[str, torch.Tensor]:
    """What `scoring.described` tells of `count` real clips that no score is taken of."""
    return described(models, real_clips("test", ELSEWHERE, count, models.denoiser.config.frames))


def score(models: Models, videos: torch.Tensor, real: dict[str, torch.Tensor]) -> dict:
    """Validity, the share of clips without an impossible transition, those of neighbouring frames between which a
    poster changes its colours, far ones left out or not, and the mean change between neighbours, where walks that turn
    too rarely show, with intervals over clips; and Fréchet distances to `real` on frames and transitions."""
    valid = transition_validity(models.judge, videos).float()
    pixels = colour_pixels(videos)
    return {
        "validity": proportion(valid.mean(1).tolist()),
        "flawless": proportion(valid.amin(1).tolist()),
        "change": interval(frame_change(videos).mean(1).tolist()),
        "poster_changes": proportion(changed_share(pixels)),
        "far_poster_changes": proportion(changed_share(pixels, FAR)),
    } | frechet(models, videos, real)

"""How good are the clips that the model was trained to make, before anything is extended?"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data import EPISODE, open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past
from experiments.video_diffusion.sampling.sampler import USUAL, sample
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.metrics import frame_change, transition_validity
from experiments.video_diffusion.scores.poster_colours import FAR, changed_share, colour_pixels
from experiments.video_diffusion.scores.statistics import interval, proportion
from experiments.video_diffusion.studies.scoring import described, distance_ratio, frechet

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
    """Values: scores of real, re-encoded and generated clips, of those without autoguidance and of the guide's own;
    array: the contact sheet."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "guide", "judge")
    recorder.device = str(models.device)
    frames = models.denoiser.config.frames
    method = models.autoguidance()
    makers = {
        "generated": (models.denoise, method),
        "unguided": (models.denoise, Method()),
        "guide": (models.guide_denoise, Method()),
    }
    real = real_clips("test", 0, config.clips, frames)
    sets = {"real": real, "reencoded": models.decode(models.encode(real))}
    for k, (name, maker) in enumerate(makers.items()):
        sets[name] = generate(models, *maker, config, lambda share, k=k, name=name: report(0.3 * (k + share), name))
    report(0.95, "scoring")
    others = other_clips(config.reference, frames)
    reference = described(models, others)
    features = {name: described(models, videos) for name, videos in sets.items()}
    values = {name: score(models, sets[name]) | frechet(features[name], reference) for name in sets}
    # Noise by noise: the distances with guidance over those without.
    values["guidance"] = {
        kind: distance_ratio(found, features["unguided"][kind], reference[kind].flatten(0, 1))
        for kind, found in features["generated"].items()
    }
    values["guide_change"] = interval((change(sets["guide"]) - change(sets["unguided"])).tolist())
    values["reference_change"] = interval(change(others).tolist())
    ceiling = values["real"]["validity"]["value"]
    values["validity_share"] = values["generated"]["validity"]["value"] / ceiling
    for kind in ("frame_frechet", "clip_frechet"):
        values[f"{kind}_ratio"] = values["generated"][kind]["value"] / values["real"][kind]["value"]
    values |= {"clips": config.clips, "reference": config.reference, "frames": frames}
    values |= {"steps": config.steps, "shown": config.shown, "weight": method.weight}
    return recorder.result(values, {"clips": sets["generated"][: config.shown, ::2].numpy()})


def generate(
    models: Models, denoise: Denoise, method: Method, config: Config, report: Callable[[float], None]
) -> torch.Tensor:
    """`config.clips` clips (N, T, 64, 64, 3) from nothing, from the same noises at every call."""
    generator, parts = torch.Generator().manual_seed(config.seed), []
    scheme = replace(USUAL, steps=config.steps)
    for done in range(0, config.clips, config.batch):
        report(done / config.clips)
        noise = models.noise(min(config.batch, config.clips - done), generator)
        parts.append(models.decode(sample(denoise, method, Past.none(noise), scheme, generator=generator).clip))
    return torch.cat(parts)


def real_clips(split: str, offset: int, count: int, frames: int) -> torch.Tensor:
    """`count` clips (count, frames, 64, 64, 3), each from anywhere in the walk of a maze of its own, as training
    takes them: where it begins, a walk turns more often than later on."""
    data = open_source(WALKS, split, EPISODE)
    first = np.random.default_rng(offset).integers(EPISODE - frames + 1, size=count)
    return torch.from_numpy(np.stack([data.part(offset + i, int(first[i]), frames).frames for i in range(count)]))


def other_clips(count: int, frames: int) -> torch.Tensor:
    """`count` real clips (count, frames, 64, 64, 3) that no score is taken of."""
    return real_clips("test", ELSEWHERE, count, frames)


def change(videos: torch.Tensor) -> torch.Tensor:
    """Mean change (B,) between the neighbouring frames of a clip, where walks that turn too rarely show."""
    return frame_change(videos).mean(1)


def score(models: Models, videos: torch.Tensor) -> dict:
    """Validity, the share of clips without an impossible transition, those of neighbouring frames between which a
    poster changes its colours, far ones left out or not, and the mean `change`, with intervals over clips."""
    valid = transition_validity(models.judge, videos).float()
    pixels = colour_pixels(videos)
    return {
        "validity": proportion(valid.mean(1).tolist()),
        "flawless": proportion(valid.amin(1).tolist()),
        "change": interval(change(videos).tolist()),
        "poster_changes": proportion(changed_share(pixels)),
        "far_poster_changes": proportion(changed_share(pixels, FAR)),
    }

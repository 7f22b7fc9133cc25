"""How good are the clips that the model was trained to make, before anything is extended?"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from experiments.video_diffusion.data import EPISODE, open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past
from experiments.video_diffusion.sampling.sampler import USUAL, sample
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import frame_change, transition_validity
from experiments.video_diffusion.scores.poster_colours import FAR, changed_share, colour_pixels
from experiments.video_diffusion.scores.statistics import interval, proportion
from experiments.video_diffusion.studies.measurement import Found, Measurement
from experiments.video_diffusion.studies.scoring import described, distance_ratio, frechet, samples

ELSEWHERE = 100_000  # first episode of the real clips to compare with
TOGETHER = 32  # clips that are sampled at once
ALL = slice(None)


@dataclass(frozen=True)
class Config:
    clips: int = 512
    steps: int = USUAL.steps
    batch: int = 64
    reference: int = 2048  # real clips that Fréchet distances are taken to
    shown: int = 64  # clips of the contact sheet, the first ones, unselected
    seed: int = 0
    again: int = 0


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some of the real, re-encoded and generated clips, of those without autoguidance and of the guide's own: scores
    and features clip by clip; features of as large a part of the reference; and the generated clips that are shown."""
    frames, last = models.denoiser.config.frames, min(first + config.batch, config.clips)
    method = models.autoguidance()
    makers = {
        "generated": (models.denoise, method),
        "unguided": (models.denoise, Method()),
        "guide": (models.guide_denoise, Method()),
    }
    real = real_clips("test", 0, config.clips, frames, slice(first, last))
    sets = {"real": real, "reencoded": models.decode(models.encode(real))}
    some = replace(config, clips=last - first, seed=config.seed + first)
    sets |= {name: generate(models, *maker, some) for name, maker in makers.items()}
    part = slice(*(number * config.reference // config.clips for number in (first, last)))
    others = other_clips(config.reference, frames, part)
    return {
        "rows": {name: score(models, videos) for name, videos in sets.items()},
        "features": {name: described(models, videos) for name, videos in sets.items()},
        "reference": described(models, others),
        "reference_change": change(others).tolist(),
        "shown": sets["generated"][: max(0, config.shown - first), ::2].clone(),
        "weight": method.weight,
        "frames": frames,
    }


def values(config: Config, found: list[Found]) -> dict:
    """Scores of each set of clips, what guidance changes, and generated clips beside real ones."""
    reference = {kind: torch.cat([one["reference"][kind] for one in found]) for kind in found[0]["reference"]}
    rows, features, changes = {}, {}, {}
    for name in found[0]["rows"]:
        features[name] = {kind: torch.cat([one["features"][name][kind] for one in found]) for kind in reference}
        scores = samples(found, name)
        changes[name] = scores["change"]
        shares = {key: proportion(each) for key, each in scores.items() if key != "change"}
        rows[name] = shares | {"change": interval(changes[name])} | frechet(features[name], reference)
    # Noise by noise: the distances with guidance over those without.
    guidance = {
        kind: distance_ratio(features["generated"][kind], features["unguided"][kind], real.flatten(0, 1))
        for kind, real in reference.items()
    }
    generated, real = rows["generated"], rows["real"]
    return {
        **rows,
        "guidance": guidance,
        "guide_change": interval(np.subtract(changes["guide"], changes["unguided"])),
        "reference_change": interval(sum((one["reference_change"] for one in found), [])),
        "validity_share": generated["validity"]["value"] / real["validity"]["value"],
        **{f"{kind}_ratio": generated[kind]["value"] / real[kind]["value"] for kind in reference},
        **{key: found[0][key] for key in ("weight", "frames")},
        **{key: getattr(config, key) for key in ("clips", "reference", "steps", "shown")},
    }


def generate(models: Models, denoise: Denoise, method: Method, config: Config) -> torch.Tensor:
    """`config.clips` clips (N, T, 64, 64, 3) from nothing, from the same noises at every call."""
    noise = models.noise(config.clips, torch.Generator().manual_seed(config.seed))
    generator = torch.Generator().manual_seed(config.seed + 1)
    scheme, parts = replace(USUAL, steps=config.steps), []
    for part in noise.split(TOGETHER):
        parts.append(models.decode(sample(denoise, method, Past.none(part), scheme, generator=generator).clip))
    return torch.cat(parts)


def real_clips(split: str, offset: int, count: int, frames: int, some: slice = ALL) -> torch.Tensor:
    """`some` of `count` clips (…, frames, 64, 64, 3), each from anywhere in the walk of a maze of its own, as training
    takes them: where it begins, a walk turns more often than later on."""
    data = open_source(WALKS, split, EPISODE)
    first = np.random.default_rng(offset).integers(EPISODE - frames + 1, size=count)
    return torch.from_numpy(np.stack([data.part(offset + i, int(first[i]), frames).frames for i in range(count)[some]]))


def other_clips(count: int, frames: int, some: slice = ALL) -> torch.Tensor:
    """`some` of `count` real clips (…, frames, 64, 64, 3) that no score is taken of."""
    return real_clips("test", ELSEWHERE, count, frames, some)


def change(videos: torch.Tensor) -> torch.Tensor:
    """Mean change (B,) between the neighbouring frames of a clip, where walks that turn too rarely show."""
    return frame_change(videos).mean(1)


def score(models: Models, videos: torch.Tensor) -> dict[str, list[float]]:
    """Clip by clip the share of possible transitions, whether all are, and the mean `change`; of those in which they
    can be compared, the share of neighbouring frames between which a poster changes its colours, far ones left out or
    not."""
    valid = transition_validity(models.judge, videos).float()
    pixels = colour_pixels(videos)
    return {
        "validity": valid.mean(1).tolist(),
        "flawless": valid.amin(1).tolist(),
        "change": change(videos).tolist(),
        "poster_changes": changed_share(pixels),
        "far_poster_changes": changed_share(pixels, FAR),
    }


def checked(found: list[Found]) -> dict[str, dict]:
    """Possible transitions of each set of clips."""
    return {f"{name}, possible": proportion(samples(found, name)["validity"]) for name in found[0]["rows"]}


def sheet(config: Config, found: list[Found]) -> dict[str, np.ndarray]:
    """The contact sheet."""
    return {"clips": torch.cat([one["shown"] for one in found]).numpy()}


NETWORKS = ("autoencoder", "decoder", "denoiser", "guide", "judge")
MEASUREMENT = Measurement("clips", Config, NETWORKS, lambda config: config.clips, cell, values, sheet, checked)
run = MEASUREMENT.run

"""How many network calls does a good clip need, and which sampler spends them best?"""

import time
from dataclasses import dataclass, replace
from itertools import product

import torch

from experiments.video_diffusion.sampling.methods import Method, Past
from experiments.video_diffusion.sampling.sampler import USUAL, Scheme, sample
from experiments.video_diffusion.sampling.solvers import heun
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import frame_features, transition_validity
from experiments.video_diffusion.scores.statistics import proportion
from experiments.video_diffusion.studies.clips import real_clips
from experiments.video_diffusion.studies.measurement import Found, Measurement, no_arrays
from experiments.video_diffusion.studies.scoring import distance, over_last, samples

ENOUGH = 512  # clips below which a Fréchet distance is mostly bias

SCHEMES = {
    "euler": Scheme(),
    "heun": Scheme(solver=heun),
    "ancestral": Scheme(ancestral=1.0),
    "shifted": Scheme(shift=USUAL.shift, ancestral=1.0),
    "multistep": USUAL,
    "guided": USUAL,  # by a smaller denoiser, whose calls are not counted but timed
}


@dataclass(frozen=True)
class Config:
    calls: tuple[int, ...] = (4, 8, 12, 16, 20)  # of the network, rising; Heun takes the odd number below
    clips: int = 64
    batch: int = 8
    seed: int = 0
    again: int = 0


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some clips, whether their transitions are possible: real ones, and those of every scheme at every number of
    calls with its steps, network calls and seconds; frames' features where a distance of all means something."""
    last = min(first + config.batch, config.clips)
    real = real_clips("test", 0, config.clips, models.denoiser.config.frames, slice(first, last))
    # The same starting noises everywhere: what differs between rows is the sampler.
    noise = models.noise(last - first, torch.Generator().manual_seed(config.seed + first))
    rows, spent, features = {"real": possible(models, real)}, {}, {"real": frame_features(models.judge, real)}
    fresh = config.seed + first + 1
    generate(models, "euler", min(config.calls), noise, fresh)  # the first one pays for what all others find ready
    # In turn at each number of calls: a machine that is now faster and now slower favours none.
    for calls, name in product(config.calls, SCHEMES):
        videos, spent[key(name, calls)] = generate(models, name, calls, noise, fresh)
        rows[key(name, calls)] = possible(models, videos)
        if config.clips >= ENOUGH:
            features[key(name, calls)] = frame_features(models.judge, videos)
    return {"rows": rows, "spent": spent, "features": features}


def key(name: str, calls: int) -> str:
    return f"{name}, {calls} network calls"


def possible(models: Models, videos: torch.Tensor) -> dict[str, list[float]]:
    return {"validity": transition_validity(models.judge, videos).float().mean(1).tolist()}


def values(config: Config, found: list[Found]) -> dict:
    """For every scheme a row for each of `calls`, with its gain over the most calls, clip by clip; that of the steps
    which clips are made with; and real video's share of possible transitions."""

    def row(name: str, calls: int) -> dict:
        spent = [one["spent"][key(name, calls)] for one in found]
        valid = samples(found, key(name, calls))["validity"]
        speed = config.clips / sum(one["seconds"] for one in spent)
        told = {"steps": spent[0]["steps"], "calls": spent[0]["calls"], "clips_per_second": speed}
        if config.clips >= ENOUGH:
            made, real = (torch.cat([one["features"][which] for one in found]) for which in (key(name, calls), "real"))
            told |= {"frame_frechet": distance(made, real.flatten(0, 1))}
        return told | {"validity": proportion(valid), "by_clip": valid}

    rows = {name: over_last([row(name, calls) for calls in config.calls], "by_clip") for name in SCHEMES}
    used = next((row["gain"] for row in rows["guided"] if row["steps"] == USUAL.steps), {"value": None})
    real = proportion(samples(found, "real")["validity"])
    told = {"schemes": rows, "real": real, "clips": config.clips, "used": used}
    return told | {"used_steps": USUAL.steps, "most_calls": config.calls[-1]}


def generate(models: Models, name: str, calls: int, noise: torch.Tensor, seed: int) -> tuple[torch.Tensor, dict]:
    """Clips (N, T, 64, 64, 3) from `noise` and a seed for fresh noise; the steps, network calls and seconds of their
    sampling."""
    scheme = SCHEMES[name]
    scheme = replace(scheme, steps=(calls + 1) // 2 if scheme.solver is heun else calls)
    method = models.autoguidance() if name == "guided" else Method()
    generator = torch.Generator().manual_seed(seed)
    began = time.perf_counter()
    found = sample(models.denoise, method, Past.none(noise), scheme, generator=generator)
    latents = found.clip.cpu()  # where a GPU ends what it was asked
    spent = {"steps": scheme.steps, "calls": len(found.diagnostics["score_norm"])}
    spent |= {"seconds": time.perf_counter() - began}
    return models.decode(latents.to(models.device)), spent


def checked(found: list[Found]) -> dict[str, dict]:
    """Possible transitions of every row."""
    return {name: proportion(samples(found, name)["validity"]) for name in found[0]["rows"]}


NETWORKS = ("decoder", "denoiser", "guide", "judge")
MEASUREMENT = Measurement(
    "sampler_steps", Config, NETWORKS, lambda config: config.clips, cell, values, no_arrays, checked
)
run = MEASUREMENT.run

"""How many network calls does a good clip need, and which sampler spends them best?"""

import time
from dataclasses import dataclass, replace

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.sampling.methods import Method, Past
from experiments.video_diffusion.sampling.sampler import USUAL, Scheme, sample
from experiments.video_diffusion.sampling.solvers import heun
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.metrics import frame_features, transition_validity
from experiments.video_diffusion.scores.statistics import proportion
from experiments.video_diffusion.studies.clips import real_clips
from experiments.video_diffusion.studies.scoring import distance, gain

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
    calls: tuple[int, ...] = (8, 12, 16, 20, 32, 48, 96)  # of the network, rising; Heun takes the odd number below
    clips: int = 26
    real: int = 128  # real clips, for the ceiling
    batch: int = 32
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: for every scheme a row for each of `calls`, with its gain over the most calls, clip by clip; that of the
    steps which clips are made with; and real video's share of possible transitions."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("decoder", "denoiser", "guide", "judge")
    recorder.device = str(models.device)
    frames = models.denoiser.config.frames
    # The same starting noises everywhere: what differs between rows is the sampler.
    noise = models.noise(config.clips, torch.Generator().manual_seed(config.seed))
    real = real_clips("test", 0, max(config.real, config.clips), frames)
    ceiling = transition_validity(models.judge, real[: config.real]).float().mean(1)
    rows = {name: [] for name in SCHEMES}
    total, done = len(SCHEMES) * sum(config.calls), 0
    generate(models, "euler", min(config.calls), noise, config)  # the first one pays for what all others find ready
    # In turn at each number of calls: a machine that is now faster and now slower favours none.
    for calls in config.calls:
        for name in SCHEMES:
            report(done / total, f"{name}, {calls} network calls")
            videos, row = generate(models, name, calls, noise, config)
            valid = transition_validity(models.judge, videos).float().mean(1)
            row |= {"validity": proportion(valid.tolist()), "by_clip": valid.tolist()}
            if config.clips >= ENOUGH:
                found, known = (frame_features(models.judge, clips) for clips in (videos, real[: config.clips]))
                row |= {"frame_frechet": distance(found, known.flatten(0, 1))}
            rows[name].append(row)
            done += calls
    for found in rows.values():
        most = found[-1]["by_clip"]
        for row in found:
            row["gain"] = gain(row.pop("by_clip"), most)
    used = next((row["gain"] for row in rows["guided"] if row["steps"] == USUAL.steps), {"value": None})
    values = {"schemes": rows, "real": proportion(ceiling.tolist()), "clips": config.clips, "frames": frames}
    return recorder.result(values | {"used": used, "used_steps": USUAL.steps, "most_calls": config.calls[-1]})


def generate(models: Models, name: str, calls: int, noise: torch.Tensor, config: Config) -> tuple[torch.Tensor, dict]:
    """Clips (N, T, 64, 64, 3) from `noise`, and the steps, network calls and clips a second of their sampling."""
    scheme = SCHEMES[name]
    scheme = replace(scheme, steps=(calls + 1) // 2 if scheme.solver is heun else calls)
    method = models.autoguidance() if name == "guided" else Method()
    generator = torch.Generator().manual_seed(config.seed + 1)
    began, latents = time.perf_counter(), []
    for part in noise.split(config.batch):
        found = sample(models.denoise, method, Past.none(part), scheme, generator=generator)
        latents.append(found.clip.cpu())
    seconds = time.perf_counter() - began
    row = {
        "steps": scheme.steps,
        "calls": len(found.diagnostics["score_norm"]),
        "clips_per_second": len(noise) / seconds,
    }
    return models.decode(torch.cat(latents).to(models.device)), row

"""Does reconstruction guidance pull steadily? One new clip from one past, many starting noises, step by step."""

from dataclasses import dataclass

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.methods import (
    FeatureInjection,
    Past,
    ReconstructionGuidance,
    StabilisedGuidance,
)
from experiments.video_diffusion.sampling.methods.method import Method
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.statistics import interval


@dataclass(frozen=True)
class Config:
    noises: int = 16
    steps: int = 24
    weight: float = 4.0
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: how often the residual falls, where it ends, and in which share of the steps the score grows; arrays:
    residuals and score norms (steps, noises), and clips of two noises: the residual of `plain` guidance is the largest
    of all halfway with the `last` one, the smallest with the `first`."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser")
    recorder.device = str(models.device)
    walk = torch.from_numpy(open_source(WALKS, "test", 20).frames([60_000 + config.seed]))
    past = models.encode(walk)[:, :10].expand(config.noises, -1, -1, -1, -1)
    variants = {
        "plain": ReconstructionGuidance(weight=config.weight),
        "stabilised": StabilisedGuidance(weight=config.weight),
        "unguided": ReconstructionGuidance(weight=0.0),
    }
    values = {
        "noises": config.noises,
        "steps": config.steps,
        "weight": config.weight,
        "slack": StabilisedGuidance.slack,
    }
    shown: dict[str, int] = {}
    overlap = variants["plain"].overlap
    arrays = {"walk": walk[0, 10 - overlap : 20 - overlap].numpy()}  # the known frames, and what really followed
    for done, (name, method) in enumerate(variants.items()):
        report(done / 4, f"guidance, {name}")
        found = sample_once(models, method, past, config)
        residual = found.diagnostics["residual"].cpu()
        if name == "plain":
            halfway = residual[config.steps // 2]
            shown = {"largest": int(halfway.argmax()), "smallest": int(halfway.argmin())}
        for which, noise in shown.items():
            arrays[f"{name}_{which}"] = models.decode(found.clip[noise : noise + 1])[0].numpy()
        values[name] = summary(residual) | {"seam_error": seam_error(models, found.clip, past)}
        # Correcting takes more looks at the network than one a step.
        calls = found.diagnostics.get("calls", torch.ones_like(residual))
        values[name]["calls_per_step"] = float(calls.float().mean())
        arrays[f"{name}_residual"] = residual.numpy()
        score = found.diagnostics["score_norm"].cpu()
        values[name]["score_rises"] = interval((score[1:] > score[:-1]).float().mean(0).tolist())
        arrays[f"{name}_score_norm"] = score.numpy()
    report(0.75, "injection, for comparison")
    found = sample_once(models, FeatureInjection(), past, config)
    values["injection"] = {"seam_error": seam_error(models, found.clip, past)}
    arrays["injection_score_norm"] = found.diagnostics["score_norm"].cpu().numpy()
    return recorder.result(values | {"shown": shown}, arrays)


def sample_once(models: Models, method: Method, past: torch.Tensor, config: Config):
    """One clip for every noise (the same noises for every method), its first frames known."""
    generator = torch.Generator().manual_seed(config.seed)
    shape = (config.noises, models.denoiser.config.frames, *past.shape[2:])
    noise = torch.randn(shape, generator=generator).to(models.device)
    return sample(models.denoise, method, Past(past[:, -method.overlap :], past, noise), Scheme(config.steps))


def summary(residual: torch.Tensor) -> dict:
    """Of residuals (steps, noises): final values, share of falling steps, share of noises that fall at every step."""
    falls = residual[1:] < residual[:-1]
    return {
        "final": interval(residual[-1].tolist()),
        "final_spread": float(residual[-1].max() / residual[-1].min()),
        "falling_steps": float(falls.float().mean()),
        "steady_noises": float(falls.all(0).float().mean()),
    }


def seam_error(models: Models, clip: torch.Tensor, past: torch.Tensor) -> dict:
    """Mean squared latent distance between the known frames and the clip's version of them."""
    n = FeatureInjection().overlap
    return interval((clip[:, :n] - past[:, -n:]).square().flatten(1).mean(1).tolist())

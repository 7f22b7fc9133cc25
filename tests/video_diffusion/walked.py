"""The walk of the browser by the package itself: the same noise, the same poses, torch in place of ONNX Runtime."""

import json
import subprocess
from pathlib import Path

import pytest
import torch

from experiments.video_diffusion.memory.bank import MemoryBank
from experiments.video_diffusion.model.autoencoder import to_frames, to_images
from experiments.video_diffusion.model.conditions import Conditions
from experiments.video_diffusion.sampling import sampler
from experiments.video_diffusion.sampling.methods.feature_injection import FeatureInjection
from experiments.video_diffusion.sampling.methods.method import Method, Past, Told
from experiments.video_diffusion.sampling.methods.per_frame_noise import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import multistep
from experiments.video_diffusion.sampling.trained_models import Models

METHODS = {"independent": Method(), "frames": PerFrameNoise(), "injection": FeatureInjection()}


def node(what: str, **given):
    script = Path(__file__).with_name("walk.mjs")
    run = subprocess.run(
        ["node", str(script), what], input=json.dumps(given), capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def by_torch(seed: int, clips: list[dict], along: list[list], settings: dict):
    """Clips that are asked like this, along these poses, by the package: last latents, pictures and views of each.
    `settings`: as walk.json has them. In float32, as in the browser, also where this CPU would take bfloat16."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.video_diffusion.model.precision._multiplies_bfloat16", lambda: False)
        yield from _clips(seed, clips, along, settings)


def _clips(seed: int, clips: list[dict], along: list[list], settings: dict):
    models = Models(torch.device("cpu")).check("autoencoder", "denoiser", "depth")
    bank = MemoryBank(models.depth, models.encode_images)
    latents, shown, poses = None, None, torch.zeros(0, 3)
    for number, (clip, path) in enumerate(zip(clips, along, strict=True)):
        added = torch.as_tensor(path, dtype=torch.float32)
        poses = torch.cat([poses[-5:], added])
        views = torch.zeros(10, 9, 8, 8)
        if number:
            views[:5] = shown
            if clip["memory"]:
                views[5:] = bank.views(poses)[5:]
        steps = clip["steps"] if number else 12
        numbers = node("normals", seed=seed * 0x9E3779B1 + number, count=5120 * steps)
        draws = torch.tensor(numbers).view(steps, 1, 10, 8, 8, 8)
        remembering = torch.tensor([1.0 if clip["memory"] and number else 0.0])
        known = Conditions(poses[None], views[None], torch.ones(1), remembering)
        method = METHODS[clip["way"]] if number else Method()
        past = Past(latents[:, -5:] if number else draws[0][:, :0], None, draws[0])
        fresh = iter(draws[1:])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sampler.torch, "randn", lambda *_, fresh=fresh, **__: next(fresh))
            scheme = Scheme(steps, multistep, settings["shift"], settings["ancestral"])
            latents = sample(Told(models.denoise, known), method, past, scheme).clip
        new = latents[0, 5 if number else 0 :]
        with torch.no_grad():
            pictures = to_frames(models.autoencoder.decode(new))
        bank.remember(to_images(pictures), added)
        shown = views[-5:]
        yield latents[0, -5:], pictures, views

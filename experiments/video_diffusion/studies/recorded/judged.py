"""What the judge of transitions lets pass: real steps of every walker, and every kind of damage."""

import torch
from torch import Tensor

from experiments.video_diffusion.data.other_walkers import OTHERS, draw, walked
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.judge import Judge, blur
from experiments.video_diffusion.scores.judge_windows import SHARES, windows
from experiments.video_diffusion.scores.metrics import transition_validity
from experiments.video_diffusion.scores.statistics import proportion

FIRST = 500  # seeds of the walks; nothing learned from them
WALKS = 24  # of every walker: with four the interval of a share is a tenth wide to either side
WINDOWS = 600  # damaged or not, in the walks of one seed


def judged(judge: Judge, walks: int = WALKS, frames: int = 120) -> dict[str, dict[str, dict]]:
    """{"real": by walker, "damage": by kind} shares of transitions that pass, each with an interval over `walks`."""
    real: dict[str, list[float]] = {kind: [] for kind in ("own", *OTHERS)}
    damage: dict[str, list[float]] = {kind: [] for kind in SHARES}
    for seed in range(FIRST, FIRST + walks):
        videos = torch.stack([torch.from_numpy(draw(walked(kind, seed, frames))) for kind in real])
        for kind, passed in zip(real, transition_validity(judge, videos), strict=True):
            real[kind].append(float(passed.float().mean()))
        for kind, share in damaged(judge, videos, seed).items():
            damage[kind].append(share)
    return {
        name: {kind: proportion(found) | {"walks": len(found)} for kind, found in rows.items()}
        for name, rows in (("real", real), ("damage", damage))
    }


def damaged(judge: Judge, videos: Tensor, seed: int) -> dict[str, float]:
    """Of each kind of damage the share of windows that pass. A jump that the eye cannot see either is among them."""
    blurred = torch.stack([blur(to_images(video)) for video in videos])
    images, real, kinds = windows(blurred, WINDOWS, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        passed = judge.possible(*images)
    found = {}
    for kind in SHARES:
        chosen = torch.tensor([name == kind for name in kinds]) & ~real
        found[kind] = float(passed[chosen].float().mean())
    return found

"""The judge of transitions learns pairs of frames, or windows of four, and its threshold with them."""

from dataclasses import replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.data import EPISODE
from experiments.video_diffusion.data.other_walkers import SMALL, Lattice, draw, varied
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.judge import Judge, JudgeConfig, area_under_curve, blur, judge_loss, pairs
from experiments.video_diffusion.scores.judge_threshold import REFUSED, around, by_motion
from experiments.video_diffusion.scores.judge_windows import window_loss, windows
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace

HELD_OUT = 1_000_000  # walks from here on are for the scores


def judge_task(recipe: Recipe, workspace: Workspace) -> Task:
    """A judge of four frames learns from walkers of every pace where the data are mazes, from the recordings
    elsewhere."""
    module = workspace.new(Judge, JudgeConfig(**recipe.network))
    of_four = module.config.frames == 4

    def blurred(split: str, count: int) -> Tensor:
        if of_four and workspace.of_mazes:
            first = HELD_OUT if split == "validation" else 0
            walks, paths = workspace.open(split), [varied(first + k, EPISODE, SMALL) for k in range(count)]
            if split == "validation":  # the lattice's few views are known by heart, and would flatter all others
                paths = [path for path in paths if not isinstance(path, Lattice)]
            walks.expect([path.maze for path in paths])
            videos = torch.from_numpy(np.stack([draw(path, walks) for path in paths]))
        else:
            videos = workspace.windows(split, count)
        if len(videos) < 2:
            raise InputError(f"{workspace.data}: the judge needs two windows of 64 frames in '{split}' at least")
        return torch.stack([blur(to_images(video)).half() for video in videos])

    @cache
    def held_out() -> Tensor:
        return blurred("validation", 240)

    videos = blurred("train", recipe.episodes)
    if not workspace.of_mazes:
        held_out()  # too few recordings are told before any step
    of = window_loss if of_four else judge_loss

    def loss(module: Judge, step: int) -> Tensor:
        return of(module, videos, recipe.batch, recipe.generator(0, step))

    def drawn() -> tuple[list[Tensor], Tensor]:
        """Held-out transitions as the judge sees them, and which of them are real."""
        if of_four:
            images, real, _ = windows(held_out(), 8000, recipe.generator(2, 0))
            return images, real
        first, second, true = pairs(held_out(), 8000, recipe.generator(2, 0))
        return [held_out()[index.unbind(1)].float() for index in (first, second)], true

    def scores() -> dict[str, float]:
        """Area under the curve; the threshold is set on the way, and the share of impossible ones it lets pass."""
        images, true = drawn()
        with torch.no_grad():
            batches = zip(*(frame.split(500) for frame in images), strict=True)
            logits = torch.cat([module(*(frame.to(workspace.device) for frame in batch)) for batch in batches]).cpu()
        set_by = by_motion(logits[true], around(*images)[true]) if of_four else {}
        threshold = float(logits[true].quantile(REFUSED))
        module.config = replace(module.config, threshold=threshold, **set_by)
        passed = float((logits > module.asked(*images))[~true].float().mean())
        return {"auc": area_under_curve(logits[true], logits[~true]), "impossible_passed": passed}

    return Task(module, loss, scores)

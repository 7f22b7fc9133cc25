"""The judge of transitions learns pairs of frames, and its threshold with them."""

from dataclasses import replace

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.judge import Judge, JudgeConfig, area_under_curve, blur, judge_loss, pairs
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace


def judge_task(recipe: Recipe, workspace: Workspace) -> Task:
    def blurred(split: str, count: int) -> Tensor:
        windows = workspace.windows(split, count)
        if len(windows) < 2:
            raise InputError(f"{workspace.data}: the judge needs two windows of 64 frames in '{split}' at least")
        return torch.stack([blur(to_images(window)).half() for window in windows])

    videos, held_out = blurred("train", recipe.episodes), blurred("validation", 200)
    module = workspace.new(Judge, JudgeConfig(**recipe.network))

    def loss(module: Judge, step: int) -> Tensor:
        return judge_loss(module, videos, recipe.batch, recipe.generator(0, step))

    def scores() -> dict[str, float]:
        """Area under the curve; the threshold is set on the way, and the share of impossible pairs it lets pass."""
        first, second, true = pairs(held_out, 8000, recipe.generator(2, 0))

        def images(index: Tensor) -> Tensor:
            return held_out[index.unbind(1)].float().to(workspace.device)

        with torch.no_grad():
            batches = zip(first.split(500), second.split(500), strict=True)
            logits = torch.cat([module(images(one), images(other)) for one, other in batches]).cpu()
        threshold = float(logits[true].quantile(0.05))
        module.config = replace(module.config, threshold=threshold)
        passed = float((logits[~true] > threshold).float().mean())
        return {"auc": area_under_curve(logits[true], logits[~true]), "impossible_passed": passed}

    return Task(module, loss, scores)

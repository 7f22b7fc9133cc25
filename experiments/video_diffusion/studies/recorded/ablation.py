"""What the denoiser's parts are worth: variants with one part taken away, trained alike, and how well they denoise.

Also what the history encoder loses by compression: the shipped encoder with fewer of its tokens, trained on, all alike.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from experiments.video_diffusion.model.conditions import NOTHING, Conditions
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig, parameters_of
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.model.noise import add_noise, per_frame
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.transformer import SpaceTimeTransformer
from experiments.video_diffusion.model.weight_files import load_weights
from experiments.video_diffusion.training.loop import fit
from experiments.video_diffusion.training.recipes import Recipe, recipe_of
from experiments.video_diffusion.training.tasks import denoiser_task, history_task
from experiments.video_diffusion.training.tasks.task import Task, crop
from experiments.video_diffusion.training.workspace import Workspace

LEVELS = {"layout": (0.8, 0.9, 0.95), "detail": (0.1, 0.3, 0.5)}  # what of a maze clip they decide
NEARLY_CLEAN = 0.02
KNOWN = 5


class PlainFlow(Denoiser):
    """Without preconditioning: the network sees z as it is and returns the velocity ε − x, so x̂ = z − t F."""

    def forward(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        return z - per_frame(t, z) * self.network(z, t, condition, memory, known)

    def error(self, x: Tensor, noise: Tensor, t: Tensor, condition=None, known: Conditions = NOTHING) -> Tensor:
        return self.network(add_noise(x, noise, t), t, condition, known=known) - (noise - x)


class NoAttention(Denoiser):
    """Convolutions in space and stencils in time alone."""

    def __init__(self, config: DenoiserConfig):
        super().__init__(config)
        self.attention = nn.ModuleList(nn.Identity() for _ in self.attention)


VARIANTS: dict[str, Callable[[DenoiserConfig], Denoiser]] = {
    "full": Denoiser,
    "no_preconditioning": PlainFlow,
    "unbalanced": lambda config: Denoiser(replace(config, balanced=False)),
    "one_level_a_clip": lambda config: Denoiser(replace(config, independent_levels=0.0)),
    "no_attention": NoAttention,
    "transformer": SpaceTimeTransformer,
}


def train_variant(name: str, steps: int, preset: str, workspace: Workspace) -> dict:
    """One row: parameters, seconds, and the errors after `steps` steps of the preset's denoiser recipe."""
    recipe = replace(recipe_of("denoiser", preset), steps=steps, restarts=())
    task = denoiser_task(recipe, workspace, VARIANTS[name])
    return _row(name, task, recipe, workspace) | denoising_errors(task.module, workspace)


def train_history(tokens: int, steps: int, preset: str, workspace: Workspace) -> dict:
    """One row of the sweep over K: the shipped encoder goes on for `steps` steps with K of its questions, so that what
    it knows of walks is the same for all; then the denoiser's loss on held-out walks with its tokens, and without."""
    recipe = recipe_of("history", preset)
    recipe = replace(recipe, steps=steps, restarts=(), network=recipe.network | {"tokens": tokens})
    task = history_task(recipe, workspace)
    shipped = load_weights(HistoryEncoder, HistoryConfig, workspace.path("history")).state_dict()
    task.module.load_state_dict(shipped | {"questions": shipped["questions"][:tokens]})
    row = _row(f"history_{tokens}", task, recipe, workspace)
    scores = task.scores()
    return row | {
        "tokens": tokens,
        "loss": scores["validation_loss"],
        "loss_without": scores["validation_loss_without_history"],
    }


def _row(name: str, task: Task, recipe: Recipe, workspace: Workspace) -> dict:
    began = time.process_time()
    state = workspace.runs / f"ablation-{name}.state.safetensors"
    trained = fit(task.module, task.loss, recipe.training, state, resume=False, label=name)
    state.unlink()
    return {
        "name": name,
        "parameters": parameters_of(task.module),
        "steps": trained.steps,
        "seconds": time.process_time() - began,
    }


def denoising_errors(module: Denoiser, workspace: Workspace) -> dict[str, float]:
    """Mean ‖x̂ − x‖² a number, whose variance is 1, on 128 held-out clips, mean over LEVELS: `layout` and `detail` with
    all frames at one level; `continuation` of the new frames, at the levels of the layout, when the first KNOWN are
    nearly clean."""
    clips = crop(workspace.latents("validation", 32), module.config.frames, 128, torch.Generator().manual_seed(0))
    clips = clips.to(workspace.device)
    jobs = {kind: (levels, 0) for kind, levels in LEVELS.items()} | {"continuation": (LEVELS["layout"], KNOWN)}
    return {
        kind: sum(_error(module, clips, level, known) for level in levels) / len(levels)
        for kind, (levels, known) in jobs.items()
    }


def _error(module: Denoiser, x: Tensor, level: float, known: int) -> float:
    t = torch.full(x.shape[:2], level)
    t[:, :known] = NEARLY_CLEAN
    t = t.to(x)
    z = add_noise(x, torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).to(x), t)
    with torch.no_grad(), precision(x.device):
        found = torch.cat([module(*part) for part in zip(z.split(32), t.split(32), strict=True)])
    return float((found - x)[:, known:].square().mean())

"""What the denoiser's parts are worth: variants with one thing changed, trained alike, and how well they denoise.

The denoiser as it is learns with several seeds: what one more of them might give is the noise of every row. Also what
the history encoder loses by compression: the shipped encoder with fewer of its tokens, trained on, all alike.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from scipy import stats
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
from experiments.video_diffusion.training.tasks.denoiser import held_out_clips
from experiments.video_diffusion.training.tasks.task import Task
from experiments.video_diffusion.training.workspace import Workspace

LEVELS = {"layout": (0.8, 0.9, 0.95), "detail": (0.1, 0.3, 0.5)}  # what of a maze clip they decide
TOLD = ("continuation", "motion", "memory")  # of the frames that go on: nothing, their motion, memory's views too
NEARLY_CLEAN = 0.02
KNOWN = 5
CLIPS = 96


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


@dataclass(frozen=True)
class Variant:
    """What differs from the denoiser as its preset trains it."""

    kind: Callable[[DenoiserConfig], Denoiser] = Denoiser
    network: dict[str, Any] = field(default_factory=dict)
    seed: int = 0  # of clips, noise and levels


VARIANTS = {
    "full": Variant(),
    "full_2": Variant(seed=1),
    "full_3": Variant(seed=2),
    "no_preconditioning": Variant(PlainFlow),
    "unbalanced": Variant(network={"balanced": False}),
    "no_continuing": Variant(network={"continuing": 0.0}),
    "no_conditions": Variant(network={"conditions": False}),
    "no_attention": Variant(NoAttention),
    "transformer": Variant(SpaceTimeTransformer),
}
SEEDS = ("full", "full_2", "full_3")


def train_variant(name: str, steps: int, preset: str, workspace: Workspace) -> dict:
    """One row: parameters, seconds, and the errors after `steps` steps of the preset's denoiser recipe."""
    variant, recipe = VARIANTS[name], recipe_of("denoiser", preset)
    network = recipe.network | variant.network
    recipe = replace(recipe, steps=steps, restarts=(), seed=variant.seed, network=network)
    task = denoiser_task(recipe, workspace, variant.kind)
    return _row(name, task, recipe, workspace) | denoising_errors(task.module, recipe, workspace)


def one_more(rows: list[dict]) -> dict[str, dict]:
    """`one_more`: by kind of error the mean over SEEDS, with the interval in which one more seed falls in 95 % of
    cases: a variant beyond it differs by more than chance. Empty until all are trained."""
    known = [row for row in rows if row["name"] in SEEDS]
    if len(known) < len(SEEDS):
        return {}
    width = stats.t.ppf(0.975, len(known) - 1) * np.sqrt(1 + 1 / len(known))
    found = {kind: np.array([row[kind] for row in known]) for kind in ("layout", "detail", *TOLD)}
    ends = {"value": 0.0, "low": -width, "high": width}
    return {
        "one_more": {
            kind: {name: float(x.mean() + end * x.std(ddof=1)) for name, end in ends.items()}
            for kind, x in found.items()
        }
    }


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


def denoising_errors(module: Denoiser, recipe: Recipe, workspace: Workspace) -> dict[str, float]:
    """Mean ‖x̂ − x‖² a number, whose variance is 1, on held-out clips, mean over LEVELS: `layout` and `detail` with all
    frames at one level and told nothing; at the levels of the layout, of the frames after the first KNOWN, which are
    nearly clean, by what is TOLD, as far as the network can be told."""
    clips, poses, views = (part[:CLIPS] for part in held_out_clips(recipe, workspace, module.config.frames))
    jobs = {kind: (levels, 0, NOTHING) for kind, levels in LEVELS.items()}
    known = {"continuation": NOTHING, "motion": Conditions(poses), "memory": Conditions(poses, views)}
    for name in TOLD if module.config.conditions else TOLD[:1]:
        jobs[name] = (LEVELS["layout"], KNOWN, known[name])
    return {
        kind: sum(_error(module, clips, level, *how) for level in levels) / len(levels)
        for kind, (levels, *how) in jobs.items()
    }


def _error(module: Denoiser, x: Tensor, level: float, clean: int, known: Conditions) -> float:
    t = torch.full(x.shape[:2], level)
    t[:, :clean] = NEARLY_CLEAN
    t = t.to(x)
    z = add_noise(x, torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).to(x), t)
    with torch.no_grad(), precision(x.device):
        groups = torch.arange(len(x), device=x.device).split(32)
        found = torch.cat([module(z[some], t[some], known=known.clips(some)) for some in groups])
    return float((found - x)[:, clean:].square().mean())

"""From a recipe to finished weights, which carry the record of their training."""

import logging
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.video_diffusion.data import Recordings
from experiments.video_diffusion.model.weight_files import digest_of, save_weights
from experiments.video_diffusion.training.compilation import fused
from experiments.video_diffusion.training.distributed import first_process_first, rank, size
from experiments.video_diffusion.training.latent_space import same_space
from experiments.video_diffusion.training.loop import fit
from experiments.video_diffusion.training.recipes import recipe_of
from experiments.video_diffusion.training.state import beginning_of, read_state, revive
from experiments.video_diffusion.training.tasks import MEMORIES, TASKS
from experiments.video_diffusion.training.tasks.task import DrawnLoss, learns_details
from experiments.video_diffusion.training.warm_start import begin, stages, stages_before
from experiments.video_diffusion.training.workspace import Workspace

log = logging.getLogger(__name__)
NEEDS = {
    "autoencoder": (),
    "decoder": ("autoencoder",),
    "judge": (),
    "depth": (),
    "scene": (),
    "motion": (),
    "denoiser": ("autoencoder",),
    "guide": ("autoencoder",),
    "history": ("autoencoder", "denoiser"),
    **dict.fromkeys(MEMORIES, ("autoencoder", "denoiser")),
}


def share(batch: int, processes: int) -> int:
    if batch % processes:
        raise InputError(f"--split-batch: {processes} processes cannot share a batch of {batch} evenly")
    return batch // processes


def look_at_videos(workspace: Workspace) -> None:
    """Raises InputError before a night is spent where a split has no window that can be used."""
    for split in ("train", "validation"):
        data = workspace.open(split)
        if isinstance(data, Recordings):
            next(data.episodes(1))


def train(
    name: str,
    preset: str,
    workspace: Workspace,
    split_batch: bool = False,
    begin_with: Path | None = None,
    steps: int | None = None,
) -> dict[str, Any]:
    """Train one of TASKS and write its weights to `workspace.shipped`; returns the scores of its record.

    With `split_batch` the processes share the recipe's batch; else each has one of that size. `begin_with` holds
    finished weights to learn on from, in place of random ones; `steps` are taken in place of the recipe's. Raises
    InputError before any work when the batch cannot be shared, or a network that it needs, its state or its data are
    missing or broken. Where no state was kept, weights finished at one of the recipe's restarts go on from there
    (`revive`).
    """
    recipe = recipe_of(name, preset, steps)
    if not workspace.of_mazes:
        if recipe.network.get("conditions"):
            log.warning("%s is trained without motion and memory: %s has no poses", name, workspace.data)
        recipe = recipe.without_motion
    if split_batch:
        recipe = replace(recipe, batch=share(recipe.batch, size()))
    training = replace(recipe.training, batch=recipe.batch * size())
    for needed in NEEDS[name]:
        if not workspace.path(needed).exists():
            path = workspace.path(needed)
            raise InputError(f"{path}: missing, and {name} needs it; name {needed} too in the same command")
        getattr(workspace, needed)()
    look_at_videos(replace(workspace, frames=recipe.walk_frames))
    origin, state = workspace.origin("train", *NEEDS[name]), workspace.state(name)
    first = begin_with / f"{name}.safetensors" if begin_with else None
    if (
        first
        and "autoencoder" in NEEDS[name]
        and not same_space(begin_with / "autoencoder.safetensors", workspace, mapped=name != "decoder")
    ):
        log.warning("%s begins anew: the autoencoder is another one than that of %s", name, begin_with)
        first = None
    if first:
        origin["begun_with"] = digest_of(first)
    if workspace.resume:
        with first_process_first():
            if not state.exists() and not first:
                revive(workspace.path(name), state, training)
        if state.exists():
            read_state(state, training, origin)
            origin |= beginning_of(state)
    before = stages(first) if first else stages_before(workspace.path(name), origin)
    task = TASKS[name](recipe, workspace)
    if first:
        begin(task.module, first)
    fuse = recipe.fusion and workspace.device.type == "cuda" and size() == 1
    with fused(task.module, task.frozen) if fuse else nullcontext():
        trained = fit(
            task.module,
            task.loss,
            recipe.training,
            state,
            resume=workspace.resume,
            origin=origin,
            label=name,
            parts=(task.loss.draw, task.loss.cost) if fuse and isinstance(task.loss, DrawnLoss) else None,
        )
    scores = task.scores()
    most = "" if workspace.of_mazes else "at most "
    data = f"{workspace.data}, {most}{recipe.episodes} windows of {recipe.walk_frames} frames"
    if learns_details(recipe, workspace):
        ranges = " and ".join(f"{first} to {end}" for first, end in recipe.detail_steps)
        data += f"; {recipe.details}, every other one of steps {ranges}"
    record = {
        "preset": preset,
        "training": asdict(training),
        "processes": size(),
        "data": data,
        "origin": origin,
        "earlier": trained.earlier,
        "stages": before,
        "steps": trained.steps,
        "seconds": round(trained.seconds),
        "device": trained.device,
        "losses": trained.losses,
        "scores": scores,
    }
    with first_process_first():
        if rank() == 0:
            save_weights(trained.module, workspace.path(name), record)
    return scores

"""From a recipe to finished weights, which carry the record of their training."""

from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.video_diffusion.beginning import begin, stages
from experiments.video_diffusion.checkpoints import digest_of, save_weights
from experiments.video_diffusion.distributed import first_process_first, rank, size
from experiments.video_diffusion.fusion import fused
from experiments.video_diffusion.recipes import recipe_of
from experiments.video_diffusion.state import read_state, revive
from experiments.video_diffusion.tasks import TASKS
from experiments.video_diffusion.tasks.task import DrawnLoss, learns_details
from experiments.video_diffusion.training import fit
from experiments.video_diffusion.workshop import Workshop

NEEDS = {
    "autoencoder": (),
    "decoder": ("autoencoder",),
    "judge": (),
    "denoiser": ("autoencoder",),
    "guide": ("autoencoder",),
    "history": ("autoencoder", "denoiser"),
}


def share(batch: int, processes: int) -> int:
    if batch % processes:
        raise InputError(f"--split-batch: {processes} processes cannot share a batch of {batch} evenly")
    return batch // processes


def train(
    name: str, preset: str, workshop: Workshop, split_batch: bool = False, begin_with: Path | None = None
) -> dict[str, Any]:
    """Train one of TASKS and write its weights to `workshop.shipped`; returns the scores of its record.

    With `split_batch` the processes share the recipe's batch; else each has one of that size. `begin_with` holds
    finished weights to learn on from, in place of random ones. Raises InputError before any work when the batch cannot
    be shared, or a network that it needs, its state or its data are missing or broken. Where no state was kept, weights
    finished at one of the recipe's restarts go on from there (`revive`).
    """
    recipe = recipe_of(name, preset)
    if split_batch:
        recipe = replace(recipe, batch=share(recipe.batch, size()))
    training = replace(recipe.training, batch=recipe.batch * size())
    for needed in NEEDS[name]:
        getattr(workshop, needed)()
    for split in ("train", "validation"):
        workshop.open(split)
    origin, state = workshop.origin("train", *NEEDS[name]), workshop.state(name)
    first = begin_with / f"{name}.safetensors" if begin_with else None
    if first:
        origin["begun_with"] = digest_of(first)
    if workshop.resume:
        with first_process_first():
            if not state.exists() and not first:
                revive(workshop.path(name), state, training)
        if state.exists():
            read_state(state, training, origin)
    task, before = TASKS[name](recipe, workshop), stages(first) if first else []
    if first:
        begin(task.module, first)
    fuse = recipe.fusion and workshop.device.type == "cuda" and size() == 1
    with fused(task.module, task.frozen) if fuse else nullcontext():
        trained = fit(
            task.module,
            task.loss,
            recipe.training,
            state,
            resume=workshop.resume,
            origin=origin,
            label=name,
            parts=(task.loss.draw, task.loss.cost) if fuse and isinstance(task.loss, DrawnLoss) else None,
        )
    scores = task.scores()
    data = f"{workshop.data}, {recipe.episodes} windows of 64 frames"
    if learns_details(recipe, workshop):
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
            save_weights(trained.module, workshop.path(name), record)
    return scores

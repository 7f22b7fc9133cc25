"""Train networks, or all of a preset, each after those that it needs: the autoencoder before all others.

A killed run goes on where its last checkpoint stood when the same command is given again. With `--data` the networks
learn from other videos than the embedded mazes; give them a folder of their own with `--out`.

On several GPUs: `torchrun --nproc-per-node N -m experiments.video_diffusion train …`, where the preset's batch is that
of each process. On N cores: the same with `--split-batch --threads 1`; the weights are those of one process but for
rounding.
"""

import argparse
import json
from pathlib import Path

from experiments.errors import InputError
from experiments.memory import keep_freed_memory
from experiments.video_diffusion.commands.arguments import (
    DATA_HELP,
    add_device,
    add_strict,
    add_threads,
    positive,
    use_threads,
)
from experiments.video_diffusion.data import EPISODE, MazeWalks, generated, open_source
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.training.distributed import process_group, rank
from experiments.video_diffusion.training.dry_run import rehearse
from experiments.video_diffusion.training.recipes import TRAINING_PRESETS, networks_in, recipe_of
from experiments.video_diffusion.training.resource_estimate import report
from experiments.video_diffusion.training.state import opened
from experiments.video_diffusion.training.tasks import OF_MAZES, TASKS
from experiments.video_diffusion.training.train import train
from experiments.video_diffusion.training.workspace import Workspace


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="+", choices=[*TASKS, "all"], metavar="NAME", help=f"{', '.join(TASKS)} or all")
    parser.add_argument("--preset", choices=TRAINING_PRESETS, default="cpu", help="size and length (default: cpu)")
    parser.add_argument("--data", default=WALKS, metavar="SOURCE", help=f"{DATA_HELP} (default: {WALKS})")
    add_strict(parser)
    parser.add_argument(
        "--out", type=Path, default=FOLDER, help="folder of finished weights (default: the shipped ones)"
    )
    parser.add_argument(
        "--runs",
        type=Path,
        default=None,
        help="folder of resumable state (default: runs/PRESET, of a trial runs/PRESET-N)",
    )
    parser.add_argument("--steps", type=positive, help="so many a network, for a trial, in place of the preset's")
    parser.add_argument(
        "--begin-with",
        type=Path,
        metavar="FOLDER",
        help=f"finished weights to learn on from, such as the shipped ones in {FOLDER.relative_to(FOLDER.parents[2])}",
    )
    parser.add_argument(
        "--resume", action=argparse.BooleanOptionalAction, default=True, help="go on from a state, or start again"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="train nothing; report parameters, memory and time of the preset"
    )
    parser.add_argument(
        "--split-batch", action="store_true", help="under torchrun: the processes share the preset's batch"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    names = asked(given)
    if "all" in given.names and (left := [name for name in networks_in(given.preset) if name not in names]):
        print(f"{given.data}: no mazes are known behind it, so that it teaches no {', '.join(left)}")
    if given.dry_run:
        there = windows_there(given)
        for name in names:
            needs = rehearse(name, given.preset, given.device, data=given.data, there=there, steps=given.steps)
            print(report(needs, given.preset, given.device))
        return
    if given.out == FOLDER and (given.data != WALKS or given.steps):
        other = f"--data {given.data}" if given.data != WALKS else f"--steps {given.steps}"
        raise InputError(f"{other}: would overwrite the shipped weights; name a folder with --out")
    keep_freed_memory()
    runs = runs_of(given)
    runs.mkdir(parents=True, exist_ok=True)
    with process_group(given.device) as device:
        workspace = Workspace(given.out, runs, device, given.resume, given.data, given.strict)
        for name in names:
            scores = train(name, given.preset, workspace, given.split_batch, given.begin_with, given.steps)
            if rank() == 0:
                print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in scores.items()))


def runs_of(given: argparse.Namespace) -> Path:
    """Where the state is kept; that of a trial is no other training's."""
    return given.runs or Path("runs") / (f"{given.preset}-{given.steps}" if given.steps else given.preset)


def asked(given: argparse.Namespace) -> list[str]:
    """The networks to train, each after those that it needs."""
    if "all" not in given.names:
        return [name for name in TASKS if name in given.names]
    left = () if of_mazes(given) else OF_MAZES
    return [name for name in TASKS if name in networks_in(given.preset) and name not in left]


def of_mazes(given: argparse.Namespace) -> bool:
    return isinstance(open_source(given.data, "train", EPISODE), MazeWalks)


def windows_there(given: argparse.Namespace) -> int | None:
    """How many windows one's own recordings have; None for walks, of which there are as many as are asked for."""
    if generated(given.data):
        return None
    workspace = Workspace(given.out, Path(), given.device, data=given.data, strict=given.strict)
    most = max(recipe_of(name, given.preset).episodes for name in asked(given))
    there = workspace.count("train", most)
    print(f"{given.data}: {'at least ' if there == most else ''}{there:,} windows of {EPISODE} frames to learn from")
    return there


def kept(given: argparse.Namespace) -> str:
    """What a stopped training goes on from."""
    runs, held = runs_of(given), []
    for name in asked(given):
        path = runs / f"{name}.state.safetensors"
        if path.exists():
            with opened(path) as (metadata, _):
                held.append(f"{path} holds step {json.loads(metadata['progress'])['step']:,}")
    if not held:
        return "No state was written yet: the same command begins anew."
    return f"{'; '.join(held)}: the same command goes on from there."

"""Train variants of the denoiser briefly, or the history encoder on with fewer tokens, and record what each is worth.

Nothing shipped changes but the record, `ablation.json` beside the weights; rows that it holds are not trained again.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.ablation import (
    LEVELS,
    VARIANTS,
    one_more,
    train_history,
    train_variant,
)
from experiments.video_diffusion.training.recipes import TRAINING_PRESETS
from experiments.video_diffusion.training.workspace import Workspace
from experiments.workers import Cells, add_workers, workers


@dataclass(frozen=True)
class Part:
    """`choices` by the name of their row, and what trains one."""

    choices: dict[str, str | int]
    train: Callable[..., dict]
    needs: tuple[str, ...]  # finished networks
    summary: Callable[[list[dict]], dict] = lambda rows: {}  # of the rows so far


PARTS = {
    "variants": Part({name: name for name in VARIANTS}, train_variant, ("autoencoder", "depth"), one_more),
    "history": Part(
        {f"history_{tokens}": tokens for tokens in (1, 2, 4, 16)},
        train_history,
        ("autoencoder", "denoiser", "history"),
    ),
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "part", choices=[*PARTS, "all"], nargs="?", default="all", help="which part of the record (default: all)"
    )
    parser.add_argument("--preset", choices=TRAINING_PRESETS, default="cpu", help="recipe of the variants")
    parser.add_argument("--steps", type=positive, default=400, help="training steps of each row (default: 400)")
    parser.add_argument("--runs", type=Path, default=None, help="folder of cached latents (default: runs/PRESET)")
    parser.add_argument("--fresh", action="store_true", help="train every row again")
    add_workers(parser, "rows trained at once, each in a process (default: 1)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    with workers(given.cluster, given.jobs) as cells:
        for name in PARTS if given.part == "all" else [given.part]:
            for row in measure(name, given, cells):
                told = (f"{key} {value:.4g}" if isinstance(value, float) else f"{value}" for key, value in row.items())
                print(", ".join(told))


def measure(name: str, given: argparse.Namespace, cells: Cells) -> list[dict]:
    """The rows of one of PARTS, those that the record lacks trained now."""
    part = PARTS[name]
    conditions = {
        "preset": given.preset,
        "steps": given.steps,
        "levels": {kind: list(levels) for kind, levels in LEVELS.items()},
        "device": device_name(str(given.device)),
        "threads": torch.get_num_threads(),
        "weights": {network: digest_of(FOLDER / f"{network}.safetensors") for network in part.needs},
    }
    record = records.load(FOLDER, "ablation") if (FOLDER / "ablation.json").exists() else {}
    kept = record.get(name, {})
    if given.fresh or any(kept.get(key) != value for key, value in conditions.items()):
        kept = conditions | {"rows": []}
    record[name] = kept
    done = {row["name"] for row in kept["rows"]}
    # Workers elsewhere encode for themselves.
    runs = None if given.cluster else given.runs or Path("runs") / given.preset
    how = (given.steps, given.preset, runs, given.device, conditions["threads"])
    order = list(part.choices)
    for _, row in cells(trained, [(name, choice, *how) for choice in order if choice not in done]):
        kept["rows"] = sorted([*kept["rows"], row], key=lambda row: order.index(row["name"]))
        kept |= part.summary(kept["rows"])
        records.save(FOLDER, "ablation", record)
    return kept["rows"]


def trained(
    part: str, row: str, steps: int, preset: str, runs: Path | None, device: torch.device, threads: int
) -> dict:
    """One row. Encoded walks are kept in `runs`, or while this process lives."""
    torch.set_num_threads(threads)
    runs = runs or Path(_own_folder().name)
    runs.mkdir(parents=True, exist_ok=True)
    return PARTS[part].train(PARTS[part].choices[row], steps, preset, Workspace(FOLDER, runs, device))


@cache
def _own_folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="ablation-")

"""Train small variants of the denoiser and of the history encoder, and record what each part is worth.

Nothing shipped changes but the record, `ablation.json` beside the weights; rows that it holds are not trained again.
"""

import argparse
from pathlib import Path

import torch

from experiments.results import device_name
from experiments.video_diffusion import records
from experiments.video_diffusion.ablation import LEVELS, VARIANTS, train_history, train_variant
from experiments.video_diffusion.checkpoints import FOLDER
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.recipes import TRAINING_PRESETS
from experiments.video_diffusion.workshop import Workshop

TOKENS = (1, 2, 4, 16)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", choices=TRAINING_PRESETS, default="cpu", help="recipe of the variants")
    parser.add_argument("--steps", type=positive, default=400, help="training steps of each variant (default: 400)")
    parser.add_argument("--runs", type=Path, default=None, help="folder of cached latents (default: runs/PRESET)")
    parser.add_argument("--fresh", action="store_true", help="train every row again")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given)
    runs = given.runs or Path("runs") / given.preset
    runs.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(FOLDER, runs, given.device)
    conditions = {
        "preset": given.preset,
        "steps": given.steps,
        "levels": {kind: list(levels) for kind, levels in LEVELS.items()},
    }
    conditions |= {"device": device_name(str(given.device)), "threads": torch.get_num_threads()}
    record = conditions | {"variants": [], "history": []}
    if (FOLDER / "ablation.json").exists() and not given.fresh:
        before = records.load(FOLDER, "ablation")
        record = before if all(before.get(key) == value for key, value in conditions.items()) else record
    done = {row["name"] for row in [*record["variants"], *record["history"]]}
    for name in [key for key in VARIANTS if key not in done]:
        record["variants"].append(train_variant(name, given.steps, given.preset, workshop))
        records.save(FOLDER, "ablation", record)
    for tokens in [k for k in TOKENS if f"history_{k}" not in done]:
        record["history"].append(train_history(tokens, given.steps, given.preset, workshop))
        records.save(FOLDER, "ablation", record)
    for row in [*record["variants"], *record["history"]]:
        print(", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{value}" for key, value in row.items()))

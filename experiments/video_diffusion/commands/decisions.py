"""Score real clips that were noised to a level and denoised again, the colours that the denoiser takes posters to have
and those that the decoder gives them, into `decisions.json` beside the weights."""

import argparse

from tqdm import tqdm

from experiments.results import device_name
from experiments.video_diffusion.commands.arguments import add_device, add_threads, positive, use_threads
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.sampler import USUAL
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.recorded.decisions import LEVELS, SCHEMES, decoders, scores_by_level
from experiments.video_diffusion.studies.recorded.poster_probe import LEVEL, mistakes, pairs
from experiments.video_diffusion.training.warm_start import learned


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clips", type=positive, default=64, help="real clips to begin with (default: 64)")
    parser.add_argument("--decoded", type=positive, default=256, help="real clips for the decoders (default: 256)")
    parser.add_argument("--walks", type=positive, default=120, help="walks in search of posters (default: 120)")
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    models, rows = Models(given.device), {name: [] for name in ("real", *SCHEMES)}
    for name, row in tqdm(scores_by_level(models, given.clips), total=1 + len(SCHEMES) * len(LEVELS)):
        rows[name].append(row)
        tqdm.write(f"{name}, {row['level']:g}: {row['validity']['value']:.3f}, {row['frame_frechet']['value']:.2f}")
    record = {
        "clips": given.clips,
        "steps": USUAL.steps,
        "trained": learned(models.folder / "denoiser.safetensors"),
        "device": device_name(str(given.device)),
        "rows": rows,
        "decoders": decoders(models, given.decoded),
        "posters": {"level": LEVEL, "rows": mistakes(models.denoise, pairs(models, given.walks))},
    }
    records.save(FOLDER, "decisions", record)

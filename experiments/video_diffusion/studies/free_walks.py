"""Do free walks stay in one world? Nobody says where they go; where they went is read from their own frames, and frames
far apart in time vote on one map."""

from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from experiments.results import jsonable
from experiments.video_diffusion.sampling.exploring import Exploring
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.cheats import collage
from experiments.video_diffusion.scores.statistics import jackknife
from experiments.video_diffusion.scores.world.measured import Readers
from experiments.video_diffusion.scores.world.over_walks import over_walks
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.rulers import score
from experiments.video_diffusion.studies.contenders import real_videos
from experiments.video_diffusion.studies.measurement import Found, Measurement, no_arrays

ASKED = ("consistency", "pace", "transitions")
POOL = 10  # real walks that the collage is cut from


@dataclass(frozen=True)
class Config:
    walks: int = 12
    frames: int = 300
    steps: int = CONTINUING.steps
    batch: int = 1  # walks made at once
    seed: int = 70
    again: int = 0


def cell(models: Models, config: Config, first: int) -> Found:
    """Of some walks (`real` through the autoencoder, `collage` of real mazes, and the model's without and with memory)
    the rulers of free walks."""
    readers = shipped_readers(models.folder, models.device)
    count = min(config.batch, config.walks - first)
    walks = real_videos(config.seed, config.frames, count, first=first)
    pool = real_videos(config.seed + 1, config.frames, POOL)
    latents = models.encode(walks)
    start = latents[:, :HISTORY], walks[:, :HISTORY], config, config.seed + first
    videos = {
        "real": models.decode(latents),
        "forgetting": walked(models, *start, None),
        "remembering": walked(models, *start, readers),
        "collage": torch.stack([collage(torch.cat([walk[None], pool])) for walk in walks]),
    }
    return {"rows": jsonable({name: asked(found, readers) for name, found in videos.items()})}


def walked(models: Models, start: Tensor, frames: Tensor, config: Config, seed: int, readers: Readers | None) -> Tensor:
    """Free walks (B, T, 64, 64, 3) from latents `start` (B, n, C, 8, 8) of `frames`; with `readers` they remember."""
    generator, scheme = torch.Generator().manual_seed(seed), replace(CONTINUING, steps=config.steps)
    if readers is None:
        made = extend(models.denoise, PerFrameNoise(), start, config.frames, scheme, generator=generator)
    else:
        memory = Exploring(models, readers, frames, PerFrameNoise(), scheme, generator)
        method = PerFrameNoise()
        made = extend(memory.denoise, method, start, config.frames, scheme, generator=generator, tell=memory)
    return models.decode(made.latents)


def asked(videos: Tensor, readers: Readers) -> list[dict[str, dict]]:
    """By walk the rulers that need nothing but frames."""
    return [score(Recording("free walk", video), readers, only=ASKED) for video in videos]


def values(config: Config, found: list[Found]) -> dict:
    """The rulers by what made the walks, and which share of real video's excess over chance the model's reach."""
    rows = joined(found)
    walks = {name: over_walks(each) for name, each in rows.items()}
    told = {"walks": walks, "share_of_real": share_of_real(rows)}
    return told | {"count": config.walks, "frames": config.frames, "given": HISTORY}


def joined(found: list[Found]) -> dict[str, list[dict]]:
    return {name: sum((one["rows"][name] for one in found), []) for name in found[0]["rows"]}


def share_of_real(rows: dict[str, list[dict]]) -> dict[str, dict[str, float]]:
    """Of the agreement beyond chance that real video has, what other walks have, with intervals over walks."""

    def beyond(name: str, kept: list[int]) -> float:
        found = over_walks([rows[name][k] for k in kept])["consistency"]
        return float("nan") if found["value"] is None else found["value"] - found["chance"]

    def share(name: str, kept: list[int]) -> float:
        real = beyond("real", kept)
        return beyond(name, kept) / real if real else float("nan")

    return {name: jackknife(partial(share, name), len(rows[name])) for name in rows if name != "real"}


def checked(found: list[Found]) -> dict[str, dict]:
    """Agreement on the map, and possible transitions."""
    rows = {name: over_walks(each) for name, each in joined(found).items()}
    told = {f"{name}, {key}": row[key] for name, row in rows.items() for key in ("consistency", "transitions")}
    return {name: row for name, row in told.items() if row["value"] is not None}


NETWORKS = ("autoencoder", "decoder", "denoiser", "depth", "judge", "scene", "motion")
MEASUREMENT = Measurement("free_walks", Config, NETWORKS, lambda config: config.walks, cell, values, no_arrays, checked)
run = MEASUREMENT.run

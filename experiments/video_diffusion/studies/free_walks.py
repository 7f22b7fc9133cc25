"""Do free walks stay in one world? Nobody says where they go; where they went is read from their own frames, and frames
far apart in time vote on one map."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.sampling.exploring import Exploring
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.cheats import collage
from experiments.video_diffusion.scores.statistics import jackknife
from experiments.video_diffusion.scores.world.over_walks import over_walks
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.rulers import Readers, score
from experiments.video_diffusion.studies.contenders import real_videos

ASKED = ("consistency", "pace", "transitions")
POOL = 10  # real walks that the collage is cut from


@dataclass(frozen=True)
class Config:
    walks: int = 12
    frames: int = 300
    steps: int = CONTINUING.steps
    batch: int = 6  # videos made at once
    seed: int = 70


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: by walk (`real` through the autoencoder, `collage` of real mazes, and the model's without and with
    memory) the rulers of free walks, and which share of real video's excess over chance memory reaches."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "decoder", "denoiser", "depth", "judge")
    recorder.device = str(models.device)
    readers = shipped_readers(models.folder, models.device)
    walks = real_videos(config.seed, config.frames, config.walks)
    latents = models.encode(walks)
    videos = {"real": models.decode(latents)}
    for done, name in enumerate(("forgetting", "remembering")):
        report(0.9 * done / 2, f"free walks, {name}")
        starts = zip(latents[:, :HISTORY].split(config.batch), walks[:, :HISTORY].split(config.batch), strict=True)
        memory = readers if name == "remembering" else None
        made = [walked(models, *start, config, config.seed + k, memory) for k, start in enumerate(starts)]
        videos[name] = torch.cat(made)
    report(0.9, "votes on maps")
    pool = real_videos(config.seed + 1, config.frames, POOL)
    videos["collage"] = torch.stack([collage(torch.cat([walk[None], pool])) for walk in walks])
    rows = {name: asked(found, readers) for name, found in videos.items()}
    values = {"walks": {name: over_walks(found) for name, found in rows.items()}, "share_of_real": share_of_real(rows)}
    return recorder.result(values | {"count": config.walks, "frames": config.frames, "given": HISTORY})


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


def share_of_real(rows: dict[str, list[dict]]) -> dict[str, dict[str, float]]:
    """Of the agreement beyond chance that real video has, what other walks have, with intervals over walks."""

    def beyond(name: str, kept: list[int]) -> float:
        found = over_walks([rows[name][k] for k in kept])["consistency"]
        return found["value"] - found["chance"]

    shares = {name: lambda kept, name=name: beyond(name, kept) / beyond("real", kept) for name in rows}
    return {name: jackknife(share, len(rows[name])) for name, share in shares.items() if name != "real"}

"""The model itself: its layers, how it was trained, and one clip on its way from noise to video."""

from dataclasses import dataclass

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.denoiser import parameters_of
from experiments.video_diffusion.model.shipped_weights import NETWORKS, OF_THE_LATTICE, WALKS
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.sampling.methods import Method, Past
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies import records
from experiments.video_diffusion.studies.contenders import measured_on
from experiments.video_diffusion.training.warm_start import learned, stages_of


@dataclass(frozen=True)
class Config:
    steps: int = 24
    seed: int = 3
    moments: tuple[int, ...] = (0, 4, 8, 12, 16, 20, 23)  # steps of the diffusion path that are shown
    walk: int = 5  # episode of the held-out walk that is shown with its map
    walk_frames: int = 96


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: parameters, shapes, training records; arrays: the diffusion path, and a real walk with its map."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check(*NETWORKS)
    recorder.device = str(models.device)
    report(0.1, "layers")
    values = {
        "layers": layers(models),
        "parameters": {name: parameters_of(getattr(models, name)) for name in NETWORKS}
        | {"encoder": parameters_of(models.autoencoder.encoder)},
        "training": {name: training(models, name) for name in NETWORKS},
        "config": vars(models.denoiser.config) | {"tokens": models.history.config.tokens},
        **ablation(models),
        "milestones": records.load(models.folder, "milestones"),
        "decisions": records.load(models.folder, "decisions"),
        "comparison": comparison(models),
        "lattice": before(),
        "shipped_mib": sum((models.folder / f"{name}.safetensors").stat().st_size for name in NETWORKS) / 2**20,
    }
    report(0.4, "diffusion path")
    noise = models.noise(1, torch.Generator().manual_seed(config.seed))
    path = sample(models.denoise, Method(), Past.none(noise), Scheme(config.steps), keep_path=True).path
    shown = torch.stack([path[k] for k in config.moments])[:, :, 0]
    walk = open_source(WALKS, "test", config.walk_frames).episode(config.walk)
    arrays = {
        "noisy": models.decode(shown[:, 0]).numpy(),
        "estimate": models.decode(shown[:, 1]).numpy(),
        "levels": 1 - torch.tensor(config.moments).numpy() / config.steps,
        "walk": walk.frames[:: config.walk_frames // 8][:8],
        "walk_poses": walk.poses,
        "walls": walk.maze.walls,
        "floor": walk.maze.floor,
    }
    return recorder.result(values, arrays)


def layers(models: Models) -> list[dict]:
    """The denoiser's stages in order, with the output shape and parameters of each, read off a forward pass."""
    rows, handles = [], []
    net, c = models.denoiser, models.denoiser.config

    def watch(name: str, module: torch.nn.Module) -> None:
        def note(_module, _inputs, output) -> None:
            rows.append({"name": name, "shape": list(output.shape), "parameters": parameters_of(module)})

        handles.append(module.register_forward_hook(note))

    stages = {"enter": [net.enter], "down": net.down, "shrink": [net.shrink], "inner": net.inner}
    stages |= {"attention": net.attention, "grow": [net.grow], "up": net.up, "leave": [net.leave]}
    for name, modules in stages.items():
        for module in modules:
            watch(name, module)
    with torch.no_grad():
        clip = torch.zeros(1, c.frames, c.channels, c.side, c.side, device=models.device)
        models.denoise(clip, torch.ones(1, c.frames, device=models.device))
    for handle in handles:
        handle.remove()
    return rows


def ablation(models: Models) -> dict:
    """The denoiser's variants by name, and the losses by number of history tokens."""
    record = records.load(models.folder, "ablation")
    variants, history = record["variants"], record["history"]
    rows = {row["name"]: row for row in variants["rows"]}
    return {
        "ablation": {key: variants[key] for key in ("steps", "one_more")} | {"rows": rows},
        "history_tokens": history | {"without": history["rows"][0]["loss_without"]},
    }


def comparison(models: Models) -> dict:
    """The methods on many videos. Empty if the record is of other weights, settings or steps: `long_videos` has a few
    videos of these."""
    record = records.load(models.folder, "comparison")
    return {} if records.differing(measured_on(models.folder), record) else record


def before() -> dict:
    """The methods' shares of possible transitions when networks, walks and judge knew the lattice alone."""
    record = records.load(OF_THE_LATTICE, "comparison")
    shares = ("seam_validity", "inner_validity")
    methods = {name: {share: row[share] for share in shares} for name, row in record["methods"].items()}
    return {"methods": methods} | {key: record[key] for key in ("videos", "frames", "steps", "trained")}


def training(models: Models, name: str) -> dict:
    """What the checkpoint says of its own training: its scores, and its stages in order."""
    weights = models.folder / f"{name}.safetensors"
    record = read_record(weights)
    known, kept = stages_of(record), ("preset", "steps", "examples", "seconds", "device", "losses")
    return {
        "scores": record["scores"],
        "stages": [{key: stage[key] for key in kept} | {"hours": stage["seconds"] / 3600} for stage in known],
        "examples": learned(weights),
        "examples_on_others": examples_on_others(known),
    }


def examples_on_others(stages: list[dict]) -> int:
    """How many of a network's examples it had learned when the weights it learns on were last changed for others."""
    seen = last = 0
    for stage in stages:
        if stage["earlier"]:
            last = seen + stage["earlier"][-1][0] * stage["examples"] // stage["steps"]
        seen += stage["examples"]
    return last

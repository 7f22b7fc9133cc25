"""What a method costs beside the model it uses: time a frame, peak memory in sampling and in training, parameters."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import torch

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.model.denoiser import parameters_of
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.studies.contenders import NAMES, contender, real_videos
from experiments.video_diffusion.studies.training_memory import WAYS, train

MIB = 2**20


@dataclass(frozen=True)
class Config:
    videos: int = 4
    frames: int = 20  # ten of them new: one or two clips, whatever the method
    steps: int = CONTINUING.steps
    repeats: int = 2
    seed: int = 0
    batch: int = 16  # clips in a training step


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row a method, and what training takes without and with a history. Each runs in a fresh process, so that
    peaks do not mix, beside independent clips, so that a machine that is now faster and now slower does not favour
    one."""
    recorder.seeds = (config.seed,)
    models = Models(best_device()).check("autoencoder", "denoiser", "history")
    recorder.device = str(models.device)
    base = parameters_of(models.denoiser)
    # A real past: guidance corrects for long where it cannot succeed.
    past = models.encode(real_videos(config.seed, HISTORY, config.videos)).cpu()
    rows = {}
    for done, name in enumerate(NAMES):
        report(done / (len(NAMES) + 1), name.replace("_", " "))
        rows[name] = apart(measure, name, past, config, torch.get_num_threads())
        extra = parameters_of(models.history) if name == "history_guidance" else 0
        rows[name] |= {"extra_parameters": extra, "extra_parameters_share": extra / base}
    floor = rows["independent"]["peak_mib"]
    for row in rows.values():
        row["extra_peak_mib"] = row["peak_mib"] - floor
    report(len(NAMES) / (len(NAMES) + 1), "training steps")
    peaks = {way: apart(training_peak, way, config.batch, torch.get_num_threads()) for way in WAYS}
    training = {way: {"peak_mib": peak, "ratio": peak / peaks["alone"]} for way, peak in peaks.items()}
    values = {
        "methods": rows,
        "training": training | {"batch": config.batch},
        "videos": config.videos,
        "base_parameters": base,
        "device": str(models.device),
    }
    return recorder.result(values)


def apart(function: Callable, *arguments):
    """The function's answer from a process of its own."""
    context = multiprocessing.get_context("forkserver")  # which imports torch once for all
    context.set_forkserver_preload([__name__])
    with context.Pool(1) as pool:
        return pool.apply(function, arguments)


def training_peak(way: str, batch: int, threads: int) -> float:
    """Peak memory of training steps (MiB), networks of the shipped sizes and optimiser included."""
    torch.set_num_threads(threads)
    models = Models(best_device())
    sizes = models.denoiser.config, models.history.config
    before = peak_mib(models.device)
    train(way, *sizes, batch, models.device)
    return peak_mib(models.device) - before


def measure(name: str, past: torch.Tensor, config: Config, threads: int) -> dict[str, float]:
    """Least seconds a new frame after the latents `past`, the median of the times' ratios to those of independent clips
    made just before, and the peak memory above that of the loaded model (MiB)."""
    torch.set_num_threads(threads)
    models = Models(best_device())
    method, floor = contender(name, models), contender("independent", models)
    generator = torch.Generator().manual_seed(config.seed)
    start, scheme = past.to(models.device), replace(CONTINUING, steps=config.steps)

    def seconds(method: Method) -> float:
        began = time.perf_counter()
        extend(models.denoise, method, start, config.frames, scheme, generator=generator)
        return time.perf_counter() - began

    before = peak_mib(models.device)
    seconds(method)  # alone, for its peak, and to warm up
    peak = peak_mib(models.device) - before
    pairs = [(seconds(floor), seconds(method)) for _ in range(config.repeats)]
    new = config.videos * (config.frames - HISTORY)
    return {
        "seconds_per_frame": min(own for _, own in pairs) / new,
        "relative_time": median(own / other for other, own in pairs),
        "peak_mib": peak,
    }


def peak_mib(device: torch.device) -> float:
    """Highest memory so far: the GPU allocator's, or this process's resident set."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / MIB
    try:
        # Not getrusage: on Linux a child starts with its parent's peak there.
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:  # macOS, which counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB

"""Make a long video: continue a start, clip after clip, by one of the methods.

With --along it is led along a path, and what its earlier frames showed there is shown to the network.

The start is a clip of the model's own (--init random), a walk through a held-out maze (--init maze), or a video of
yours: all of it, or its first --given frames, which stand in front of the result as they are. A video of another world
than the networks know is refused. The video is written while it is made; Ctrl-C keeps what is there. At the end: speed,
and how the seams compare with the frames between them.
"""

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from experiments.errors import InputError
from experiments.video_diffusion.commands import along
from experiments.video_diffusion.commands.arguments import DATA_HELP, add_device, positive, ready, whole
from experiments.video_diffusion.commands.outputs import SUFFIXES, output
from experiments.video_diffusion.data.dataset import SIDE
from experiments.video_diffusion.sampling.extension import HISTORY, check_overlap
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.methods.registry import build, registry, settings
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.sampler import CONTINUING, USUAL
from experiments.video_diffusion.sampling.start import Start
from experiments.video_diffusion.sampling.streaming import stream
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.judge import Judge
from experiments.video_diffusion.scores.metrics import seam_ratio, split_transitions, transition_validity

METHOD = "per_frame_guidance"  # its seams are the best, see `compare`
LARGEST = 64  # times that a pixel is enlarged: players take no larger films
MEASURED = 600  # frames that the measures at the end look at: the judge takes 300 KB of memory for each


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--method", choices=registry(), default=METHOD, help=f"default: {METHOD}")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="a setting of the method"
    )
    parser.add_argument("--frames", type=positive, default=300, help="length of the video (default: 300)")
    parser.add_argument("--init", default="random", metavar="SOURCE", help=f"'random' (default), {DATA_HELP}")
    parser.add_argument(
        "--episode", type=whole, default=0, help="which one, where the source has several (default: 0, the first)"
    )
    parser.add_argument(
        "--given", type=positive, help=f"frames to start from (default: all of a video, {HISTORY} of a maze)"
    )
    parser.add_argument("--along", type=Path, metavar="FILE", help=along.HELP)
    parser.add_argument("--seed", type=whole, default=0, help="of the noise (default: 0)")
    parser.add_argument(
        "--steps",
        type=positive,
        help=f"denoising steps a clip (default: {CONTINUING.steps}, and {USUAL.steps} for one from nothing)",
    )
    parser.add_argument("--out", type=Path, default=Path("out.mp4"), help=".mp4, .gif or .npz (default: out.mp4)")
    parser.add_argument("--scale", type=positive, default=1, help="enlarge each pixel so many times (default: 1)")
    parser.add_argument("--weights", type=Path, default=None, help="folder of the networks (default: the shipped ones)")
    add_device(parser)
    lines = (
        f"  {name:<24} " + " ".join(f"{key}={value}" for key, value in settings(kind).items())
        for name, kind in registry().items()
    )
    parser.epilog = "methods and their settings:\n" + "\n".join(lines)


def run(given: argparse.Namespace) -> None:
    out = ready(given.out, *SUFFIXES)
    if given.scale > LARGEST:
        raise InputError(
            f"--scale {given.scale}: {LARGEST} at most, which makes frames of {SIDE * LARGEST:,} pixels a side"
        )
    models = Models(given.device) if given.weights is None else Models(given.device, given.weights)
    method = build(given.method, pairs(given.settings), encoder=lambda: models.history)
    check(method, models.denoiser.config.frames)
    judge = models.judge if (models.folder / "judge.safetensors").exists() else None
    generator = torch.Generator().manual_seed(given.seed)
    scheme = replace(CONTINUING, steps=given.steps or CONTINUING.steps)
    if given.init == "random":
        start = Start.random(models, replace(USUAL, steps=given.steps or USUAL.steps), generator)
    else:
        start = Start.given(models, given.init, given.episode, given.given, max(HISTORY, method.overlap))
    count = len(start.frames)
    if count >= given.frames:
        raise InputError(f"--frames {given.frames}: the start has {count} already; fewer by --given")
    path = along.path(given.along, models, start, given.frames) if given.along else None
    known = {"given": count} | ({"poses": path[0].numpy()} if given.along else {})
    memory = Remembering(models, path) if given.along else None
    began, shown, given.made = time.perf_counter(), [start.frames], 0
    with (
        output(out, start.fps, known) as film,
        tqdm(total=given.frames - count, unit="frame", desc=given.method) as bar,
    ):
        before = start.frames
        for frames in stream(models, method, start.latents, given.frames, scheme, generator, memory):
            for frame in torch.cat([before, frames]).split(1):  # enlarged, many at once would fill the memory
                film.add(enlarged(frame, given.scale))
            before, given.made = frames[:0], film.count
            if film.count <= MEASURED:
                shown.append(frames)
            bar.update(len(frames))
    speed = (given.frames - count) / (time.perf_counter() - began)
    print(f"{out}: {given.frames} frames, {count} of them given, {speed:.1f} new frames/s")
    step = models.denoiser.config.frames - method.overlap
    print(told(judge, torch.cat(shown)[None], range(count, given.frames, step), count))


def enlarged(frames: Tensor, scale: int) -> np.ndarray:
    return frames.numpy().repeat(scale, 1).repeat(scale, 2)


def check(method: Method, clip: int) -> None:
    """Raises InputError for settings that lead nowhere."""
    for key in settings(type(method)):
        value = getattr(method, key)
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{key} must be a number, not {value}")
        if isinstance(value, int | float) and value < 0:
            raise InputError(f"{key} must not be negative, but it is {value}")
    check_overlap(method, clip)
    for key in ("share", "level", "forgotten"):  # shares of the path from noise to data, and levels on it
        if isinstance(value := getattr(method, key, 0.0), float) and value > 1:
            raise InputError(f"{key} must lie between 0 and 1, not {value}")
    if type(method).__name__ == "HistoryGuidance" and method.overlap:
        raise InputError(
            f"overlap={method.overlap}: history guidance knows no frame, only what its encoder tells; leave it at 0"
        )


def pairs(texts: list[str]) -> dict[str, str]:
    if wrong := [text for text in texts if "=" not in text]:
        raise InputError(f"--set {wrong[0]}: write it as KEY=VALUE")
    return dict(text.split("=", 1) for text in texts)


def told(judge: Judge | None, frames: Tensor, seams: range, start: int) -> str:
    """What the frames (1, n, 64, 64, 3) do at the seams, and between them, in words."""
    places = [seam for seam in seams if seam < frames.shape[1]]
    words = (
        f"{counted(len(seams), 'seam')}, at frames {', '.join(map(str, seams[:4]))}{', …' if len(seams) > 4 else ''}"
    )
    at, elsewhere = split_transitions(frames.shape[1], places, start)
    if not elsewhere:
        return words
    words += f": change there {float(seam_ratio(frames, places, start)):.2f} times that between them"
    if len(places) < len(seams):
        words += f" (of the first {frames.shape[1]:,} frames)"
    if judge is None:
        return f"{words}; there is no judge beside these weights"
    valid = transition_validity(judge, frames)[0]
    first = "possible" if valid[at[0]] else "not possible"
    there, between = (f"{int(valid[kind].sum())} of {len(kind)}" for kind in (at, elsewhere))
    return (
        f"{words}; the judge finds {there} possible, {between} between them (of real video's: about 95%); "
        f"the first, where the given frames end: {first}"
    )


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def kept(given: argparse.Namespace) -> str:
    """What of a stopped video is there."""
    if getattr(given, "made", 0):
        return f"{given.out} holds the {given.made:,} frames made so far."
    return f"{given.out or 'The video'} was not written; what lay there before is as it was."

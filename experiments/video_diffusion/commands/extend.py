"""Make a long video: continue a start, clip after clip, by one of the methods.

The start is a clip of the model's own (--init random), a walk through a held-out maze (--init maze), or a video of
yours: all of it, or its first --given frames. It passes through the autoencoder too, so that nothing but the method
makes a seam. At the end: speed, and how the seams compare with the frames between them.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from experiments.errors import InputError
from experiments.video_diffusion.commands.arguments import DATA_HELP, add_device, positive, ready
from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.sampling.extension import HISTORY, LongVideo, extend
from experiments.video_diffusion.sampling.methods import Method, Past
from experiments.video_diffusion.sampling.methods.registry import build, registry, settings
from experiments.video_diffusion.sampling.sampler import CONTINUING, USUAL, Scheme, sample
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import seam_ratio, split_transitions, transition_validity
from showcase.animation import save_gif, save_mp4
from showcase.drawing import Animation

FPS = 6
WRITERS = {".mp4": save_mp4, ".gif": save_gif}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--method", choices=registry(), default="feature_injection", help="default: feature_injection")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="a setting of the method"
    )
    parser.add_argument("--frames", type=positive, default=300, help="length of the video (default: 300)")
    parser.add_argument("--init", default="random", metavar="SOURCE", help=f"'random' (default), {DATA_HELP}")
    parser.add_argument(
        "--episode", type=int, default=0, help="which one, where the source has several (default: 0, the first)"
    )
    parser.add_argument(
        "--given", type=positive, help=f"frames to start from (default: all of a video, {HISTORY} of a maze)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the noise (default: 0)")
    parser.add_argument(
        "--steps",
        type=positive,
        help=f"denoising steps a clip (default: {CONTINUING.steps}, and {USUAL.steps} for one from nothing)",
    )
    parser.add_argument("--out", type=Path, default=Path("out.mp4"), help=".mp4 or .gif (default: out.mp4)")
    parser.add_argument("--scale", type=positive, default=1, help="enlarge each pixel so many times (default: 1)")
    parser.add_argument("--weights", type=Path, default=None, help="folder of the networks (default: the shipped ones)")
    add_device(parser)
    lines = (
        f"  {name:<24} " + " ".join(f"{key}={value}" for key, value in settings(kind).items())
        for name, kind in registry().items()
    )
    parser.epilog = "methods and their settings:\n" + "\n".join(lines)


def run(given: argparse.Namespace) -> None:
    out = ready(given.out, *WRITERS)
    models = Models(given.device) if given.weights is None else Models(given.device, given.weights)
    method = build(given.method, pairs(given.settings), encoder=lambda: models.history)
    clip = models.denoiser.config.frames
    if not 0 <= method.overlap < clip:
        raise InputError(f"overlap must lie between 0 and {clip - 1}, one less than a clip, not {method.overlap}")
    generator = torch.Generator().manual_seed(given.seed)
    scheme = replace(CONTINUING, steps=given.steps or CONTINUING.steps)
    start = own_clip(models, given.steps, generator) if given.init == "random" else encoded(models, given, method)
    if start.shape[1] >= given.frames:
        raise InputError(f"--frames {given.frames}: the start has {start.shape[1]} already; fewer by --given")
    began = time.perf_counter()
    video = continued(models, method, start, given, scheme, generator)
    frames = models.decode(video.latents)
    speed = (given.frames - start.shape[1]) / (time.perf_counter() - began)
    large = frames[0].numpy().repeat(given.scale, 1).repeat(given.scale, 2)
    WRITERS[out.suffix.lower()](Animation(large, FPS, gif_colours=256), out)
    print(f"{out}: {given.frames} frames, {start.shape[1]} of them given, {speed:.1f} new frames/s")
    print(seams(models, frames, video.seams, start.shape[1]))


def pairs(texts: list[str]) -> dict[str, str]:
    if wrong := [text for text in texts if "=" not in text]:
        raise InputError(f"--set {wrong[0]}: write it as KEY=VALUE")
    return dict(text.split("=", 1) for text in texts)


def own_clip(models: Models, steps: int | None, generator: torch.Generator) -> Tensor:
    """Latents (1, clip, C, 8, 8) of a clip that the model makes from nothing."""
    past, scheme = Past.none(models.noise(1, generator)), replace(USUAL, steps=steps or USUAL.steps)
    return sample(models.denoise, models.autoguidance(), past, scheme, generator=generator).clip


def encoded(models: Models, given: argparse.Namespace, method: Method) -> Tensor:
    """Latents (1, n, C, 8, 8) of the start that the user gave."""
    maze = given.init.split(":")[0] == "maze"
    count = given.given or (HISTORY if maze else None)
    needed = max(HISTORY, method.overlap)
    if count is not None and count < needed:
        raise InputError(f"--given {count}: the method looks back {needed} frames")
    data = open_source(given.init, "test" if maze else "all", count or needed, strict=True)
    if not 0 <= given.episode < len(data):
        raise InputError(f"--episode {given.episode}: {given.init} has {len(data):,}, counted from 0")
    return models.encode(torch.from_numpy(data.episode(given.episode).frames[:count])[None])


def continued(
    models: Models, method: Method, start: Tensor, given: argparse.Namespace, scheme: Scheme, generator: torch.Generator
) -> LongVideo:
    """`extend`, one clip at a time for the sake of the progress bar."""
    c = models.denoiser.config
    video = LongVideo(start, [], [])
    with tqdm(total=given.frames - start.shape[1], unit="frame", desc=given.method) as bar:
        while (done := video.latents.shape[1]) < given.frames:
            until = min(done + c.frames - method.overlap, given.frames)
            added = extend(models.denoise, method, video.latents, until, scheme, clip=c.frames, generator=generator)
            video = LongVideo(added.latents, video.seams + added.seams, video.diagnostics + added.diagnostics)
            bar.update(until - done)
    return video


def seams(models: Models, frames: Tensor, places: list[int], start: int) -> str:
    """Two measures at the seams against the frames between them, in a sentence."""
    at, elsewhere = split_transitions(frames.shape[1], places, start)
    words = f"{len(places)} seams, at frames {', '.join(map(str, places[:4]))}{', …' if len(places) > 4 else ''}"
    if not elsewhere:
        return words
    valid = transition_validity(models.judge, frames)[0].float()
    ratio = float(seam_ratio(frames, places, start))
    there, between = (f"{valid[kind].mean():.0%}" for kind in (at, elsewhere))
    return (
        f"{words}: change there {ratio:.2f} times that between them; "
        f"the judge finds {there} of them possible, {between} between them (of real video's: about 95%)"
    )


def kept(given: argparse.Namespace) -> str:
    """A video is written whole or not at all."""
    return f"{given.out or 'The video'} was not written; what lay there before is as it was."

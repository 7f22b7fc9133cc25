"""Apply every ruler to recordings: does the world stay, is the motion obeyed, is every step possible?

A file is a .npz, a film, a GIF or a folder of frames. A .npz may hold, beside `video` (T, 64, 64, 3): `actions` (T, 2)
as speed (blocks a frame) and turn (radians a frame); `poses` (T, 3) of the true path; `truth`, the frames really seen
along it; and `given`, how many of the first frames were given. A ruler that needs what a file lacks says so.

With --json a line a file: an object of rulers, each with value, low and high (95 %), floor and ceiling.
"""

import argparse
import json
import math
import sys
from pathlib import Path

from experiments.errors import InputError
from experiments.video_diffusion.commands.arguments import add_device, add_threads, use_threads
from experiments.video_diffusion.data.readers import RESIZERS
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.scores.world.recording import load
from experiments.video_diffusion.scores.world.rulers import score
from experiments.video_diffusion.studies import records


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings")
    parser.add_argument("--given", type=int, default=None, metavar="N", help="the first N frames were given, not made")
    parser.add_argument("--resize", choices=RESIZERS, default=None, help="admit frames of another size than 64×64")
    parser.add_argument("--json", action="store_true", help="a line of JSON a file")
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="folder of judge and autoencoder (default: the shipped ones)"
    )
    add_device(parser)
    add_threads(parser)


def run(given: argparse.Namespace) -> None:
    use_threads(given.threads)
    if given.given is not None and given.given < 0:
        raise InputError(f"--given {given.given}: a count of frames is needed")
    recordings = [load(path, given.given, given.resize) for path in given.files]  # all, before minutes of work
    reference = reference_of_rulers()
    readers = shipped_readers(given.weights, given.device)
    for path, recording in zip(given.files, recordings, strict=True):
        found = score(recording, readers, reference)
        row = {"file": str(path), "frames": len(recording.frames), "given": recording.given, **found}
        print(json.dumps(_plain(row)) if given.json else table(row))


def reference_of_rulers() -> dict:
    """Floors and ceilings, where `rulers` has measured them; without them values stand alone, and that is said."""
    try:
        return records.load(FOLDER, "rulers")["reference"]
    except InputError as error:
        print(f"no floors and ceilings beside the values: {error}", file=sys.stderr)
        return {}


def table(row: dict) -> str:
    """One recording for the terminal."""
    lines = [f"{row['file']}: {row['frames']} frames, {row['given']} of them given"]
    for name, found in row.items():
        if not isinstance(found, dict):
            continue
        if found["value"] is None:
            lines.append(f"  {name:34} –  {found['why']}")
            continue
        ends = [f"{end} {found[end]:.3g}" for end in ("floor", "ceiling") if found.get(end) is not None]
        more = [
            f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in found.items()
            if key not in ("value", "low", "high", "floor", "ceiling")
        ]
        about = "; ".join(", ".join(part) for part in (ends, more) if part)
        lines.append(f"  {name:34} {found['value']:.3g} [{found['low']:.3g}, {found['high']:.3g}]  {about}".rstrip())
    return "\n".join(lines)


def _plain(value):
    """Numbers that JSON has: what is not a number becomes null."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value

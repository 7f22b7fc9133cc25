"""One string for any source of videos, as the command line takes it.

maze                          the embedded walks
maze:size=9,posters=0.4       harder ones (see `Difficulty`)
maze:walk=lattice             walks on a lattice of stances and headings (see `MazeWalks`)
my/episodes                   a folder of .npz, films or folders of frames; or one such file
my/episodes:resize=crop       the same, from any frame size (see `Recordings`)
"""

import re
from dataclasses import fields
from pathlib import Path

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import Dataset
from experiments.video_diffusion.data.maze import Difficulty
from experiments.video_diffusion.data.maze_walks import MazeWalks
from experiments.video_diffusion.data.recordings import Recordings


def open_source(source: str, split: str, frames: int, strict: bool = False) -> Dataset:
    """The data set that `source` names. Mazes have exactly `frames` frames an episode, recordings at least as many.

    Opening reads no episode. Raises InputError for a source, a split or an option that does not exist.
    """
    name, options = parse(source)
    if name == "maze":
        walk = options.pop("walk", "continuous")
        return MazeWalks(split, frames, difficulty(source, options), walk)
    resize = options.pop("resize", None)
    if options:
        raise InputError(f"{source}: no option '{next(iter(options))}' for a file or folder (known: resize)")
    return Recordings(Path(name).expanduser(), split, frames, resize, strict)


def parse(source: str) -> tuple[str, dict[str, str]]:
    """`"name:key=value,key=value"` → name and options. A colon that no `key=` follows belongs to the name."""
    found = re.fullmatch(r"(.+?):(\w+=[^,=]*(?:,\w+=[^,=]*)*)", source)
    if not found:
        return source, {}
    return found[1], dict(pair.split("=") for pair in found[2].split(","))


def difficulty(source: str, options: dict[str, str]) -> Difficulty:
    kinds = {field.name: type(field.default) for field in fields(Difficulty)}
    values = {}
    for key, text in options.items():
        if key not in kinds:
            raise InputError(f"{source}: mazes have no option '{key}' (known: {', '.join(kinds)}, walk)")
        try:
            values[key] = kinds[key](text)
        except ValueError:
            wanted = "a whole number" if kinds[key] is int else "a number"
            raise InputError(f"{source}: {key} must be {wanted}, not '{text}'") from None
    return Difficulty(**values)

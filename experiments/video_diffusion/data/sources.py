"""One string for any source of videos, as the command line takes it.

maze                          the embedded walks
maze:size=9,posters=0.4       harder ones (see `Difficulty`)
maze:walk=lattice             walks on a lattice of stances and headings (see `MazeWalks`)
maze:levels=labmaze           levels of DeepMind Lab's generator (see `LabMazes`; an extra)
doom                          the walks through mazes, drawn by Doom's engine (see `DoomMazes`; an extra)
doom:map=my_way_home          walks through a level that comes with ViZDoom, or a WAD's path (see `DoomWalks`)
my/episodes                   a folder of .npz, films or folders of frames; or one such file
my/episodes:resize=crop       the same, from any frame size (see `Recordings`)
my/film.mp4:fps=6             six of its frames a second; `every=5` takes every fifth (see `Pick`)
"""

import re
from dataclasses import fields
from pathlib import Path

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import Dataset
from experiments.video_diffusion.data.doom import DoomMazes
from experiments.video_diffusion.data.doom_walks import DoomWalks
from experiments.video_diffusion.data.lab_mazes import LabMazes
from experiments.video_diffusion.data.maze import Difficulty
from experiments.video_diffusion.data.maze_walks import MazeWalks
from experiments.video_diffusion.data.pick import Pick
from experiments.video_diffusion.data.recordings import Recordings

LEVELS = {"carved": MazeWalks, "labmaze": LabMazes}
WORLDS = ("maze", "doom")  # sources that are no files


def open_source(source: str, split: str, frames: int, strict: bool = False) -> Dataset:
    """The data set that `source` names. Walks have exactly `frames` frames an episode, recordings at least as many.

    Opening reads no episode. Raises InputError for a source, a split or an option that does not exist, and for a world
    whose package is missing.
    """
    name, options = parse(source)
    if name == "maze":
        walk, levels = options.pop("walk", "continuous"), options.pop("levels", "carved")
        if levels not in LEVELS:
            raise InputError(f"{source}: no levels={levels} (known: {', '.join(LEVELS)})")
        return LEVELS[levels](split, frames, difficulty(source, options, "walk", "levels"), walk)
    if name == "doom" and "map" in options:
        level = options.pop("level", "")
        if wrong := options.keys() - {"map"}:
            raise InputError(f"{source}: no option '{min(wrong)}' for a map of its own (known: level)")
        return DoomWalks(options["map"], split, frames, level)
    if name == "doom":
        if "textures" in options:
            raise InputError(f"{source}: no option 'textures': the engine has its own")
        return DoomMazes(split, frames, difficulty(source, options, "map"))
    resize, pick = options.pop("resize", None), Pick.of(source, options)
    if options:
        raise InputError(
            f"{source}: no option '{next(iter(options))}' for a file or folder (known: resize, fps, every)"
        )
    return Recordings(Path(name).expanduser(), split, frames, resize, strict, pick)


def generated(source: str) -> bool:
    """Whether a source is no file, but walks that are made when they are asked for."""
    return parse(source)[0] in WORLDS


def parse(source: str) -> tuple[str, dict[str, str]]:
    """`"name:key=value,key=value"` → name and options. A colon that no `key=` follows belongs to the name."""
    found = re.fullmatch(r"(.+?):(\w+=[^,=]*(?:,\w+=[^,=]*)*)", source)
    if not found:
        return source, {}
    return found[1], dict(pair.split("=") for pair in found[2].split(","))


def difficulty(source: str, options: dict[str, str], *others: str) -> Difficulty:
    """`others` are options that are no part of it, named where one is not known. Raises InputError."""
    kinds = {field.name: type(field.default) for field in fields(Difficulty)}
    values = {}
    for key, text in options.items():
        if key not in kinds:
            raise InputError(f"{source}: mazes have no option '{key}' (known: {', '.join([*kinds, *others])})")
        try:
            values[key] = kinds[key](text)
        except ValueError:
            wanted = "a whole number" if kinds[key] is int else "a number"
            raise InputError(f"{source}: {key} must be {wanted}, not '{text}'") from None
    return Difficulty(**values)

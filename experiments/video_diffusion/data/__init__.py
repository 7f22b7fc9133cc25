"""Where videos come from: the embedded maze walks, those of a game's engine, or files of one's own. One interface, and
one string names a source.

`open_source("maze:size=9", "train", 64)` and `open_source("my/folder", "train", 64)` both return a `Dataset`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dataset": ["Dataset", "Episode", "BadEpisode", "EPISODE", "SPLITS"],
        "doom": ["DoomMazes"],
        "doom_walks": ["DoomWalks"],
        "lab_mazes": ["LabMazes"],
        "maze_walks": ["MazeWalks"],
        "recordings": ["Recordings"],
        "sources": ["open_source", "generated"],
    },
)

"""ViZDoom as a camera: an engine that nobody here wrote draws what is seen from a pose, or lets a player walk.

ViZDoom (Kempka et al. 2016) is ZDoom with a Python interface and the free levels and textures of Freedoom; the extra
`doom` brings it. It runs beside this process, one engine a process, and writes nothing into the working folder.
"""

import atexit
import tempfile
from collections.abc import Sequence
from contextlib import chdir
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from experiments.errors import InputError
from experiments.video_diffusion.data.dataset import SIDE, BadEpisode
from experiments.video_diffusion.data.doom_maps import BLOCK, STAND, atlas, map_name
from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.memory.angles import wrapped

FIELD = 106  # degrees over 160 columns: 90 over the middle 120
BUTTONS = ("MOVE_FORWARD_BACKWARD_DELTA", "TURN_LEFT_RIGHT_DELTA")
TICS = 2  # of the game, 35 a second, that a frame of a walk takes
PUSH = 1 / 3  # map units a tic that a forward push of 1 keeps up against the engine's friction
KNOWN = ("POSITION_X", "POSITION_Y", "ANGLE")
HIDDEN = ("hud", "weapon", "crosshair", "decals", "particles", "messages", "effects_sprites", "corpses")


def vizdoom():
    """The package. Raises InputError without it."""
    try:
        import vizdoom
    except ImportError as error:
        raise InputError('doom: the package vizdoom is missing; `pip install -e ".[doom]"` brings it') from error
    return vizdoom


class Engine:
    """One running engine with one WAD loaded."""

    def __init__(self, content: bytes, level: str):
        """`content` is that of the WAD. Raises InputError when the engine cannot load the level."""
        v = vizdoom()
        self._home = tempfile.TemporaryDirectory(prefix="doom-")
        self.game = game = v.DoomGame()
        game.set_doom_config_path(f"{self._home.name}/engine.ini")
        wad = Path(self._home.name, "level.wad")
        wad.write_bytes(content)
        game.set_doom_scenario_path(str(wad))
        game.set_doom_map(level)
        game.set_doom_skill(1)
        game.set_window_visible(False)
        game.set_screen_resolution(v.ScreenResolution.RES_160X120)
        game.set_screen_format(v.ScreenFormat.RGB24)
        for what in HIDDEN:
            getattr(game, f"set_render_{what}")(False)
        game.set_available_buttons([getattr(v.Button, name) for name in BUTTONS])
        game.set_available_game_variables([getattr(v.GameVariable, name) for name in KNOWN])
        game.set_episode_timeout(0)
        game.set_episode_start_time(1)
        game.add_game_args("-nomonsters -nosound")
        game.set_mode(v.Mode.PLAYER)
        try:
            with chdir(self._home.name):  # where the engine makes a folder
                game.init()
        except (v.ViZDoomErrorException, v.ViZDoomUnexpectedExitException, v.FileDoesNotExistException) as error:
            self.close()
            told = str(error).strip().splitlines()
            raise InputError(f"doom: the engine cannot load {level} ({told[0] if told else 'it ended'})") from error
        self.level = level
        atexit.register(self.close)

    def enter(self, level: str, seed: int = 0) -> None:
        """Begin in a level anew."""
        self.game.set_doom_map(level)
        self.game.set_seed(seed)
        self.game.new_episode()
        self.level = level
        for command in (f"fov {FIELD}", "movebob 0", "god"):  # what is seen depends on the pose alone
            self.game.send_game_command(command)
        self.game.advance_action(8)  # the field of view widens by seven degrees a tic

    def stand(self, pose: np.ndarray) -> np.ndarray:
        """What is seen from a pose (x, y in blocks, heading in radians), (120, 160, 3) uint8. Needs script STAND."""
        x, y = round(float(pose[0]) * BLOCK * 65536), round(-float(pose[1]) * BLOCK * 65536)
        angle = round(-float(pose[2]) / (2 * np.pi) * 65536) % 65536
        self.game.send_game_command(f"puke {STAND} {x} {y} {angle}")
        self.game.advance_action(1)
        return self.game.get_state().screen_buffer

    def pose(self) -> np.ndarray:
        """Where the engine has the player: x, y in blocks, heading in radians in [0, 2π)."""
        x, y, angle = self.game.get_state().game_variables
        return np.array([x / BLOCK, -y / BLOCK, np.deg2rad(-angle % 360)])

    def put(self, place: np.ndarray, heading: float) -> None:
        """Put the player near a place (x, y in blocks), to the map unit, looking along `heading`."""
        x, y = np.rint(place * (BLOCK, -BLOCK)).astype(int)
        self.game.send_game_command(f"warp {x} {y}")
        self.game.advance_action(1)
        turn = float(wrapped(heading - self.pose()[2]))
        self.game.make_action([0.0, np.rad2deg(turn)], 1)

    def walk(self, speed: float, turn: float) -> None:
        """One frame: towards `speed` blocks and by `turn` radians a frame."""
        self.game.make_action([speed * BLOCK / TICS / PUSH, np.rad2deg(turn) / TICS], TICS)

    def screen(self) -> np.ndarray:
        """What the player sees, (120, 160, 3) uint8. Raises BadEpisode where he has left the level."""
        if (state := self.game.get_state()) is None:
            raise BadEpisode(f"doom: a walk left {self.level} by its exit")
        return state.screen_buffer

    def close(self) -> None:
        atexit.unregister(self.close)
        self.game.close()
        self._home.cleanup()


class MazeCamera:
    """Draws mazes; those of the last `load` are in one WAD, and changing from one to the next takes no restart."""

    def __init__(self):
        self.engine, self.levels, self.here = None, {}, None

    def knows(self, maze: Maze) -> bool:
        return key(maze) in self.levels

    def load(self, mazes: Sequence[Maze]) -> None:
        if self.engine is not None:
            self.engine.close()
            self.engine = None
        self.levels = {key(maze): map_name(number) for number, maze in enumerate(mazes)}
        self.engine, self.here = Engine(atlas(mazes), map_name(0)), None

    def draw(self, maze: Maze, poses: np.ndarray) -> np.ndarray:
        """Frames (T, 64, 64, 3) uint8 of a maze seen from poses (T, 3)."""
        if not self.knows(maze):
            self.load([maze])
        if self.here != (level := self.levels[key(maze)]):
            self.engine.enter(level)
            self.here = level
        frames = np.empty((len(poses), SIDE, SIDE, 3), np.uint8)
        for frame, pose in zip(frames, poses, strict=True):
            frame[:] = square(self.engine.stand(pose))
        return frames


def square(screen: np.ndarray) -> np.ndarray:
    """The middle of a screen (120, 160, 3) as a frame (64, 64, 3)."""
    return cv2.resize(screen[:, 20:140], (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def key(maze: Maze) -> bytes:
    return maze.walls.tobytes() + maze.floor.tobytes() + maze.posters.tobytes()


@lru_cache(maxsize=1)
def camera() -> MazeCamera:
    """The one of this process."""
    return MazeCamera()

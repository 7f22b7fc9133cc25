"""First-person frames of a maze by ray casting, all frames of a walk at once in numpy.

Every column of a frame is one ray through the block grid (Amanatides and Woo 1987); with a flat floor and walls of
height 1 seen from 0.5, the rows follow from the ray's depth alone. The field of view is 90°.
"""

import numpy as np

from experiments.video_diffusion.data.maze import Maze

SKY = np.array([[0.62, 0.78, 0.95], [0.86, 0.93, 0.99]], np.float32)  # zenith, horizon
WALL = np.array([0.30, 0.62, 0.26], np.float32)
FLOOR = np.array([[0.44, 0.51, 0.60], [0.86, 0.53, 0.22]], np.float32)
POSTERS = np.array(  # two colours of a checkered poster; entry 0 is never drawn
    [
        [[0, 0, 0], [0, 0, 0]],
        [[0.85, 0.16, 0.16], [0.98, 0.95, 0.90]],
        [[0.13, 0.25, 0.75], [0.98, 0.95, 0.90]],
        [[0.95, 0.80, 0.15], [0.20, 0.20, 0.25]],
        [[0.70, 0.20, 0.65], [0.95, 0.85, 0.30]],
        [[0.95, 0.95, 0.95], [0.15, 0.15, 0.18]],
        [[0.10, 0.60, 0.75], [0.95, 0.45, 0.15]],
    ],
    np.float32,
)
POSTER_HALF = 0.22  # half its side, in blocks


def _noise(seed: int, size: int = 32) -> np.ndarray:
    """A periodic texture (size, size) in [-1, 1]: white noise and a coarser octave."""
    rng = np.random.default_rng(seed)
    coarse = np.kron(rng.uniform(-1, 1, (size // 4, size // 4)), np.ones((4, 4)))
    return (0.4 * rng.uniform(-1, 1, (size, size)) + 0.6 * coarse).astype(np.float32)


WALL_NOISE, FLOOR_NOISE = _noise(1), _noise(2)


def cast(maze: Maze, poses: np.ndarray, columns: int) -> tuple[np.ndarray, ...]:
    """First wall that each ray meets.

    Returns depth (T, columns) along the viewing direction, face (T, columns) as an index into HEADINGS (the way
    the face looks), the block's x and y, and where along the face the ray lands, in [0, 1).
    """
    x, y, angle = (poses[:, k, None] for k in range(3))
    u = (np.arange(columns) + 0.5) / columns * 2 - 1
    forward = np.stack([np.cos(angle), np.sin(angle)])
    # Not normalised: its component along the view is 1, so that the ray parameter is the depth.
    ray = forward + u * np.stack([-forward[1], forward[0]])
    ray = np.where(np.abs(ray) < 1e-9, 1e-9, ray)
    block = np.stack(np.broadcast_arrays(np.floor(x), np.floor(y))).astype(np.int64)
    block = np.broadcast_to(block, ray.shape).copy()
    sign = np.where(ray > 0, 1, -1)
    origin = np.stack([x, y])
    following = (block + (ray > 0) - origin) / ray
    delta = np.abs(1 / ray)
    depth, axis = np.zeros(ray.shape[1:]), np.zeros(ray.shape[1:], np.int64)
    flying = np.ones(ray.shape[1:], bool)
    while flying.any():
        step = (following[1] < following[0]).astype(np.int64)
        nearest = np.minimum(following[0], following[1])
        depth[flying], axis[flying] = nearest[flying], step[flying]
        for k in (0, 1):
            move = flying & (step == k)
            block[k][move] += sign[k][move]
            following[k][move] += delta[k][move]
        flying &= ~maze.walls[block[1], block[0]]
    # A ray going east (sign +1 on x) meets a face that looks west.
    face = np.where(axis == 0, np.where(sign[0] > 0, 2, 0), np.where(sign[1] > 0, 3, 1))
    landing = np.where(axis == 0, y + depth * ray[1], x + depth * ray[0])
    return depth, face, block[0], block[1], landing - np.floor(landing)


def render(maze: Maze, poses: np.ndarray, size: int = 64, textures: float = 1.0, smooth: bool = False) -> np.ndarray:
    """Frames (T, size, size, 3) uint8 seen from `poses` (T, 3) inside the open blocks of `maze`.

    `textures` is the strength of the noise on walls and floor. With `smooth` textures are interpolated and every pixel
    is the mean of two rays, as a game engine's are: nothing flickers when a stance moves by less than a texel.
    """
    parts = range(0, max(1, len(poses)), 16)
    return np.concatenate([_render(maze, poses[i : i + 16], size, textures, smooth) for i in parts])


def _render(maze: Maze, poses: np.ndarray, size: int, textures: float, smooth: bool) -> np.ndarray:
    columns = 2 * size if smooth else size
    look_up = interpolated if smooth else nearest
    depth, face, bx, by, along = cast(maze, poses, columns)
    v = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1)[None, :, None]
    # Who stands on a wall's very face sees nothing but its texture.
    depth = np.maximum(depth, 1e-6).astype(np.float32)[:, None, :]
    height = 0.5 / depth
    wall = _wall(maze, depth, face, bx, by, along.astype(np.float32), v, textures, look_up)
    ground = _ground(maze, poses, v, columns, textures, look_up)
    # The wall's upper and lower edge are blended over one pixel: no flicker from frame to frame.
    cover = np.clip((height - np.abs(v)) * (size / 2) + 0.5, 0, 1)[..., None]
    image = ground + cover * (wall - ground)
    if smooth:
        image = (image[:, :, ::2] + image[:, :, 1::2]) / 2
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def nearest(texture: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """The texel of a periodic square texture that the point (row, column) lies in; both of any size and one shape."""
    side = len(texture)
    return texture[np.floor(row).astype(np.int32) % side, np.floor(column).astype(np.int32) % side]


def interpolated(texture: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Bilinear between the centres of the four texels around the point."""
    row, column = row - 0.5, column - 0.5
    top, left = np.floor(row), np.floor(column)
    down, right = row - top, column - left
    side = len(texture)
    top, left = top.astype(np.int32) % side, left.astype(np.int32) % side
    bottom, beside = (top + 1) % side, (left + 1) % side
    upper = texture[top, left] * (1 - right) + texture[top, beside] * right
    lower = texture[bottom, left] * (1 - right) + texture[bottom, beside] * right
    return upper * (1 - down) + lower * down


def _wall(maze, depth, face, bx, by, along, v, textures, look_up) -> np.ndarray:
    up = np.clip(0.5 + v * depth, 0, 0.999)  # 0 at the top of the wall, 1 at its foot
    side = np.broadcast_to(along[:, None, :], up.shape)
    noise = look_up(WALL_NOISE, up * 32, side * 32)
    light = np.where(face % 2 == 0, 1.0, 0.72).astype(np.float32)[:, None, :]  # darker on one axis
    fade = 1 / (1 + 0.06 * depth)
    # Texture finer than a pixel would flicker, so its contrast falls with depth.
    grain = noise * (0.24 * textures * np.minimum(1, 1.2 / depth))
    colour = WALL * (1 + grain[..., None])
    poster = maze.posters[by, bx, face][:, None, :]
    inside = (np.abs(up - 0.45) < POSTER_HALF) & (np.abs(side - 0.5) < POSTER_HALF) & (poster > 0)
    checks = (
        ((up - 0.45) / POSTER_HALF * 1.5 + 1.5).astype(np.int32)
        + ((side - 0.5) / POSTER_HALF * 1.5 + 1.5).astype(np.int32)
    ) % 2
    where = np.nonzero(inside)
    colour[where] = POSTERS[np.broadcast_to(poster, up.shape)[where], checks[where]]
    return colour * (light * fade)[..., None]


def _ground(maze, poses, v, columns, textures, look_up) -> np.ndarray:
    """Floor below the horizon, sky above it: (T, size, columns, 3)."""
    half = v.shape[1] // 2
    x, y, angle = (poses[:, k, None, None].astype(np.float32) for k in range(3))
    u = ((np.arange(columns, dtype=np.float32) + 0.5) / columns * 2 - 1)[None, None, :]
    far = 0.5 / v[:, half:]
    px = x + far * (np.cos(angle) - u * np.sin(angle))
    py = y + far * (np.sin(angle) + u * np.cos(angle))
    limit = len(maze.walls) - 1
    tile = maze.floor[np.clip(py, 0, limit).astype(np.int32), np.clip(px, 0, limit).astype(np.int32)]
    noise = look_up(FLOOR_NOISE, py * 16, px * 16)
    grain = noise * (0.16 * textures * np.minimum(1, 1 / far))
    floor = FLOOR[tile] * ((1 + grain) / (1 + 0.06 * far))[..., None]
    high = np.abs(v[:, :half])[..., None]
    sky = SKY[1] + high * (SKY[0] - SKY[1])
    return np.concatenate([np.broadcast_to(sky, (len(poses), half, columns, 3)), floor], axis=1)

"""What remembered frames show from a new stance: their pixels, carried over by the depth of their walls.

A frame with a depth for every column is a piece of the world: upright walls of height 1 on a flat floor. Seen from
another stance it gives most of a frame, with holes where nothing was seen. Rendering such a cache for a diffusion model
to complete is the way of GEN3C (Ren et al. 2025); here the depth is read from the frames by `DepthReader`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.memory.poses import compose, relative

ONE_WALL = 0.15  # blocks within which two views are taken to see the same wall
STRAIGHT = 0.04  # how much 1 / depth, which is linear along a wall, may bend between neighbouring columns
BENT = 0.06  # from here on a wall ends at a column: depth that is read runs smoothly from one wall to the next
SEAM = 1e-3  # of a piece of wall
HOLE = 0.0  # mid grey


@dataclass(frozen=True)
class Views:
    """Remembered frames: `images` (M, 3, S, S) in [−1, 1], 1 / depth (M, S) of their walls, poses (M, 3). A frame
    whose depth is NaN shows nothing."""

    images: Tensor
    inverse_depth: Tensor
    poses: Tensor

    def take(self, index: Tensor) -> "Views":
        return Views(self.images[index], self.inverse_depth[index], self.poses[index])


def reproject(views: Views, poses: Tensor) -> tuple[Tensor, Tensor]:
    """The views seen from `poses` (T, 3): images (T, 3, S, S) in [−1, 1], HOLE where nothing is known, and where
    something is (T, 1, S, S)."""
    size, device = views.images.shape[-1], poses.device
    images = torch.full((len(poses), 3, size, size), HOLE, device=device)
    if not len(views.poses):
        return images, torch.zeros(len(poses), 1, size, size, device=device)
    across = (torch.arange(size, device=device) + 0.5) / size * 2 - 1
    down = across[:, None]  # rows, too, run from −1 to 1
    depth, source = walls_ahead(views, poses, across)
    depth = depth[:, None, :]  # (T, 1, S); inf where no wall is known
    height = 0.5 / depth
    is_wall = (down.abs() <= height) & depth.isfinite()
    is_floor = (down > 0) & ~is_wall
    is_sky = (down < 0) & ~is_wall & depth.isfinite()
    # Wall: the point that the ray ends on, from the view chosen for its column.
    end = points_on_rays(poses, across, torch.where(depth.isfinite(), depth, 1.0)[:, 0])
    ahead, right = seen_from(views.poses[source], end)
    u, v = right / ahead, down * (depth / ahead[:, None])
    wall, whole = look_up(views.images, source[:, None].expand(-1, size, -1), u[:, None].expand_as(v), v)
    known = is_wall & whole
    images = torch.where(known[:, None], wall, images)
    # Floor: the point under the pixel, from the nearest view that sees it.
    floor, seen = floor_ahead(views, poses, across, down)
    images = torch.where((is_floor & seen)[:, None], floor, images)
    known = known | (is_floor & seen)
    colours, rows = sky_by_row(views)
    images = torch.where((is_sky & rows[:, None])[:, None], colours[None, :, :, None], images)
    known = known | (is_sky & rows[:, None])
    return images, known[:, None].float()


def points_on_rays(poses: Tensor, across: Tensor, depth: Tensor) -> Tensor:
    """Points (T, S, 2) at `depth` (T, S) along the rays `across` (S,) of poses (T, 3)."""
    seen = torch.stack([depth, across * depth, torch.zeros_like(depth)], dim=-1)
    return compose(poses[:, None], seen)[..., :2]


def seen_from(poses: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """How far ahead and to the right of poses (…, 3) points (…, 2) lie; ahead is kept above 0."""
    there = relative(poses, F.pad(points, (0, 1)))
    return there[..., 0].clamp(min=1e-4), there[..., 1]


def walls_ahead(views: Views, poses: Tensor, across: Tensor) -> tuple[Tensor, Tensor]:
    """The first remembered wall on every ray: its depth (T, S), inf where there is none, and the view to take it from
    (T, S): of those that see it, the one that sees it finest.

    Where a ray first meets the back of a wall nothing is known: it has come through another one that no view has seen.
    """
    ends = points_on_rays(views.poses, across, 1 / views.inverse_depth.clamp(min=1e-3))  # (M, S, 2)
    first, second = ends[:, :-1], ends[:, 1:]
    forward = torch.stack([poses[:, 2].cos(), poses[:, 2].sin()], -1)[:, None]  # (T, 1, 2)
    rightward = torch.stack([-forward[..., 1], forward[..., 0]], -1)
    ray = forward + across[:, None] * rightward  # (T, S, 2)
    # origin + s · ray = first + r · (second − first), for every ray and every piece of wall
    span = (second - first)[None, :, None]  # (1, M, 1, S − 1, 2)
    offset = first[None, :, None] - poses[:, None, None, None, :2]  # (T, M, 1, S − 1, 2)
    ray = ray[:, None, :, None]  # (T, 1, S, 1, 2)
    cross = ray[..., 0] * span[..., 1] - ray[..., 1] * span[..., 0]  # above 0: from the front, as the view saw it
    cross = torch.where(cross.abs() < 1e-9, 1e-9, cross)
    s = (offset[..., 0] * span[..., 1] - offset[..., 1] * span[..., 0]) / cross
    r = (offset[..., 0] * ray[..., 1] - offset[..., 1] * ray[..., 0]) / cross
    # A ray that meets the very seam of two pieces, as from the same stance, must not slip between them.
    on = (r >= -SEAM) & (r <= 1 + SEAM)
    hit = (s > 0.05) & on & one_wall(views.inverse_depth)[None, :, None]
    depth, piece = torch.where(hit, s, torch.inf).min(-1)  # (T, M, S)
    front = (cross > 0).gather(-1, piece[..., None])[..., 0]
    hidden = torch.where(front, torch.inf, depth).amin(1) < torch.where(front, depth, torch.inf).amin(1)
    depth = torch.where(front & ~hidden[:, None], depth, torch.inf)
    nearest = depth.amin(1)
    # How wide a pixel of the view is on the wall: along it, and upwards.
    end = points_on_rays(poses, across, torch.where(nearest.isfinite(), nearest, 1.0))
    ahead, _ = seen_from(views.poses[None, :, None], end[:, None])  # (T, M, S)
    along = span.norm(dim=-1).expand(len(poses), -1, len(across), -1).gather(-1, piece[..., None])[..., 0]
    width = torch.maximum(along, 2 / len(across) * ahead)
    source = torch.where(depth <= nearest[:, None] + ONE_WALL, width, torch.inf).argmin(1)
    return depth.gather(1, source[:, None])[:, 0], source


def one_wall(inverse_depth: Tensor) -> Tensor:
    """Which neighbouring columns (M, S − 1) of views (M, S) lie on one wall: 1 / depth runs straight into them from
    either side, and is bent strongly in neither."""
    q = inverse_depth
    bend = (q[:, 2:] - 2 * q[:, 1:-1] + q[:, :-2]).abs() / q[:, 1:-1].clamp(min=0.2)
    left, right = F.pad(bend, (1, 0), value=torch.nan), F.pad(bend, (0, 1), value=torch.nan)  # nothing beyond the edge
    return (torch.fmin(left, right) < STRAIGHT) & (torch.fmax(left, right) < BENT)


def floor_ahead(views: Views, poses: Tensor, across: Tensor, down: Tensor) -> tuple[Tensor, Tensor]:
    """Floor under every pixel below the horizon (T, 3, S, S), and whether a view sees it (T, S, S)."""
    size = len(across)
    far = torch.where(down > 0, 0.5 / down.clamp(min=1e-3), 1.0).expand(size, size)  # depth of row × column
    seen = torch.stack([far, across * far, torch.zeros_like(far)], dim=-1)
    points = compose(poses[:, None, None], seen)[..., :2]  # (T, S, S, 2)
    ahead, right = seen_from(views.poses[:, None, None, None], points)  # (M, T, S, S)
    u, v = right / ahead, 0.5 / ahead
    column = ((u + 1) / 2 * size).long().clamp(0, size - 1)
    which = torch.arange(len(views.poses), device=poses.device)[:, None, None, None]
    wall = (1 / views.inverse_depth.clamp(min=1e-3))[which, column]
    sees = (u.abs() < 1) & (v < 1) & (ahead < wall) & (ahead > 0.05)
    source = torch.where(sees, ahead, torch.inf).argmin(0)
    u, v = (part.gather(0, source[None])[0] for part in (u, v))
    colours, whole = look_up(views.images, source, u, v)
    return colours, sees.any(0) & whole & (down > 0)


def look_up(images: Tensor, source: Tensor, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Bilinear colours (T, 3, S, S) at (u, v) in [−1, 1] of images (M, 3, S, S), each from the image `source`
    (T, S, S), and which of them lie inside it."""
    size = images.shape[-1]
    column, row = ((part.clamp(-1, 1) + 1) / 2 * size - 0.5 for part in (u, v))
    column, row = column.clamp(0, size - 1), row.clamp(0, size - 1)
    left, top = column.floor().long().clamp(max=size - 2), row.floor().long().clamp(max=size - 2)
    right, low = (column - left)[..., None], (row - top)[..., None]
    pixels = images.movedim(1, -1)
    upper = pixels[source, top, left] * (1 - right) + pixels[source, top, left + 1] * right
    lower = pixels[source, top + 1, left] * (1 - right) + pixels[source, top + 1, left + 1] * right
    inside = (u.abs() <= 1) & (v.abs() <= 1)
    return (upper * (1 - low) + lower * low).movedim(-1, 1), inside


def sky_by_row(views: Views) -> tuple[Tensor, Tensor]:
    """Mean colour (3, S) of what lies above the walls in each row, and in which rows (S,) any view shows it."""
    size = views.images.shape[-1]
    down = ((torch.arange(size, device=views.poses.device) + 0.5) / size * 2 - 1)[:, None]
    sky = (down < 0) & (down.abs() > 0.5 * views.inverse_depth[:, None, :] + 2 / size)  # (M, S, S)
    count = sky.sum((0, 2))
    colours = (views.images * sky[:, None]).sum((0, 3)) / count.clamp(min=1)
    return colours, count > 0

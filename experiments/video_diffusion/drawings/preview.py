"""A contact sheet of episodes: frames in order and, for mazes, the map with the way that was walked."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.video_diffusion.data.dataset import SIDE, Episode
from experiments.video_diffusion.data.maze import HEADINGS, Maze
from experiments.video_diffusion.data.raycaster import POSTERS
from showcase.palette import BLUE, INK, MUTED, ORANGE, PURPLE, STYLE

COLUMNS, ROWS = 8, 2  # frames an episode
FRAME, GAP, LINE, MARGIN = 2 * SIDE, 8, 22, 28  # pixels
PLAN = ROWS * FRAME + (ROWS - 1) * (GAP + LINE)  # a map is as tall as the frames beside it
TIME = LinearSegmentedColormap.from_list("time", [BLUE, PURPLE, ORANGE])
PALE = {"wall": (170, 203, 164), "orange": (250, 224, 198), "grey-blue": (224, 229, 236)}


def contact_sheet(episodes: Sequence[Episode], title: str) -> Figure:
    """One band an episode. A frame's number has the colour of its place on the map: blue first, orange last.

    The figure is made for 100 dots an inch, where a frame's pixel is 2×2 of the picture's.
    """
    mapped = any(episode.maze for episode in episodes)
    left, name_line = (MARGIN + PLAN + 3 * GAP, 0) if mapped else (MARGIN, LINE)
    band = name_line + LINE + PLAN + 4 * GAP
    width = left + COLUMNS * (FRAME + GAP) - GAP + MARGIN
    height = MARGIN + LINE + GAP + len(episodes) * band + MARGIN - 4 * GAP
    with plt.style.context(STYLE):
        figure = plt.figure(figsize=(width / 100, height / 100), layout="none")

        def axes(x: float, y: float, w: float, h: float) -> Axes:
            """Axes at a place in pixels from the upper left."""
            return figure.add_axes((x / width, 1 - (y + h) / height, w / width, h / height))

        def text(x: float, y: float, words: str, **style) -> None:
            figure.text(x / width, 1 - y / height, words, va="baseline", **style)

        text(MARGIN, MARGIN + 10, title, fontsize=13, weight="bold", color=INK)
        for row, episode in enumerate(episodes):
            top = MARGIN + LINE + GAP + row * band
            count = len(episode.frames)
            shown = np.linspace(0, count - 1, min(COLUMNS * ROWS, count)).round().astype(int)
            words = f"{count} frames" + (", actions" if episode.actions is not None else "")
            text(MARGIN, top + LINE - 6, episode.name, fontsize=10, weight="bold", color=INK)
            end = MARGIN + PLAN if mapped else width - MARGIN
            text(end, top + LINE - 6, words, fontsize=9, color=MUTED, ha="right")
            if episode.maze:
                draw_map(axes(MARGIN, top + LINE, PLAN, PLAN), episode.maze, episode.poses, shown)
            for place, number in enumerate(shown):
                x = left + place % COLUMNS * (FRAME + GAP)
                y = top + name_line + place // COLUMNS * (LINE + FRAME + GAP)
                colour = TIME(number / max(1, shown[-1]))
                text(x, y + LINE - 6, str(number), fontsize=8.5, weight="bold", color=colour)
                picture = axes(x, y + LINE, FRAME, FRAME)
                picture.imshow(episode.frames[number], aspect="auto")
                picture.set_axis_off()
    return figure


def draw_map(axis: Axes, maze: Maze, poses: np.ndarray, shown: Sequence[int]) -> None:
    """Blocks from above, posters on their walls, and the walk; an arrowhead stands where a shown frame was seen."""
    size = len(maze.walls)
    ground = np.where(maze.floor[..., None] == 1, PALE["orange"], PALE["grey-blue"])
    axis.imshow(np.where(maze.walls[..., None], PALE["wall"], ground).astype(np.uint8), extent=(0, size, size, 0))
    for y, x, facing in np.argwhere(maze.posters):
        dx, dy = HEADINGS[facing]
        before = (y + dy, x + dx)
        if maze.walls[y, x] and min(before) >= 0 and max(before) < size and not maze.walls[before]:
            colour = POSTERS[maze.posters[y, x, facing], 0]
            axis.add_patch(plt.Rectangle(*strip(x, y, dx, dy), facecolor=colour, edgecolor=INK, linewidth=0.3))
    block = axis.figure.get_figwidth() * axis.get_position().width * 72 / size  # in points
    for colour, width in (("white", 0.34), (None, 0.16)):
        for k in range(len(poses) - 1):
            part = colour or TIME(k / len(poses))
            axis.plot(*poses[k : k + 2, :2].T, color=part, lw=width * block, solid_capstyle="round")
    for number in shown:
        x, y, angle = poses[number]
        corners = np.array([(0.4, 0), (-0.28, 0.28), (-0.12, 0), (-0.28, -0.28)])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        colour = TIME(number / max(1, shown[-1]))
        axis.fill(*(corners @ turn + (x, y)).T, color=colour, ec="white", lw=0.05 * block, zorder=3)
    axis.set(xlim=(0, size), ylim=(size, 0))
    axis.set_axis_off()


def strip(x: int, y: int, dx: int, dy: int) -> tuple[tuple[float, float], float, float]:
    """Corner, width and height of a poster seen from above, on the face of block (x, y) towards (dx, dy)."""
    width, height = (0.16, 0.6) if dx else (0.6, 0.16)
    return (x + 0.5 + 0.42 * dx - width / 2, y + 0.5 + 0.42 * dy - height / 2), width, height

"""Direct labels at the ends of lines, kept apart, instead of a legend; and axes for counts and dimensions."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from showcase.language import large_units


class End(NamedTuple):
    """Where a line ends, in data coordinates, and what it is called."""

    x: float
    y: float
    text: str
    colour: str


def label_ends(axes: Axes, ends: Sequence[End], size: float = 10, gap: float = 1.25) -> None:
    """Write each name to the right of its line's end; names closer than `gap` lines of text are pushed apart."""
    axes.figure.canvas.draw()
    step = gap * size * axes.figure.dpi / 72
    placed = sorted(ends, key=lambda end: end.y)
    wanted = [axes.transData.transform((end.x, end.y))[1] for end in placed]
    heights = list(wanted)
    for _ in range(50):
        for k in range(len(heights) - 1):
            overlap = step - (heights[k + 1] - heights[k])
            if overlap > 0:
                heights[k] -= overlap / 2
                heights[k + 1] += overlap / 2
    for end, have, height in zip(placed, wanted, heights, strict=True):
        shift = (height - have) * 72 / axes.figure.dpi
        axes.annotate(
            end.text,
            (end.x, end.y),
            xytext=(7, shift),
            textcoords="offset points",
            va="center",
            color=end.colour,
            fontsize=size,
            annotation_clip=False,
        )


def dimension_axis(axes: Axes, dims: Sequence[int], room: float = 0.0) -> None:
    """A dimension axis with a tick at every dimension measured, and `room` to the right, as a share, for labels."""
    axes.set_xticks(list(dims))
    low, high = min(dims), max(dims)
    axes.set_xlim(low - 0.06 * (high - low), high + (0.04 + room) * (high - low))
    axes.set_xlabel("dimension")


def plain_log(axes: Axes, which: str = "y") -> None:
    """A logarithmic axis whose ticks read 0.01, 1, 1,000, 1 M."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    (axes.set_yscale if which == "y" else axes.set_xscale)("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axis.set_minor_formatter(NullFormatter())


def short(value: float) -> str:
    """1.5e6 → 1.5 M, 2e9 → 2 G, 0.004 → 0.004; in Chinese 150 万, 20 亿."""
    if value >= 1e4:
        unit, name = next((unit, name) for unit, name in large_units() if value >= unit)
        count = value / unit
        return f"{count:.3g} {name}" if count < 999.5 else f"{count:,.0f} {name}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def at(table: dict, key: str = "value") -> tuple[list[int], list[float]]:
    """{"d2": {"value": …}, …} → dimensions, values."""
    dims = sorted(int(name[1:]) for name in table)
    return dims, [table[f"d{d}"][key] for d in dims]

"""A corner plot of the draws and the stages of the run, for `sample --plot`."""

import math
from pathlib import Path

import numpy as np

from .draws import Draws
from .errors import InputError
from .output import names_of

MOST = 8  # coordinates in a corner plot; more are too small to read
INK, LIGHT = "#1f4e79", "#9ab8d4"


def check_plot(path: Path) -> None:
    """What can be known before a run of hours. InputError without Matplotlib, its folder, or for another format."""
    try:
        from matplotlib.backend_bases import FigureCanvasBase
    except ImportError as error:
        raise InputError("--plot needs Matplotlib: pip install matplotlib") from error
    known = FigureCanvasBase.get_supported_filetypes()
    if path.suffix.removeprefix(".").lower() not in known:
        raise InputError(f"--plot {path}: the name must end in one of {', '.join('.' + kind for kind in known)}")
    if not path.parent.is_dir():
        raise InputError(f"--plot {path}: there is no folder {path.parent}; make it first")


def save_plot(path: Path, draws: Draws) -> None:
    """InputError for a place that cannot be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    x, names = draws.to_numpy().astype(float), names_of(draws)
    k = min(x.shape[1], MOST)
    staged = bool(draws.trace)
    figure = Figure(figsize=(1.9 * k + 1.2, 1.9 * k + (3.0 if staged else 1.0)), layout="constrained")
    FigureCanvasAgg(figure)
    corner, *rest = figure.subfigures(1 + staged, 1, height_ratios=[1.9 * k, 2.2][: 1 + staged], squeeze=False)[:, 0]
    axes = corner.subplots(k, k, squeeze=False)
    for i in range(k):
        for j in range(k):
            _cell(axes[i, j], x, names, i, j, k)
    title = f"{len(x):,} draws from {draws.calls.total:,} calls of V"
    more = f"; {x.shape[1] - k} more coordinates are not shown" if x.shape[1] > k else ""
    corner.suptitle(title + more)
    if staged:
        _stages(rest[0], draws)
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise InputError(f"--plot {path} cannot be drawn: {error}") from error


def _cell(axes, x: np.ndarray, names: tuple[str, ...], i: int, j: int, k: int) -> None:
    if j > i:
        axes.set_axis_off()
        return
    if i == j:
        axes.hist(x[:, i], bins=min(40, 5 + int(math.sqrt(len(x)))), color=LIGHT)
        axes.set_yticks([])
    else:
        axes.plot(x[:, j], x[:, i], ".", markersize=1.5, color=INK, alpha=0.5)
    axes.tick_params(labelsize=6)
    axes.label_outer()
    if i == k - 1:
        axes.set_xlabel(names[j])
    if j == 0 and i:
        axes.set_ylabel(names[i])


def _stages(figure, draws: Draws) -> None:
    """Over the calls: the inverse temperature β, and the effective size of each stage's weights."""
    left = figure.subplots()
    right = left.twinx()
    for block in dict.fromkeys(stage.partition(": ")[0] if ": " in stage else "" for stage, *_ in draws.trace):
        rows = [row for row in draws.trace if (row[0].partition(": ")[0] if ": " in row[0] else "") == block]
        calls = [row[3] for row in rows]
        left.plot([0, *calls], [0.0, *(row[1] for row in rows)], color=INK, linewidth=1)
        right.plot(calls, [row[2] for row in rows], ".", color="#c0504d", markersize=3)
    left.set_ylim(0, 1.05)
    left.set_xlabel("calls of V within a block")
    left.set_ylabel("inverse temperature β (line)")
    right.set_ylabel("effective size (points)")
    right.set_yscale("log")

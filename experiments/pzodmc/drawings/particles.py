"""Particles through the reverse process, full against partial: a loop and a filmstrip."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.results import Result
from showcase.drawing import Animation
from showcase.palette import GRID, INK, METHOD, MUTED, PAPER

SIDES = {"full": "Full", "partial": "Partial"}
HOLD = 6  # frames that the end stands still


def _frame(axes: Axes, result: Result) -> None:
    """The true density of two coordinates, under whatever comes."""
    reach = result.config["reach"]
    grey = LinearSegmentedColormap.from_list("grey", [PAPER, "#b9bec7"])
    density = result.arrays["density"].T
    axes.contourf(
        np.linspace(-reach, reach, len(density)),
        np.linspace(-reach, reach, len(density)),
        density,
        levels=[0.01, 0.08, 0.3, 0.65, 1.0],
        cmap=grey,
        vmin=0,
    )
    axes.set_aspect("equal")
    axes.set_xlim(-reach, reach), axes.set_ylim(-reach, reach)
    axes.set_xticks([]), axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True), spine.set_color(GRID)


def _dots(axes: Axes, name: str, x: np.ndarray, size: float):
    return axes.scatter(*x.T, s=size, color=METHOD[name], alpha=0.75, linewidths=0)


def particles(result: Result, shown: int = 190) -> Animation:
    """At most `shown` of the particles, so that the loop stays small."""
    times = result.arrays["times"]
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.5), dpi=100)
    dots = {}
    for axes, (name, words) in zip(panels, SIDES.items(), strict=True):
        _frame(axes, result)
        axes.set_title(words, color=METHOD[name], fontsize=13)
        share = result.values[name]["mode_error"]
        axes.set_xlabel(f"{share:.0%} of the particles end in a wrong mode", fontsize=10, color=MUTED)
        dots[name] = _dots(axes, name, result.arrays[name][0, :shown].astype(float), 7)
    clock = figure.suptitle("t", fontsize=11, color=INK, fontweight="normal")
    # Settle the layout (square panels take it two passes), then keep it: else the panels would jump.
    figure.canvas.draw()
    figure.canvas.draw()
    figure.set_layout_engine("none")
    frames = []
    for k, t in enumerate(times):
        for name, artist in dots.items():
            artist.set_offsets(result.arrays[name][k, :shown].astype(float))
        clock.set_text(f"two of {result.values['dim']} coordinates, noise time t = {t:.2g}")
        figure.canvas.draw()
        frames.append(np.asarray(figure.canvas.buffer_rgba())[:, :, :3].copy())
    plt.close(figure)
    frames += [frames[-1]] * HOLD
    return Animation(np.stack(frames), fps=10, poster=len(frames) - 1, gif_colours=64)


def reverse_process(result: Result, columns: int = 5) -> Figure:
    times = result.arrays["times"]
    # Even in log t, where things happen: the first frame is the start, the last the end.
    wanted = np.geomspace(times[0], times[-1], columns + 2)
    wanted = [wanted[0], *wanted[1:-1][: columns - 2], wanted[-1]]
    picks = [int(np.abs(np.log(times) - np.log(t)).argmin()) for t in wanted]
    figure, panels = plt.subplots(2, columns, figsize=(7.2, 3.05))
    for row, (name, words) in zip(panels, SIDES.items(), strict=True):
        for axes, k in zip(row, picks, strict=True):
            _frame(axes, result)
            _dots(axes, name, result.arrays[name][k].astype(float), 2.2)
            if name == "full":
                axes.set_title(f"t = {times[k]:.2g}", fontsize=11, fontweight="normal", loc="center")
        row[0].set_ylabel(words, color=METHOD[name], fontsize=13, fontweight="bold")
    return figure

"""Particles through the reverse process, full, partial and adaptive: a loop, a filmstrip, and data to scrub through."""

import base64

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.results import Result
from showcase.drawing import Animation
from showcase.lettering import legible
from showcase.palette import GREEN, GRID, INK, METHOD, MUTED, PAPER

SIDES = {"full": "Full", "partial": "Partial", "adaptive": "Adaptive"}
COLOURS = {"full": METHOD["full"], "partial": METHOD["partial"], "adaptive": GREEN}
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
    return axes.scatter(*x.T, s=size, color=COLOURS[name], alpha=0.75, linewidths=0)


def _at(result: Result, name: str, t: float) -> np.ndarray:
    """Where a sampler's particles are at noise time t (n, 2): its own nearest time, on a logarithmic scale."""
    times = result.arrays[f"{name}_times"]
    return result.arrays[name][np.abs(np.log(times + 1e-3) - np.log(t + 1e-3)).argmin()].astype(float)


def particles(result: Result, shown: int = 120) -> Animation:
    """At most `shown` of the particles, so that the loop stays small."""
    times = result.arrays["full_times"]
    figure, panels = plt.subplots(1, 3, figsize=(7.2, 3.1), dpi=100)
    dots = {}
    for axes, (name, words) in zip(panels, SIDES.items(), strict=True):
        _frame(axes, result)
        axes.set_title(words, color=COLOURS[name], fontsize=13)
        share = result.values[name]["mode_error"]
        axes.set_xlabel(f"{share:.0%} end in a wrong mode", fontsize=10.5, color=MUTED)
        dots[name] = _dots(axes, name, _at(result, name, times[0])[:shown], 6)
    clock = figure.suptitle("t", fontsize=11, color=INK, fontweight="normal")
    legible(figure)
    # Settle the layout (square panels take it two passes), then keep it: else the panels would jump.
    figure.canvas.draw()
    figure.canvas.draw()
    figure.set_layout_engine("none")
    frames = []
    for t in times:
        for name, artist in dots.items():
            artist.set_offsets(_at(result, name, t)[:shown])
        clock.set_text(f"two of {result.values['dim']} coordinates, noise time t = {t:.2g}")
        figure.canvas.draw()
        frames.append(np.asarray(figure.canvas.buffer_rgba())[:, :, :3].copy())
    plt.close(figure)
    frames += [frames[-1]] * HOLD
    return Animation(np.stack(frames), fps=10, poster=len(frames) - 1, gif_colours=40)


def reverse_process(result: Result, columns: int = 5) -> Figure:
    times = result.arrays["full_times"]
    # Even in log t, where things happen: the first frame is the start, the last the end.
    wanted = np.geomspace(times[0], times[-1], columns + 2)
    wanted = [wanted[0], *wanted[1:-1][: columns - 2], wanted[-1]]
    figure, grid = plt.subplots(len(SIDES), columns, figsize=(7.2, 4.5))
    for row, (name, words) in zip(grid, SIDES.items(), strict=True):
        for axes, t in zip(row, wanted, strict=True):
            _frame(axes, result)
            _dots(axes, name, _at(result, name, t), 2.2)
            if name == "full":
                axes.set_title(f"t = {t:.2g}", fontsize=11, fontweight="normal", loc="center")
        row[0].set_ylabel(words, color=COLOURS[name], fontsize=13, fontweight="bold")
    return figure


def particle_data(result: Result, shown: int = 250) -> dict:
    """Positions as bytes, −127 … 127 for −reach … reach, base64 of (times, particles, 2); grey density likewise."""
    reach, times = result.config["reach"], result.arrays["full_times"]
    density = result.arrays["density"]

    def packed(values: np.ndarray, kind: type) -> str:
        return base64.b64encode(values.round().astype(kind).tobytes()).decode()

    def path(name: str) -> str:
        x = np.stack([_at(result, name, t)[:shown] for t in times])
        return packed(np.clip(127 * x / reach, -127, 127), np.int8)

    return {
        "times": [round(float(t), 4) for t in times],
        "particles": shown,
        "reach": reach,
        "density": {"side": len(density), "bytes": packed(255 * density, np.uint8)},
        "samplers": {
            name: {"colour": COLOURS[name], "wrong": result.values[name]["mode_error"], "bytes": path(name)}
            for name in SIDES
        },
    }

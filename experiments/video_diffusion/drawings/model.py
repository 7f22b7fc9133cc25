"""The model: its architecture with the sizes of the real layers, its path to video, its data, its training."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FormatStrFormatter, LogLocator

from experiments.results import Result
from showcase.palette import BLUE, GREEN, GRID, INK, METHOD, MUTED, ORANGE, PAPER, SKY

LOOK = 0.75  # blocks from a stance to the number of its frame, along the look


def _box(axis, x, y, width, height, text, colour, size=9) -> None:
    patch = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.12",
        fc=colour + "26",
        ec=colour,
        lw=1.2,
    )
    axis.add_patch(patch)
    axis.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, linespacing=1.35)


def _arrow(axis, start, end, colour=MUTED, style="-|>", bend=0.0) -> None:
    axis.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": style, "color": colour, "lw": 1.4, "connectionstyle": f"arc3,rad={bend}"},
    )


def architecture(result: Result) -> Figure:
    """Encoder, space-time U-Net and decoder, the history encoder beside; every number read off the real model."""
    c, parameters = result.values["config"], result.values["parameters"]
    layers = result.values["layers"]

    def million(*names: str) -> str:
        return f"{sum(row['parameters'] for row in layers if row['name'] in names) / 1e6:.2f} M"

    t, side, inner = c["frames"], c["side"], c["side"] // 2
    outer = f"{c['blocks']} × space-time\n{c['width']} ch, {side} × {side}\n"
    middle = (
        f"{c['inner_blocks']} × (space-time + joint attention)\n"
        f"{c['inner_width']} ch, {inner} × {inner}: {t * inner * inner} tokens\n"
        f"{million('inner')} + {million('attention')}"
    )
    history = (
        f"history encoder, {parameters['history'] / 1e6:.2f} M (method 1 only)\n"
        f"10 past frames → {c['tokens']} tokens:\nread in front of each attention layer"
    )
    figure, axis = plt.subplots(figsize=(7.2, 4.4))
    axis.set_axis_off()
    _stack(axis, result.arrays["walk"], 0.15, 5.9)
    axis.text(1.3, 7.75, f"{t} frames\n64 × 64 × 3", ha="center", fontsize=9)
    _box(axis, 1.3, 3.9, 2.2, 1.1, f"encoder\n{parameters['encoder'] / 1e6:.1f} M", SKY)
    _arrow(axis, (1.3, 5.15), (1.3, 4.6))
    axis.text(1.3, 2.55, f"latents x\n{t} × {c['channels']} × {side} × {side}", ha="center", va="center", fontsize=9)
    _arrow(axis, (1.3, 3.2), (1.3, 2.95))
    axis.text(1.3, 1.25, "z = (1 − t) x + t ε\nt for every frame", ha="center", va="center", fontsize=9, color=ORANGE)
    _arrow(axis, (1.3, 2.15), (1.3, 1.65))
    _arrow(axis, (2.75, 1.25), (4.4, 6.1), bend=0.25)
    _box(axis, 5.0, 6.8, 2.5, 1.3, outer + million("down"), BLUE)
    _arrow(axis, (5.0, 6.1), (5.9, 4.85))
    _box(axis, 7.2, 3.9, 4.5, 1.7, middle, GREEN, 8.5)
    _arrow(axis, (8.5, 4.85), (9.4, 6.1))
    _box(axis, 9.4, 6.8, 2.5, 1.3, outer + million("up"), BLUE)
    _arrow(axis, (6.3, 6.8), (8.1, 6.8))
    axis.text(7.2, 7.05, "skip", ha="center", fontsize=9, color=MUTED)
    title = f"denoiser, {parameters['denoiser'] / 1e6:.1f} M parameters"
    axis.text(7.2, 8.2, title, ha="center", fontsize=10.5, weight="bold")
    _box(axis, 7.2, 1.2, 5.3, 1.6, history, METHOD["history_guidance"], 8.5)
    _arrow(axis, (7.2, 2.05), (7.2, 3.0), METHOD["history_guidance"])
    _arrow(axis, (10.7, 6.8), (11.5, 6.8))
    axis.text(12.85, 6.8, "estimate x̂\nof the clean clip", ha="center", va="center", fontsize=9)
    _box(axis, 12.85, 4.6, 2.3, 1.0, f"video decoder\n{parameters['decoder'] / 1e6:.1f} M", SKY)
    _arrow(axis, (12.85, 6.25), (12.85, 5.1))
    _stack(axis, result.arrays["estimate"][-1], 11.9, 1.4)
    _arrow(axis, (12.85, 4.1), (12.85, 3.2))
    axis.set(xlim=(0, 14.4), ylim=(0.2, 8.8), aspect="equal")
    return figure


def _stack(axis, frames: np.ndarray, x: float, y: float, count: int = 4) -> None:
    """The first frames of a clip, each a little in front of the one before."""
    for k in range(count):
        shift = 0.22 * k
        axis.imshow(frames[k], extent=(x + shift, x + 1.6 + shift, y - shift, y + 1.6 - shift), zorder=k)


def diffusion_path(result: Result) -> Figure:
    """Two rows of one frame: what the network is given, and what it thinks is behind it; below, the whole clip."""
    noisy, estimate, levels = (result.arrays[key] for key in ("noisy", "estimate", "levels"))
    middle = noisy.shape[1] // 2
    figure, axes = plt.subplots(2, len(levels), figsize=(7.2, 2.75))
    for column, level in enumerate(levels):
        axes[0, column].imshow(noisy[column, middle])
        axes[1, column].imshow(estimate[column, middle])
        axes[0, column].set_title(f"t = {level:.2f}", fontsize=10, weight="normal", loc="center")
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    axes[0, 0].set_ylabel("seen\n$z_t$", fontsize=10)
    axes[1, 0].set_ylabel("estimate\n$\\hat{x}$", fontsize=10)
    figure.get_layout_engine().set(w_pad=0.01, wspace=0.02)
    return figure


def data(result: Result) -> Figure:
    """A walk from above, the truth behind every frame, and what is seen on the way."""
    walls, floor, poses = result.arrays["walls"], result.arrays["floor"], result.arrays["walk_poses"]
    frames = result.arrays["walk"]
    figure = plt.figure(figsize=(7.2, 3.3))
    grid = figure.add_gridspec(2, 6)
    plan = figure.add_subplot(grid[:, :2])
    ground = np.where(floor[..., None] == 1, (238, 178, 122), (176, 186, 200))
    plan.imshow(
        np.where(walls[..., None], (76, 150, 70), ground).astype(np.uint8), extent=(0, len(walls), len(walls), 0)
    )
    plan.plot(poses[:, 0], poses[:, 1], color=INK, lw=1.6)
    every = len(poses) // len(frames)
    for number, (x, y, heading) in enumerate(poses[::every][: len(frames)], 1):  # who stands still looks around
        tip = x + LOOK * np.cos(heading), y + LOOK * np.sin(heading)
        plan.annotate("", tip, (x, y), arrowprops={"arrowstyle": "-", "color": INK, "lw": 1})
        plan.scatter(*tip, s=75, color="white", ec=INK, zorder=3)
        plan.text(tip[0], tip[1] + 0.01, number, ha="center", va="center", fontsize=7.5, zorder=4)
    middle, reach = poses[:, :2].mean(0), max(2.5, np.ptp(poses[:, :2], axis=0).max() / 2 + LOOK)
    corner = np.clip(middle - reach, 0, max(len(walls) - 2 * reach, 0))
    plan.set(xlim=(corner[0], corner[0] + 2 * reach), ylim=(corner[1] + 2 * reach, corner[1]))
    plan.set_axis_off()
    plan.set_title("map and path", fontsize=11)
    for number, frame in enumerate(frames, 1):
        axis = figure.add_subplot(grid[(number - 1) // 4, 2 + (number - 1) % 4])
        axis.imshow(frame)
        axis.set_axis_off()
        axis.set_title(str(number), fontsize=9, weight="normal", loc="center", pad=2)
    return figure


def training(result: Result) -> Figure:
    """The loss of each network over its own training, stage after stage; earlier stages are paler."""
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 3.45))
    for axis, (name, colour) in zip(
        axes, (("autoencoder", SKY), ("denoiser", BLUE), ("history", METHOD["history_guidance"])), strict=True
    ):
        before, stages = 0.0, result.values["training"][name]["stages"]
        for k, stage in enumerate(stages):
            each = stage["examples"] / stage["steps"] / 1e6
            steps, losses = zip(*stage["losses"], strict=True)
            seen = [before + each * step for step in steps]
            alpha = 1 - 0.7 * (len(stages) - 1 - k) / len(stages)
            minutes = stage["seconds"] / 60
            label = f"{stage['device']}, {minutes:.{0 if minutes >= 1 else 1}f} min"
            axis.plot(seen, losses, color=colour, alpha=alpha, label=label)
            before += stage["examples"] / 1e6
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axis.minorticks_off()
        axis.set_title(name, fontsize=11)
        axis.set_xlabel("million frames" if name == "autoencoder" else "million clips")
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), fontsize=8, handlelength=1.2)
        axis.set_facecolor(PAPER)
        axis.grid(color=GRID)
    axes[0].set_ylabel("training loss")
    return figure

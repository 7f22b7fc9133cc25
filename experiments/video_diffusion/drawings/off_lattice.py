"""What happens to networks that know finitely many views when the walker stands a little beside them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from showcase.palette import BLUE, GREEN, INK, MUTED, ORANGE

COLOURS = (BLUE, GREEN, ORANGE)


def off_lattice(result: Result) -> Figure:
    """Autoencoder, denoiser and judge against how far stances and headings are shifted off the lattice."""
    rows, levels = result.values["rows"], result.values["levels"]
    figure, (decoded, denoised, judged) = plt.subplots(1, 3, figsize=(9.6, 3.5), layout="constrained")
    line(decoded, rows, [row["autoencoder_psnr"] for row in rows], BLUE)
    decoded.set_title("autoencoder, PSNR (dB)")
    for k, level in enumerate(levels):
        line(denoised, rows, [row["denoiser_error"][k] for row in rows], COLOURS[k], f"t = {level:g}")
    denoised.axhline(1, color=MUTED, lw=1.2, ls="--")
    denoised.annotate("best linear guess", (0, 1), (0, 4), textcoords="offset points", color=MUTED, fontsize=9)
    denoised.set_yscale("log")
    denoised.set_title("denoiser, squared error")
    denoised.legend(loc="lower right", fontsize=9)
    line(judged, rows, [row["possible"] for row in rows], BLUE)
    judged.set_ylim(0, 1.02)
    judged.yaxis.set_major_formatter(PercentFormatter(1))
    judged.set_title("real video judged plausible")
    figure.supxlabel("shift of the heading, standard deviation (stances shift with it)", fontsize=10, color=INK)
    return figure


def line(axis: Axes, rows: list[dict], scores: list[dict], colour: str, label: str | None = None) -> None:
    """Scores with their intervals, one a shift, at equal distances."""
    at = np.arange(len(rows))
    axis.fill_between(at, [s["low"] for s in scores], [s["high"] for s in scores], color=colour, alpha=0.18, lw=0)
    axis.plot(at, [s["value"] for s in scores], "o-", color=colour, ms=5, lw=1.8, label=label)
    axis.set_xticks(at, [f"{row['degrees']:g}°" for row in rows], fontsize=9)


def off_lattice_frames(result: Result) -> Figure:
    """One frame of a real walk at every shift, above what the autoencoder makes of it: the frame with most to see."""
    rows = result.values["rows"]
    frame = int(result.arrays["walk_0"].std(axis=(1, 2)).mean(-1).argmax())
    figure, axes = plt.subplots(2, len(rows), figsize=(9.6, 2.55), layout="constrained")
    for k, row in enumerate(rows):
        for axis, kind in zip(axes[:, k], ("walk", "decoded"), strict=True):
            axis.imshow(result.arrays[f"{kind}_{k}"][frame])
            axis.set(xticks=[], yticks=[])
        axes[0, k].set_title(f"{row['degrees']:g}°", fontsize=10)
    axes[0, 0].set_ylabel("real")
    axes[1, 0].set_ylabel("decoded")
    return figure

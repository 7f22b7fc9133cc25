"""What networks that learned finitely many views, and those of continuous walks, make of views beside them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from showcase.palette import BLUE, INK, MUTED, ORANGE

LEARNED = {"lattice": ("learned from the lattice", ORANGE), "continuous": ("learned from continuous walks", BLUE)}
LEVEL = 1  # of the levels at which the denoiser was asked, the one in the middle


def off_lattice(result: Result) -> Figure:
    """Autoencoder, denoiser and judge against how far stances and headings are shifted off the lattice, for networks
    that knew the lattice alone and for those of continuous walks."""
    found = {"lattice": result.values["lattice"], "continuous": result.values}
    figure, (decoded, denoised, judged) = plt.subplots(1, 3, figsize=(9.6, 3.5), layout="constrained")
    for name, (label, colour) in LEARNED.items():
        rows = found[name]["rows"]
        line(decoded, rows, [row["autoencoder_psnr"] for row in rows], colour, label)
        line(denoised, rows, [row["denoiser_error"][LEVEL] for row in rows], colour)
        line(judged, rows, [row["possible"] for row in rows], colour)
    decoded.set_title("autoencoder, PSNR (dB)")
    decoded.legend(loc="upper right", fontsize=9)
    decoded.set_ylim(top=decoded.get_ylim()[1] + 4)  # the legend stands above all points
    denoised.axhline(1, color=MUTED, lw=1.2, ls="--")
    denoised.annotate("best linear guess", (0, 1), (0, 4), textcoords="offset points", color=MUTED, fontsize=9)
    denoised.set_yscale("log")
    denoised.set_title("denoiser, squared error")
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
    """One frame of a real walk at every shift, above what each autoencoder makes of it; the frame with most to see."""
    rows = result.values["rows"]
    frame = int(result.arrays["walk_0"].std(axis=(1, 2)).mean(-1).argmax())
    kinds = {"walk": "real", "lattice_decoded": "lattice", "decoded": "continuous"}
    figure, axes = plt.subplots(len(kinds), len(rows), figsize=(9.6, 3.75), layout="constrained")
    for k, row in enumerate(rows):
        for axis, kind in zip(axes[:, k], kinds, strict=True):
            axis.imshow(result.arrays[f"{kind}_{k}"][frame])
            axis.set(xticks=[], yticks=[])
        axes[0, k].set_title(f"{row['degrees']:g}°", fontsize=10)
    for axis, label in zip(axes[:, 0], kinds.values(), strict=True):
        axis.set_ylabel(label)
    return figure

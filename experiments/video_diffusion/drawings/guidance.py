"""The owner's central difficulty: does the guidance residual fall steadily, and does every noise end alike?"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterMathtext

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS
from experiments.video_diffusion.drawings.strips import draw_strips
from showcase.palette import INK, MUTED

VARIANTS = {"plain": ("as published", "reconstruction_guidance"), "stabilised": ("stabilised", "stabilised_guidance")}
FAINT = "#b0b9c4"


def guidance_curves(result: Result) -> Figure:
    """Above, the residual on the known frames, one line a starting noise and a dot where it rises; thick are those
    whose clips `guidance_jumps` shows. Below, where the
    lines end, and the norm of the score."""
    figure, axes = plt.subplots(2, 2, figsize=(7.2, 4.6), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, hspace=0.06)
    steps = range(1, result.values["steps"] + 1)
    arrays = result.arrays
    for axis, (name, (label, method)) in zip(axes[0], VARIANTS.items(), strict=True):
        axis.plot(steps, arrays["unguided_residual"], color=FAINT, lw=0.7)
        residual, colour = arrays[f"{name}_residual"], COLOURS[method]
        axis.plot(steps, residual, color=colour, lw=0.9, alpha=0.65)
        half = len(residual) // 2
        for which, noise in result.values["shown"].items():
            axis.plot(steps, residual[:, noise], color=colour, lw=2.2)
            if name == "plain":
                above = which == "largest"
                place = {"xytext": (5, 5) if above else (-5, -5), "ha": "left" if above else "right"}
                style = {"va": "bottom" if above else "top", "textcoords": "offset points", "weight": "bold"}
                axis.annotate(which, (half + 1, residual[half, noise]), color=INK, fontsize=9.5, **place, **style)
        rises = np.argwhere(residual[1:] > residual[:-1])
        axis.scatter(rises[:, 0] + 2, residual[1:][tuple(rises.T)], s=11, color=INK, zorder=3, lw=0)
        axis.set_title(label, color=colour)
        words = f"rises {len(rises)} times" if len(rises) else "never rises"
        axis.text(0.04, 0.05, words, transform=axis.transAxes, color=INK, fontsize=10.5)
    axes[0, 0].set_ylabel("residual")
    axes[0, 1].annotate("no guidance", (steps[-1], 1.9), ha="right", va="bottom", color=MUTED, fontsize=9.5)
    _ends(axes[1, 0], result)
    _score(axes[1, 1], result, steps)
    everything = np.concatenate([arrays[f"{name}_residual"].ravel() for name in (*VARIANTS, "unguided")])
    for axis in axes[0]:
        axis.set_yscale("log")
        axis.set_ylim(0.5 * everything.min(), 2.2 * everything.max())
    for axis in (*axes[0], axes[1, 1]):
        axis.set_xticks([1, len(steps) // 2, len(steps)])
        axis.set_xlabel("denoising step")
    return figure


def _ends(axis, result: Result) -> None:
    """Final residuals, one dot a noise, and how far they lie apart."""
    for place, (name, (_, method)) in enumerate(VARIANTS.items()):
        final = result.arrays[f"{name}_residual"][-1]
        shift = np.linspace(-0.22, 0.22, len(final))
        axis.scatter(place + shift, final, s=26, color=COLOURS[method], alpha=0.8, lw=0)
        spread = result.values[name]["final_spread"]
        words = f"largest ÷ smallest\n{spread:,.{0 if spread >= 100 else 1}f}"
        axis.annotate(words, (place, final.max()), (0, 9), textcoords="offset points", ha="center", fontsize=9)
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    axis.set_ylim(top=high * (high / low) ** 0.6)  # room for the words above the highest dot
    axis.yaxis.set_major_formatter(LogFormatterMathtext())
    axis.minorticks_off()
    axis.set_xlim(-0.6, 1.6)
    axis.set_xticks(range(len(VARIANTS)), [label for label, _ in VARIANTS.values()])
    axis.set_title("where it ends")
    axis.set_ylabel("final residual")
    axis.grid(axis="x", visible=False)


def _score(axis, result: Result, steps: range) -> None:
    """Norm of the score, one line a noise."""
    axis.plot(steps, result.arrays["unguided_score_norm"], color=FAINT, lw=0.7)
    curves = {name: method for name, (_, method) in VARIANTS.items()} | {"injection": "feature_injection"}
    for name, method in curves.items():
        axis.plot(steps, result.arrays[f"{name}_score_norm"], color=COLOURS[method], lw=0.9, alpha=0.65)
    axis.set_yscale("log")
    axis.set_title("norm of the score")
    axis.text(0.05, 0.9, "no guidance", transform=axis.transAxes, color=MUTED)
    axis.text(0.05, 0.77, "injection", transform=axis.transAxes, color=COLOURS["feature_injection"])


def guidance_jumps(result: Result) -> Figure:
    """The clips behind two of the curves, the known frames left of the seam."""
    arrays = result.arrays
    rows = [
        ("the video: known frames, and what really followed", COLOURS["truth"], arrays["walk"]),
        (
            "as published, the noise with the largest residual halfway",
            COLOURS["reconstruction_guidance"],
            arrays["plain_largest"],
        ),
        ("stabilised, the same noise", COLOURS["stabilised_guidance"], arrays["stabilised_largest"]),
        (
            "as published, the noise with the smallest residual halfway",
            COLOURS["reconstruction_guidance"],
            arrays["plain_smallest"],
        ),
        ("stabilised, the same noise", COLOURS["stabilised_guidance"], arrays["stabilised_smallest"]),
    ]
    known = len(arrays["walk"]) // 2
    return draw_strips([(label, colour, frames, [known]) for label, colour, frames in rows])

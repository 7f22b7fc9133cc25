"""The owner's central difficulty: does the guidance residual fall steadily, and does every noise end alike?"""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.results import Result
from showcase.palette import BLUE, GREEN, MUTED, ORANGE

VARIANTS = {
    "unguided": ("without guidance", MUTED),
    "plain": ("Ho et al.", ORANGE),
    "stabilised": ("stabilised", GREEN),
}


def guidance_curves(result: Result) -> Figure:
    """One thin line a starting noise: the residual on the known frames (left), the score's length (right)."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.4))
    for name, (label, colour) in VARIANTS.items():
        residual = result.arrays[f"{name}_residual"]
        steps = range(1, len(residual) + 1)
        left.plot(steps, residual, color=colour, lw=0.8, alpha=0.6)
        left.annotate(
            label, (steps[-1], residual[-1].mean()), (6, 0), textcoords="offset points", color=colour, va="center"
        )
    left.set_yscale("log")
    left.set_title("residual on known frames")
    left.set_xlim(1, 1.42 * len(residual))
    left.set_xticks([1, len(residual) // 2, len(residual)])
    for name, colour in (("plain", ORANGE), ("stabilised", GREEN), ("injection", BLUE)):
        right.plot(steps, result.arrays[f"{name}_score_norm"], color=colour, lw=0.8, alpha=0.6)
    place = 3 * len(steps) // 4
    level = result.arrays["injection_score_norm"][place - 1].min()
    right.annotate("injection", (place, level), (4, -16), textcoords="offset points", color=BLUE)
    right.set_yscale("log")
    right.set_title("length of the score")
    right.set_xticks([1, len(residual) // 2, len(residual)])
    for axis in (left, right):
        axis.set_xlabel("denoising step")
    return figure

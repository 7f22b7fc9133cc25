"""The picture that explains block-wise rejection: a small square against two bands, then the price."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.pzodmc.drawings.labels import End, at, label_ends, plain_log, short
from experiments.results import Result
from showcase.palette import INK, METHOD, MUTED, PAPER

REACH = 5.5
FULL, PARTIAL = METHOD["full"], METHOD["partial"]


def block_rejection(result: Result) -> Figure:
    figure = plt.figure(figsize=(7.2, 4.9))
    grid = figure.add_gridspec(2, 2, height_ratios=(1.28, 1))
    _joint(figure.add_subplot(grid[0, 0]), result)
    _strips(figure, grid[0, 1], result)
    _price(figure.add_subplot(grid[1, :]), result)
    return figure


def chance(z: np.ndarray) -> np.ndarray:
    """exp(−(z² − 1)²), the probability that a proposal at z passes in one coordinate."""
    return np.exp(-((z**2 - 1) ** 2))


def shade(colour: str) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("shade", [PAPER, colour])


def _bare(axes: Axes) -> None:
    axes.set_xticks([]), axes.set_yticks([])
    axes.grid(False)
    axes.set_xlim(-REACH, REACH), axes.set_ylim(-REACH, REACH)


def _joint(axes: Axes, result: Result) -> None:
    z, joint = result.arrays["z"], result.arrays["joint"]
    line = chance(np.linspace(-REACH, REACH, 240))
    extent = (-REACH, REACH, -REACH, REACH)
    axes.imshow(line[:, None] * line, extent=extent, cmap=shade(FULL), vmax=2.4, origin="lower", aspect="equal")
    axes.scatter(*z[~joint].T, s=5, color=MUTED, alpha=0.45, linewidths=0)
    axes.scatter(*z[joint].T, s=22, color=FULL, edgecolors=PAPER, linewidths=0.5)
    _bare(axes)
    for spine in axes.spines.values():
        spine.set_visible(True)
    axes.set_title("Full: both at once")
    axes.set_xlabel(
        f"{joint.sum()} of {len(joint)} proposals accepted\nboth coordinates must be right",
        color=FULL,
        fontweight="bold",
    )
    axes.set_ylabel("coordinate 2", color=MUTED)


def _strips(figure: Figure, place, result: Result) -> None:
    """The same proposals seen by each coordinate: two strips, each with its own bands and its own accepted."""
    z, each = result.arrays["z"], result.arrays["each"]
    both = place.subgridspec(2, 1, hspace=0.02)
    jitter = np.random.default_rng(0).uniform(-0.85, 0.85, len(z))
    line = chance(np.linspace(-REACH, REACH, 240))
    for k in range(2):
        axes = figure.add_subplot(both[k])
        extent = (-REACH, REACH, -1, 1)
        axes.imshow(line[None], extent=extent, cmap=shade(PARTIAL), vmax=2.4, aspect="auto")
        passed = each[:, k]
        axes.scatter(z[~passed, k], jitter[~passed], s=5, color=MUTED, alpha=0.45, linewidths=0)
        axes.scatter(z[passed, k], jitter[passed], s=14, color=PARTIAL, edgecolors=PAPER, linewidths=0.4)
        _bare(axes)
        axes.set_ylim(-1, 1)
        for spine in axes.spines.values():
            spine.set_visible(True)
        if k == 0:
            axes.set_title("Partial: one at a time")
        words = f"{passed.sum()} of {len(passed)} accepted for coordinate {k + 1}" + (
            "\none coordinate must be right" if k else ""
        )
        axes.set_xlabel(words, color=PARTIAL, fontweight="bold")


def _price(axes: Axes, result: Result) -> None:
    values = result.values
    dims, full = at({key: {"value": v} for key, v in values["proposals_full"].items()})
    _, partial = at({key: {"value": v} for key, v in values["proposals_partial"].items()})
    axes.plot(dims, full, color=FULL)
    axes.plot(dims, partial, color=PARTIAL)
    seen = values["acceptance"]
    shown, share = at(seen)
    low, high = at(seen, "low")[1], at(seen, "high")[1]
    # An interval that reaches 0 has no upper end on this axis; it is cut at the smallest share drawn.
    tiny = min(share) / 4
    spread = [[1 / p - 1 / max(h, tiny) for p, h in zip(share, high, strict=True)]]
    spread += [[1 / max(lo, tiny) - 1 / p for p, lo in zip(share, low, strict=True)]]
    axes.errorbar(shown, [1 / p for p in share], yerr=spread, fmt="o", color=FULL, markeredgecolor=PAPER, capsize=2)
    plain_log(axes)
    axes.set_xticks(dims)
    axes.set_xlim(dims[0] - 0.3, dims[-1] + 2.6)
    axes.set_xlabel("coordinates d, in blocks of one")
    axes.set_title("Proposals for one accepted draw")
    factor = 1 / values["acceptance_one"]
    label_ends(
        axes,
        [
            End(dims[-1], full[-1], f"full: {factor:.2g}$^d$\n= {short(full[-1])} at d = {dims[-1]}", FULL),
            End(dims[-1], partial[-1], f"partial: {factor:.2g} · d\n= {short(partial[-1])} at d = {dims[-1]}", PARTIAL),
        ],
        size=11,
    )
    axes.annotate(
        "dots: measured, lines: exact",
        (0.012, 0.93),
        xycoords="axes fraction",
        va="top",
        fontsize=10,
        color=INK,
    )

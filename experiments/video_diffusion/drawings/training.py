"""What training changes: the seams of every method along the model's training, and how much a history is compressed."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.drift import MARKERS
from experiments.video_diffusion.drawings.names import COLOURS, LABELS
from showcase.palette import INK, MUTED

# The three ways, the mended one, and the two ends of the family of injection; the tables have all of them.
SHOWN = (
    "history_guidance",
    "reconstruction_guidance",
    "stabilised_guidance",
    "feature_injection",
    "hidden_injection",
    "per_frame_guidance",
)


def training_lengths(result: Result) -> Figure:
    """Plausible transitions at seams and inside clips against the clips that the denoiser learned, a line a method."""
    rows = result.values["milestones"]["rows"]
    names = [name for name in SHOWN if any(name in row["methods"] for row in rows)]
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.9), sharey=True, width_ratios=(1.25, 1))
    for axis, key, title in zip(axes, ("seam_validity", "inner_validity"), ("at seams", "inside clips"), strict=True):
        for marker, name in zip(MARKERS, names, strict=False):
            there = [row for row in rows if name in row["methods"]]
            clips, scores = [row["clips"] / 1e6 for row in there], [row["methods"][name][key] for row in there]
            style = {"marker": marker, "color": COLOURS[name], "lw": 1.8}
            axis.plot(clips, [score["value"] for score in scores], label=LABELS[name], **style)
        axis.set_xscale("log")
        axis.set_xticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
        axis.minorticks_off()
        axis.set_title(title)
        axis.set_xlabel("million clips learned")
    axes[0].set_ylim(0, 1.02)
    axes[0].yaxis.set_major_formatter(PercentFormatter(1))
    axes[0].set_ylabel("plausible transitions")
    axes[1].legend(loc="lower right", fontsize=9.5)
    return figure


def history_tokens(result: Result) -> Figure:
    """The denoising loss with ten frames compressed to a few tokens; above, the loss without a history."""
    table = result.values["history_tokens"]
    rows = table["rows"]
    tokens, losses = [row["tokens"] for row in rows], [row["loss"] for row in rows]
    figure, axis = plt.subplots(figsize=(5.6, 3.6))
    axis.axhline(table["without"], color=MUTED, lw=1.4, ls="--")
    axis.annotate(
        "without a history", (tokens[0], table["without"]), (0, 6), textcoords="offset points", color=MUTED, va="bottom"
    )
    axis.plot(tokens, losses, "o-", color=COLOURS["history_guidance"], ms=7)
    for row in rows:
        axis.annotate(
            f"{row['loss']:.3f}", (row["tokens"], row["loss"]), (-3, -7), textcoords="offset points", color=INK,
            ha="right", va="top", fontsize=10,
        )  # fmt: skip
    axis.set_xscale("log", base=2)
    axis.set_xticks(tokens, [str(count) for count in tokens])
    span = table["without"] - min(losses)
    axis.set_ylim(min(losses) - 0.35 * span, table["without"] + 0.3 * span)
    axis.set_xlim(tokens[0] / 1.7, tokens[-1] * 1.3)
    axis.set_xlabel("tokens that hold the past")
    axis.set_title("denoising loss on held-out walks")
    return figure

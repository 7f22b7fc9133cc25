"""How much of a history is kept when it is compressed."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS
from showcase.palette import INK, MUTED


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

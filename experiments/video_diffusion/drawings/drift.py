"""Do long videos fade? Scores by position in the video, and the frames themselves."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS, rows_of
from experiments.video_diffusion.drawings.strips import draw_strips

MARKERS = "osD^vPX<>*"


def drift(overview: Result, result: Result) -> Figure:
    """Plausible steps and the distance from real frames, window by window, of many videos where there are many; real
    video is the grey line."""
    values = overview.values["comparison"].get("drift", result.values)
    rows = {"truth": values["floor"]} | rows_of(values)
    figure, axes = plt.subplots(2, 2, figsize=(5.6, 5.0), sharex=True)
    panels = (
        ("validity", "plausible transitions"),
        ("strangeness", "distance from real"),
        ("brightness", "brightness"),
        ("contrast", "contrast"),
    )
    for axis, (key, title) in zip(axes.flat, panels, strict=True):
        for marker, (name, row) in zip(MARKERS, rows.items(), strict=False):
            scores = [score["value"] if isinstance(score, dict) else score for score in row[key]]
            style = {"ls": "--"} if name == "truth" else {"marker": marker, "ms": 4}
            axis.plot(row["position"], scores, color=COLOURS[name], lw=1.5, label=LABELS[name], **style)
        axis.set_ylim(0, 1.04 if key == "validity" else 1.1 * axis.get_ylim()[1])
        axis.set_title(title)
        axis.set_xlim(0, values["frames"])
        axis.set_xticks([0, values["frames"] // 2, values["frames"]])
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1))
    for axis in axes[1]:
        axis.set_xlabel("frame")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=9.5)
    return figure


def drift_frames(result: Result) -> Figure:
    """One video of each method on its way: frames far apart."""
    names = ["truth", *rows_of(result.values)]
    every = result.config["shown"]
    rows = [(LABELS[name], COLOURS[name], result.arrays[name], []) for name in names]
    return draw_strips(rows, f"frames 0, {every}, {2 * every}, … of one video")

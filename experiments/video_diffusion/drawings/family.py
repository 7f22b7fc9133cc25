"""The family of ways in which the past enters, on one axis: how noisy the known frames are where they are read."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.method_injection import injected
from experiments.video_diffusion.drawings.names import COLOURS, LABELS, rows_of
from showcase.palette import BLUE, GREEN, MUTED, PAPER

# method → level of the known frames while the clip is pure noise, its mark, what its entry of the legend says
PLACES = {
    "per_frame_noise": (0.1, "o", "at the input, nearly clean"),
    "hidden_injection": (0.5, "s", "inside the network, in place of its own features"),
    "key_value_injection": (0.5, "D", "inside the network, beside its own features"),
    "feature_injection": (1.0, "o", "at the input, as noisy as the clip, for {} of {} steps"),
}


def family(overview: Result, injection_length: Result, long_videos: Result) -> Figure:
    """Plausible seams against the level of the known frames: methods as marks, and between them one method whose level
    alone is changed. Real video and independent clips are the bounds. The words stand below: marks may lie anywhere."""
    rows = rows_of(overview.values["comparison"] or long_videos.values)
    found = injection_length.values
    figure, axis = plt.subplots(figsize=(7.2, 4.3))
    figure.get_layout_engine().set(w_pad=0.1)
    for name, words in (("truth", "real video"), ("independent", "independent clips")):
        level = rows[name]["seam_validity"]["value"]
        axis.axhline(level, color=MUTED, lw=1.2, ls="--")
        axis.annotate(words, (1.0, level), (8, 4), textcoords="offset points", color=MUTED, fontsize=9.5, ha="left")
    levels, held = [row["level"] for row in found["held"]], [row["seam_validity"] for row in found["held"]]
    axis.fill_between(levels, [s["low"] for s in held], [s["high"] for s in held], color=GREEN, alpha=0.15, lw=0)
    axis.plot(levels, [s["value"] for s in held], "-", color=GREEN, lw=2, label="one method, only the level changed")
    for name, (level, mark, words) in PLACES.items():
        words = words.format(*injected(long_videos))
        score = rows[name]["seam_validity"]
        _mark(axis, level, score, mark, COLOURS[name], words)
        shift, side = ((9, -9), "left") if level > 0.2 else ((-9, -12), "right")
        style = {"color": COLOURS[name], "fontsize": 9.5, "ha": side, "va": "center"}
        axis.annotate(LABELS[name], (level, score["value"]), shift, textcoords="offset points", **style)
    matched = found["matched"]["seam_validity"]
    _mark(axis, 1.0, matched, "o", BLUE, "… down to the same noise level", hollow=True)
    axis.set_xlim(1.04, -0.02)
    axis.set_ylim(-0.04, 1.1)
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.set_xticks([1, 0.9, 0.7, 0.5, 0.3, 0.1, 0])
    axis.set_ylabel("plausible seams")
    axis.set_xlabel("noise level of the known frames while the clip is pure noise (0: clean)")
    style = {"fontsize": 8.7, "columnspacing": 0.8, "handletextpad": 0.3, "handlelength": 1.3}
    figure.legend(loc="outside lower center", ncols=2, frameon=False, **style)
    return figure


def _mark(axis, level: float, score: dict, marker: str, colour: str, words: str, hollow: bool = False) -> None:
    error = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
    style = {"color": colour, "mfc": PAPER if hollow else colour, "ms": 8, "mew": 1.6, "elinewidth": 1.6}
    axis.errorbar(level, score["value"], yerr=error, fmt=marker, zorder=4, label=words, **style)

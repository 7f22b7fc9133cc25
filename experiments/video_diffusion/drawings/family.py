"""The family of ways in which the past enters, on one axis: how noisy the known frames are where they are read."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, rows_of
from showcase.palette import BLUE, GREEN, INK, MUTED, PAPER

# method → level of the known frames while the clip is pure noise, where its words stand, on which side, what they say
PLACES = {
    "feature_injection": (1.0, (0.975, 0.27), "left", "at the input, as noisy as the clip,\nfor 800 of 1000 steps"),
    "key_value_injection": (0.5, (0.475, 0.34), "left", "inside the network,\nbeside its own features"),
    "hidden_injection": (0.5, (0.5, 0.74), "center", "inside the network,\nin place of its own features"),
    "per_frame_noise": (0.1, (0.115, 0.84), "right", "at the input,\nnearly clean"),
}
MARKS = {"feature_injection": "o", "key_value_injection": "D", "hidden_injection": "s", "per_frame_noise": "o"}


def family(overview: Result, injection_length: Result, long_videos: Result) -> Figure:
    """Plausible seams against the level of the known frames: methods as marks, and between them one method whose level
    alone is changed. Real video and independent clips are the bounds."""
    rows = rows_of(overview.values["comparison"] or long_videos.values)
    found = injection_length.values
    figure, axis = plt.subplots(figsize=(7.2, 3.7))
    figure.get_layout_engine().set(w_pad=0.1)
    for name, words in (("truth", "real video"), ("independent", "independent clips")):
        level = rows[name]["seam_validity"]["value"]
        axis.axhline(level, color=MUTED, lw=1.2, ls="--")
        axis.annotate(words, (1.0, level), (0, 4), textcoords="offset points", color=MUTED, fontsize=9.5, ha="left")
    levels, held = [row["level"] for row in found["held"]], [row["seam_validity"] for row in found["held"]]
    axis.fill_between(levels, [s["low"] for s in held], [s["high"] for s in held], color=GREEN, alpha=0.15, lw=0)
    axis.plot(levels, [s["value"] for s in held], "-", color=GREEN, lw=2)
    _words(axis, (0.75, 0.58), "one method,\nonly the level changed", "left", GREEN)
    for name, (level, place, side, words) in PLACES.items():
        _mark(axis, level, rows[name]["seam_validity"], MARKS[name], COLOURS[name])
        _words(axis, place, words, side)
    matched = found["matched"]["seam_validity"]
    _mark(axis, 1.0, matched, "o", BLUE, hollow=True)
    _words(axis, (0.94, 0.4), "… down to the same noise level", "left")
    axis.set_xlim(1.04, -0.02)
    axis.set_ylim(-0.04, 1.06)
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.set_xticks([1, 0.9, 0.7, 0.5, 0.3, 0.1, 0])
    axis.set_ylabel("plausible seams")
    axis.set_xlabel("noise level of the known frames while the clip is pure noise (0: clean)")
    return figure


def _mark(axis, level: float, score: dict, marker: str, colour: str, hollow: bool = False) -> None:
    error = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
    style = {"color": colour, "mfc": PAPER if hollow else colour, "ms": 8, "mew": 1.6, "capsize": 3, "elinewidth": 1.4}
    axis.errorbar(level, score["value"], yerr=error, fmt=marker, zorder=4, **style)


def _words(axis, place: tuple[float, float], words: str, side: str, colour: str = INK) -> None:
    axis.text(*place, words, color=colour, fontsize=9.5, ha=side, va="center", linespacing=1.25)

"""One set of colours for every figure, after Okabe and Ito: told apart by colour-blind readers and in grey print."""

from pathlib import Path

STYLE = Path(__file__).with_name("style.mplstyle")

INK = "#1b1f24"  # text, axes
MUTED = "#6b7280"  # secondary text, floors and ceilings
GRID = "#e5e7eb"
PAPER = "#ffffff"  # opaque: a transparent figure is unreadable in dark mode

BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#aa4499"
YELLOW = "#e69f00"
SKY = "#56b4e9"

# A meaning keeps its colour through all figures of a project. Of the video's methods, those that guide are red, those
# that inject are blue, those with a noise level a frame are green, each family from dark to light; greys only compare.
METHOD = {
    "truth": "#4b5563",
    "independent": "#9ca3af",
    "history_guidance": PURPLE,
    "reconstruction_guidance": ORANGE,
    "stabilised_guidance": "#7f1d1d",
    "feature_injection": BLUE,
    "hidden_injection": SKY,
    "key_value_injection": "#1e3a6e",
    "per_frame_noise": GREEN,
    "per_frame_guidance": "#0b5345",
    "hybrid": YELLOW,
    "full": ORANGE,
    "partial": BLUE,
    "floor": MUTED,
}

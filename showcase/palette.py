"""One set of colours for every figure, after Okabe and Ito: told apart by colour-blind readers and in grey print."""

from pathlib import Path

STYLE = Path(__file__).with_name("style.mplstyle")

INK = "#1b1f24"  # text, axes
MUTED = "#566070"  # secondary text, floors and ceilings
GRID = "#cdd5dd"
# The ground of every figure: opaque, for a transparent one is unreadable on a dark page, and soft, for a white one
# glares there. Dark pages turn that of charts dark (theme/_styles/figure.css, showcase/export).
PAPER = "#e9edf2"
BAND = "#dfe5ec"  # every second row of a list

BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#aa4499"
YELLOW = "#e69f00"
SKY = "#56b4e9"

# A meaning keeps its colour through all figures of a project. Of the video's methods, those that guide are red, those
# that inject are blue, those with a noise level a frame are green; greys only compare. History guidance is dark, for
# without red or green cones a purple one is feature injection's blue (tests/showcase/test_palette.py measures it).
METHOD = {
    "truth": "#4b5563",
    "independent": "#808a97",
    "history_guidance": "#7c1703",
    "reconstruction_guidance": ORANGE,
    "stabilised_guidance": "#ac5362",
    "feature_injection": BLUE,
    "hidden_injection": "#45a5e3",
    "key_value_injection": "#1e3a6e",
    "per_frame_noise": GREEN,
    "per_frame_guidance": "#0b5345",
    "hybrid": YELLOW,
    "full": ORANGE,
    "partial": BLUE,
    "floor": MUTED,
}

"""What the rows are called in every figure, in their order, and their colours."""

from showcase.palette import METHOD

LABELS = {
    "truth": "real video",
    "independent": "independent clips",
    "history_guidance": "history guidance",
    "reconstruction_guidance": "reconstruction guidance",
    "feature_injection": "feature injection",
}
COLOURS = {name: METHOD[name] for name in LABELS}
